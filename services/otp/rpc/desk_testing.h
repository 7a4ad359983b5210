#pragma once

// A whole otp service in a test: real store, real keys, a clock that stands still, and providers that keep
// what they are given.

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/kv/dispatcher.h"
#include "common/kv/rocks_database.h"
#include "common/kv/timer_runner.h"
#include "common/testing/await.h"
#include "common/testing/call.h"
#include "common/testing/fakes.h"
#include "services/otp/outbound/provider.h"
#include "services/otp/rpc/delivery_handlers.h"
#include "services/otp/rpc/sender.h"
#include "services/otp/rpc/timers.h"
#include "services/otp/rpc/verification_handlers.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {

// Named `name`; carries `channels` (all, unless given), gives receipts and takes a repetition once.
inline ProviderInfo FakeInfo(std::string name, std::vector<Channel> channels = {}) {
  if (channels.empty()) channels = {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush};
  return {std::move(name), "fake", std::move(channels), true, true};
}

class FakeProvider final : public Provider {
 public:
  explicit FakeProvider(ProviderInfo info = FakeInfo("fake")) : info_(std::move(info)) {}
  const ProviderInfo& info() const override { return info_; }
  absl::StatusOr<Acceptance> Send(const Message& message, const Handover& handover) override {
    const absl::Status answer = Take(message, handover);
    if (during) during(message);
    const std::lock_guard lock(mutex_);
    if (!answer.ok()) return answer;
    taken_.insert(info_.repeats_safely ? message.request_id : absl::StrCat(sent_.size()));
    return Acceptance{absl::StrCat("message-", sent_.size())};
  }
  // Everything that was offered.
  std::vector<Message> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }
  std::vector<std::string> receipt_urls() const {
    const std::lock_guard lock(mutex_);
    return receipt_urls_;
  }
  // How many messages reach somebody.
  size_t taken() const {
    const std::lock_guard lock(mutex_);
    return taken_.size();
  }
  // The next answers, in order; then `next`.
  void Script(std::vector<absl::Status> answers) {
    const std::lock_guard lock(mutex_);
    script_.assign(answers.begin(), answers.end());
  }

  absl::Status next;  // what Send answers
  // Called in the middle of each Send: waits, reports, kills.
  std::function<void(const Message&)> during;

 private:
  absl::Status Take(const Message& message, const Handover& handover) {
    const std::lock_guard lock(mutex_);
    sent_.push_back(message);
    receipt_urls_.push_back(handover.receipt_url);
    if (script_.empty()) return next;
    absl::Status answer = std::move(script_.front());
    script_.pop_front();
    return answer;
  }

  const ProviderInfo info_;
  mutable std::mutex mutex_;
  std::vector<Message> sent_;
  std::vector<std::string> receipt_urls_;
  std::set<std::string> taken_;
  std::deque<absl::Status> script_;
};

inline Providers MakeFakes(std::vector<ProviderInfo> infos) {
  if (infos.empty()) infos.push_back(FakeInfo("fake"));
  Providers providers;
  for (ProviderInfo& info : infos) providers.push_back(std::make_unique<FakeProvider>(std::move(info)));
  return providers;
}

inline constexpr char kPhone[] = "+79161234567";

// The code in the words of a message: behind the last '#', or after the first blank.
inline std::string CodeIn(const Message& message) {
  const std::string& body = message.text.body;
  const size_t hash = body.rfind('#');
  const size_t begin = hash == std::string::npos ? body.find(' ') + 1 : hash + 1;
  return body.substr(begin, body.find_first_not_of("0123456789", begin) - begin);
}

// Another code of the same length.
inline std::string WrongFor(std::string code) {
  code[0] = code[0] == '9' ? '0' : static_cast<char>(code[0] + 1);
  return code;
}

// The keys are the same in every run, so that a store can be opened again.
inline crypto::Keyring TestKeys() {
  testing::FakeRandom fixed(7);
  return crypto::Keyring::ForTest({kCodeKey, kIndexKey, kDataKey, "once", "page"}, fixed);
}

struct Bench {
  explicit Bench(Policy policy = {}, std::unique_ptr<kv::Database> opened = nullptr,
                 TestSwitches switches = {}, std::vector<ProviderInfo> infos = {})
      : database(opened ? std::move(opened) : kv::InMemory()),
        keys(TestKeys()),
        once(*database, *crypto::Sealer::Create(keys, "once", random)),
        pager(*crypto::KeyedHash::Create(keys, "page", "page")),
        providers(MakeFakes(std::move(infos))),
        switchboard(providers),
        desk{.once = once,
             .pager = pager,
             .random = random,
             .codes = *Codes::Create(keys),
             .sealer = *crypto::Sealer::Create(keys, kDataKey, random),
             .policy = policy,
             .origin_host = "gosuslugi.example",
             .wording = Wording::BuiltIn(),
             .switchboard = switchboard,
             .switches = std::move(switches)},
        provider(fake(0)),
        verifications(desk),
        deliveries(desk),
        sender(desk, clock, [](const DeliveryId& id, int attempt, absl::string_view name) {
          return absl::StrCat("receipts/", name, "/", id.text(), "/", attempt);
        }) {}

  FakeProvider& fake(size_t i) { return static_cast<FakeProvider&>(*providers[i]); }

  rpc::Call From(std::string service = "recovery") const {
    rpc::Call call = testing::FromService(std::move(service), clock.Now());
    call.request_id = unique.Uuid();
    return call;
  }

  // Performs the outbox rows that are due.
  int Dispatch() {
    return kv::Dispatcher::RunOnce(
        *database, clock, random,
        {{kOutboxKind, [this](const kv::OutboxRow& row) { return sender.Perform(row); }}});
  }
  int RunTimers() { return kv::TimerRunner::RunOnce(*database, clock, TimerHandlers(desk.policy)); }

  absl::StatusOr<pb::Verification> Create(const pb::CreateVerificationRequest& request,
                                          std::string service = "recovery") {
    return verifications.CreateVerification(From(std::move(service)), request);
  }
  absl::StatusOr<pb::Verification> Create() { return Create(AnyRequest()); }
  static pb::CreateVerificationRequest AnyRequest(const std::string& id = "v1") {
    pb::CreateVerificationRequest request;
    request.set_verification_id(id);
    request.set_purpose(pb::PURPOSE_RECOVERY_CLAIM);
    request.set_subject("accounts/alice");
    request.set_request("recoveries/r");
    request.set_phone(kPhone);
    request.set_masked_principal("Иван П.");
    return request;
  }
  // The code that went out last.
  std::string LastCode() {
    Dispatch();
    return CodeIn(provider.sent().back());
  }

  static pb::CheckVerificationRequest CheckRequest(const std::string& code, const std::string& id = "v1") {
    pb::CheckVerificationRequest request;
    request.set_name("verifications/" + id);
    request.set_purpose(pb::PURPOSE_RECOVERY_CLAIM);
    request.set_subject("accounts/alice");
    request.set_request("recoveries/r");
    request.set_code(code);
    return request;
  }
  absl::StatusOr<pb::CheckVerificationResponse> Check(const std::string& code, const std::string& id = "v1") {
    return Check(From(), CheckRequest(code, id));
  }
  absl::StatusOr<pb::CheckVerificationResponse> Check(const rpc::Call& call,
                                                      const pb::CheckVerificationRequest& request) {
    return testing::Await(verifications, &VerificationHandlers::CheckVerification, call, request);
  }
  static pb::ConsumeVerificationRequest ConsumeRequest(const std::string& id = "v1") {
    pb::ConsumeVerificationRequest request;
    request.set_name("verifications/" + id);
    request.set_purpose(pb::PURPOSE_RECOVERY_CLAIM);
    request.set_subject("accounts/alice");
    request.set_request("recoveries/r");
    return request;
  }
  absl::StatusOr<pb::Verification> Resend(const std::string& id = "v1") {
    pb::ResendVerificationRequest request;
    request.set_name("verifications/" + id);
    return verifications.ResendVerification(From(), request);
  }
  absl::StatusOr<pb::Verification> Get(const std::string& id = "v1", std::string service = "recovery") {
    pb::GetVerificationRequest request;
    request.set_name("verifications/" + id);
    return verifications.GetVerification(From(std::move(service)), request);
  }

  std::unique_ptr<kv::Database> database;
  testing::FakeClock clock;
  testing::FakeRandom random;
  mutable SystemRandom unique;
  crypto::Keyring keys;
  rpc::Once once;
  rpc::Pager pager;
  Providers providers;
  Switchboard switchboard;
  Desk desk;
  FakeProvider& provider;  // the first
  VerificationHandlers verifications;
  DeliveryHandlers deliveries;
  Sender sender;
};

// Only the counts matter.
inline Policy NoDelays() {
  Policy policy;
  policy.attempt_delays = {};
  return policy;
}

}  // namespace tc::otp

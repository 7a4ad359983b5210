#pragma once

// A whole otp service in a test: real store, real keys, a clock that stands still, and a provider that keeps
// what it is given.

#include <algorithm>
#include <memory>
#include <mutex>
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

class FakeProvider final : public Provider {
 public:
  absl::string_view name() const override { return "fake"; }
  absl::StatusOr<Acceptance> Send(const Message& message) override {
    const std::lock_guard lock(mutex_);
    sent_.push_back(message);
    if (!next.ok()) return next;
    return Acceptance{absl::StrCat("message-", sent_.size())};
  }
  std::vector<Message> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

  absl::Status next;  // what Send answers

 private:
  mutable std::mutex mutex_;
  std::vector<Message> sent_;
};

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
                 TestSwitches switches = {})
      : database(opened ? std::move(opened) : kv::InMemory()),
        keys(TestKeys()),
        once(*database, *crypto::Sealer::Create(keys, "once", random)),
        pager(*crypto::KeyedHash::Create(keys, "page", "page")),
        desk{.once = once,
             .pager = pager,
             .random = random,
             .codes = *Codes::Create(keys),
             .sealer = *crypto::Sealer::Create(keys, kDataKey, random),
             .policy = policy,
             .origin_host = "gosuslugi.example",
             .switches = std::move(switches)},
        verifications(desk),
        deliveries(desk),
        sender(*database, desk.sealer, provider, clock) {}

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
  Desk desk;
  FakeProvider provider;
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

#pragma once

// The otp service as recovery's tests want it: attempts are charged, a code is consumed once. Thread-safe.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/testing/fakes.h"
#include "services/recovery/outbound/otp_peer.h"
#include "services/recovery/rpc/faults_testing.h"

namespace tc::recovery::testing {

class FakeOtp final : public OtpPeer {
 public:
  FakeOtp(Faults& faults, const tc::testing::FakeClock& clock) : faults_(&faults), clock_(&clock) {}

  struct Message {
    std::string address;  // "+7916…", "a@b.c", "nowhere"
    Side side = Side::kClaimant;
    Channel channel = Channel::kSms;
    std::string code;
    CodeClient client;
    std::string fallback_email;
  };
  std::vector<Message> messages;
  std::vector<CodeClient> checkers;  // who typed each code
  std::vector<std::string> cancelled;
  std::set<std::string> full_numbers;  // Create and Resend to them: NUMBER_LIMIT_REACHED
  // What Create and Resend refuse besides, and what every Check does.
  std::function<absl::Status(const CodeBinding&, const std::string& address)> limit;
  std::function<absl::Status(const CodeBinding&, const std::string& address, const CodeClient&)> brake;
  int tries = 5;
  int sends = 3;

  // The last code that went to this address.
  std::string CodeTo(const std::string& address) {
    const std::lock_guard lock(mutex_);
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
      if (message->address == address) return message->code;
    }
    return "";
  }
  int consumed() {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (const auto& [id, v] : verifications_) count += v.consumed ? 1 : 0;
    return count;
  }
  // Attempts that were compared, over everything.
  int compared() const { return compared_; }

  absl::StatusOr<SentCode> Create(const CodeBinding& binding, const CodeMessage& message,
                                  const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(CreateNow(binding, message, request_id));
  }
  absl::StatusOr<SentCode> Resend(const CodeBinding& binding, const CodeMessage& message,
                                  const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(ResendNow(binding, message, request_id));
  }
  absl::StatusOr<CheckedCode> Check(const CodeBinding& binding, const Secret& code, const CodeClient& client,
                                    const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(CheckNow(binding, code, client, request_id));
  }
  absl::Status Consume(const CodeBinding& binding, const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(ConsumeNow(binding, request_id));
  }
  absl::Status Cancel(const VerificationId& verification, const std::string&, absl::Time) override {
    const std::lock_guard lock(mutex_);
    cancelled.push_back(verification.text());
    return absl::OkStatus();
  }

 private:
  struct Verification {
    CodeBinding binding;
    CodeMessage message;
    std::string code;
    int tries_left = 0;
    int sends_left = 0;
    absl::Time sent_at;
    bool approved = false;
    bool consumed = false;
  };
  static std::string AddressOf(const CodeAddress& address) {
    if (const auto* phone = std::get_if<Phone>(&address)) return phone->e164();
    if (const auto* email = std::get_if<std::string>(&address)) return *email;
    return "nowhere";
  }
  CodeStatus StatusOf(const Verification& v) const {
    CodeStatus status;
    status.attempts_left = v.tries_left;
    status.expires_at = v.sent_at + absl::Minutes(5);
    status.next_attempt_at = v.sent_at;
    if (v.sends_left > 0) status.next_send_at = v.sent_at + absl::Minutes(1);
    status.sends_left = v.sends_left;
    status.channels = {Channel::kSms};
    status.masked_address = AddressOf(v.message.address);  // must never reach a claimant as it is
    return status;
  }
  SentCode Send(Verification& v) {
    v.code = absl::StrFormat("%06d", 100000 + static_cast<int>(messages.size()));
    v.sent_at = clock_->Now();
    v.sends_left -= 1;
    messages.push_back({AddressOf(v.message.address), v.binding.side, v.message.channel, v.code,
                        v.message.client, v.message.fallback_email});
    return {StatusOf(v), false};
  }
  absl::Status Limit(const CodeBinding& binding, const CodeMessage& message) const {
    if (limit) TRY(limit(binding, AddressOf(message.address)));
    if (full_numbers.count(AddressOf(message.address)) == 0) return absl::OkStatus();
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kNumberLimitReached, "too many messages");
  }
  absl::StatusOr<SentCode> CreateNow(const CodeBinding& binding, const CodeMessage& message,
                                     const std::string& request_id) {
    const std::lock_guard lock(mutex_);
    if (sent_.count(request_id) != 0) return sent_.at(request_id);
    if (const auto known = verifications_.find(binding.verification.text()); known != verifications_.end()) {
      return SentCode{StatusOf(known->second), known->second.tries_left == 0};
    }
    TRY(Limit(binding, message));
    Verification v;
    v.binding = binding;
    v.message = message;
    v.tries_left = tries;
    v.sends_left = sends;
    const SentCode sent = Send(v);
    verifications_[binding.verification.text()] = v;
    sent_[request_id] = sent;
    return sent;
  }
  absl::StatusOr<Verification*> Find(const CodeBinding& binding) {
    const auto found = verifications_.find(binding.verification.text());
    if (found == verifications_.end() || found->second.binding != binding) return NotFound("verification");
    return &found->second;
  }
  absl::Status Open(const Verification& v) const {
    using enum absl::StatusCode;
    if (v.consumed)
      return Refuse(kFailedPrecondition, Reason::kVerificationClosed, "used").With("state", "CONSUMED");
    if (v.tries_left == 0) return Refuse(kFailedPrecondition, Reason::kAttemptsExhausted, "no attempts left");
    if (clock_->Now() >= v.sent_at + absl::Minutes(5)) {
      return Refuse(kFailedPrecondition, Reason::kVerificationExpired, "expired");
    }
    return absl::OkStatus();
  }
  absl::StatusOr<SentCode> ResendNow(const CodeBinding& binding, const CodeMessage& message,
                                     const std::string& request_id) {
    using enum absl::StatusCode;
    const std::lock_guard lock(mutex_);
    if (sent_.count(request_id) != 0) return sent_.at(request_id);
    Verification& v = *TRY(Find(binding));
    TRY(Open(v));
    TRY(Limit(binding, message));
    if (v.sends_left == 0) return Refuse(kResourceExhausted, Reason::kSendLimitReached, "no sends left");
    if (clock_->Now() < v.sent_at + absl::Minutes(1)) {
      return Refuse(kResourceExhausted, Reason::kResendTooSoon, "too soon").RetryAfter(absl::Minutes(1));
    }
    const bool decoy = std::holds_alternative<Nowhere>(v.message.address);
    v.message = message;
    if (decoy) v.message.address = Nowhere();
    return sent_[request_id] = Send(v);
  }
  absl::StatusOr<CheckedCode> CheckNow(const CodeBinding& binding, const Secret& code,
                                       const CodeClient& client, const std::string& request_id) {
    const std::lock_guard lock(mutex_);
    checkers.push_back(client);
    if (checked_.count(request_id) != 0) return checked_.at(request_id);
    Verification& v = *TRY(Find(binding));
    TRY(Open(v));
    if (brake) TRY(brake(binding, AddressOf(v.message.address), client));
    ++compared_;
    const bool decoy = std::holds_alternative<Nowhere>(v.message.address);
    CheckedCode answer;
    answer.matched = !decoy && code == Secret(v.code);
    if (answer.matched) {
      v.approved = true;
    } else {
      v.tries_left -= 1;
    }
    answer.locked = v.tries_left == 0;
    answer.status = StatusOf(v);
    return checked_[request_id] = answer;
  }
  absl::Status ConsumeNow(const CodeBinding& binding, const std::string& request_id) {
    using enum absl::StatusCode;
    const std::lock_guard lock(mutex_);
    if (consumed_.count(request_id) != 0) return absl::OkStatus();
    Verification& v = *TRY(Find(binding));
    TRY(Open(v));
    if (!v.approved)
      return Refuse(kFailedPrecondition, Reason::kVerificationNotApproved, "no right code yet");
    v.consumed = true;
    consumed_.insert(request_id);
    return absl::OkStatus();
  }

  Faults* faults_;
  const tc::testing::FakeClock* clock_;
  std::mutex mutex_;
  std::map<std::string, Verification> verifications_;
  std::map<std::string, SentCode> sent_;
  std::map<std::string, CheckedCode> checked_;
  std::set<std::string> consumed_;
  int compared_ = 0;
};

}  // namespace tc::recovery::testing

#pragma once

// An otp for tests of the handlers: it knows its codes and remembers what it was told.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/testing/noon.h"
#include "services/identity/outbound/otp_peer.h"

namespace tc::identity {

// What otp promises, in memory: a code a verification, attempts charged, the same attempt id is the same
// attempt. Thread-safe.
class FakeOtp final : public OtpPeer {
 public:
  static constexpr char kCode[] = "123456";

  struct Held {
    CodeOrder made;
    int sends = 1;
    int attempts_left = 5;
    bool consumed = false;
    bool cancelled = false;
  };

  absl::StatusOr<CodeProgress> Create(const CodeOrder& v, absl::Time) override {
    const std::lock_guard lock(mutex_);
    clients_.push_back(v.client);
    TRY(failure_);
    held_.emplace(v.id.text(), Held{v});  // a repeated call finds the one that it made
    return ProgressOf(held_.at(v.id.text()));
  }
  absl::StatusOr<CodeProgress> Resend(const CodeOrder& v, absl::Time) override {
    RunMeanwhile();
    const std::lock_guard lock(mutex_);
    clients_.push_back(v.client);
    TRY(failure_);
    TRY(resend_failure_);
    Held& held = held_.at(v.id.text());
    held.sends += 1;
    return ProgressOf(held);
  }
  absl::StatusOr<CodeCheck> Check(const CodeSubject& subject, const Secret& code, const CodeClient& client,
                                  const std::string& request_id, absl::Time) override {
    const std::lock_guard lock(mutex_);
    clients_.push_back(client);
    TRY(failure_);
    if (!client.challenge_passed) TRY(challenge_);
    const auto found = held_.find(subject.id.text());
    if (found == held_.end()) return NotFound("verification");
    Held& held = found->second;
    if (held.made.account != subject.account || held.made.request != subject.request ||
        held.made.purpose != subject.purpose) {
      return NotFound("verification");
    }
    const auto answered = answers_.find(request_id);
    if (answered != answers_.end()) return answered->second;
    if (held.consumed || held.cancelled) return Closed();
    if (held.attempts_left == 0) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAttemptsExhausted,
                    "no attempts are left");
    }
    const bool matched = code.Reveal() == kCode;
    if (!matched) held.attempts_left -= 1;
    return answers_[request_id] = CodeCheck{matched, ProgressOf(held)};
  }
  absl::Status Consume(const CodeSubject& subject, absl::Time) override {
    RunMeanwhile();
    const std::lock_guard lock(mutex_);
    TRY(failure_);
    held_.at(subject.id.text()).consumed = true;
    if (!std::exchange(lose_next_consume_, false)) return absl::OkStatus();
    return Refuse(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable, "the answer is lost");
  }
  absl::Status Cancel(const VerificationId& id, const std::string&, absl::Time) override {
    const std::lock_guard lock(mutex_);
    held_.at(id.text()).cancelled = true;
    return absl::OkStatus();
  }
  absl::Status Notify(const Notice& notice, const std::string& id, const std::string&, absl::Time) override {
    const std::lock_guard lock(mutex_);
    notices_.push_back(notice);
    notice_ids_.push_back(id);
    return absl::OkStatus();
  }

  void FailWith(absl::Status failure) { failure_ = std::move(failure); }
  void FailResendWith(absl::Status failure) { resend_failure_ = std::move(failure); }
  // To whom has not passed a challenge.
  void RefuseChecksWith(absl::Status challenge) { challenge_ = std::move(challenge); }
  // Happens once, when otp is next asked to resend or to consume: between a handler's look and its commit.
  void Meanwhile(std::function<void()> work) { meanwhile_ = std::move(work); }
  // It happens, but nobody learns of it.
  void LoseNextConsume() { lose_next_consume_ = true; }
  size_t verifications() const { return held_.size(); }
  const Held& held(const std::string& id) const { return held_.at(id); }
  // Who asked for each code and typed each, in order.
  const std::vector<CodeClient>& clients() const { return clients_; }
  const std::vector<Notice>& notices() const { return notices_; }
  const std::vector<std::string>& notice_ids() const { return notice_ids_; }

 private:
  static absl::Status Closed() {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationClosed,
                  "the verification has ended");
  }
  static CodeProgress ProgressOf(const Held& held) {
    CodeProgress progress;
    progress.attempts_left = held.attempts_left;
    progress.sends_left = 3 - held.sends;
    progress.channels = {CodeChannel::kSms, CodeChannel::kVoice};
    progress.server_time = testing::Noon();
    progress.expires_at = testing::Noon() + absl::Minutes(5);
    progress.masked_address =
        held.made.phone.has_value() ? held.made.phone.Masked() : held.made.email.Masked();
    return progress;
  }

  void RunMeanwhile() {
    std::function<void()> work;
    {
      const std::lock_guard lock(mutex_);
      work = std::exchange(meanwhile_, nullptr);
    }
    if (work) work();
  }

  std::mutex mutex_;
  std::function<void()> meanwhile_;
  absl::Status failure_;
  absl::Status resend_failure_;
  absl::Status challenge_;
  std::vector<CodeClient> clients_;
  bool lose_next_consume_ = false;
  std::map<std::string, Held> held_;
  std::map<std::string, CodeCheck> answers_;
  std::vector<Notice> notices_;
  std::vector<std::string> notice_ids_;
};

}  // namespace tc::identity

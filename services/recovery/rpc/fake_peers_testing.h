#pragma once

// The three peers as a test wants them: they do what the real ones promise (idempotent by request id, codes
// charged, one reset for a proof), and fail where the test says: before doing, or after doing with the answer
// lost. Thread-safe.

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/jwt.h"
#include "common/testing/fakes.h"
#include "services/recovery/outbound/identity_peer.h"
#include "services/recovery/outbound/linking_peer.h"
#include "services/recovery/outbound/otp_peer.h"

namespace tc::recovery::testing {

// Which of all calls to peers fails, counted from the last Arm or Clear.
class Faults {
 public:
  enum class When { kBefore, kAfter };
  void Clear() { Arm(0, When::kBefore); }
  void Arm(int nth, When when) {
    const std::lock_guard lock(mutex_);
    calls_ = 0;
    asked_.clear();
    nth_ = nth;
    when_ = when;
  }
  int calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  // What was asked since then, in order: "Lookup,Create,".
  std::string asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  // First line of a fake's method: true when it fails without doing anything.
  bool Enter(const char* method, bool& lost) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    absl::StrAppend(&asked_, method, ",");
    lost = calls_ == nth_ && when_ == When::kAfter;
    return calls_ == nth_ && when_ == When::kBefore;
  }
  static absl::Status Unreachable() {
    return Refuse(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable, "the peer does not answer");
  }

 private:
  mutable std::mutex mutex_;
  int calls_ = 0;
  std::string asked_;
  int nth_ = 0;
  When when_ = When::kBefore;
};

#define TC_FAKE_CALL(work)                                          \
  bool lost = false;                                                \
  if (faults_->Enter(__func__, lost)) return Faults::Unreachable(); \
  auto answer = (work);                                             \
  if (lost) return Faults::Unreachable();                           \
  return answer

class FakeIdentity final : public IdentityPeer {
 public:
  FakeIdentity(Faults& faults, const tc::testing::FakeClock& clock, crypto::JwtVerifier verifier)
      : faults_(&faults), clock_(&clock), verifier_(std::move(verifier)) {}

  void Add(const KnownAccount& account) {
    const std::lock_guard lock(mutex_);
    accounts_[account.account.text()] = account;
  }
  KnownAccount& account(const std::string& id) { return accounts_.at(id); }
  std::set<std::string> not_eligible;  // "alice"
  std::string password_of(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return passwords_[id];
  }
  int resets() const { return static_cast<int>(proofs_used_.size()); }

  absl::StatusOr<std::optional<KnownAccount>> Lookup(const Claimed& claimed, absl::Time) override {
    TC_FAKE_CALL(LookupNow(claimed));
  }
  absl::StatusOr<EligibilityNow> CheckPrincipal(const AccountId& account, absl::Time) override {
    TC_FAKE_CALL(EligibleNow(account));
  }
  absl::StatusOr<EligibilityNow> CheckContact(const AccountId& account, absl::Time) override {
    TC_FAKE_CALL(EligibleNow(account));
  }
  absl::StatusOr<bool> CheckDocument(const AccountId& account, const Secret& passport, absl::Time) override {
    TC_FAKE_CALL(FitsNow(account, passport));
  }
  absl::Status ResetPassword(const AccountId& account, const Secret& new_password, const std::string& proof,
                             absl::Time restricted, const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(ResetNow(account, new_password, proof, restricted, request_id));
  }
  absl::Status PermitPhoneChange(const AccountId& account, absl::Time until, const std::string&,
                                 absl::Time) override {
    TC_FAKE_CALL(Note(permits, account, until));
  }
  absl::Status Unfreeze(const AccountId& account, const std::string&, absl::Time) override {
    TC_FAKE_CALL(UnfreezeNow(account));
  }
  absl::Status Freeze(const AccountId& account, absl::Time until, const std::string&, absl::Time) override {
    TC_FAKE_CALL(Note(freezes, account, until));
  }
  absl::StatusOr<bool> Notify(const NoticeMessage& message, const std::string&, absl::Time) override {
    const std::lock_guard lock(mutex_);
    notices.push_back(message);
    return true;
  }

  std::map<std::string, std::string> passports;    // "alice" → "4510123456"
  std::map<std::string, absl::Time> permits;       // phone changes
  std::map<std::string, absl::Time> freezes;       // after a reject for fraud
  std::map<std::string, absl::Time> restrictions;  // by the last reset
  std::vector<NoticeMessage> notices;

 private:
  absl::StatusOr<bool> FitsNow(const AccountId& account, const Secret& passport) {
    const std::lock_guard lock(mutex_);
    const auto found = passports.find(account.text());
    return found != passports.end() && Secret(found->second) == passport;
  }
  absl::Status Note(std::map<std::string, absl::Time>& where, const AccountId& account, absl::Time until) {
    const std::lock_guard lock(mutex_);
    where[account.text()] = until;
    return absl::OkStatus();
  }
  absl::Status UnfreezeNow(const AccountId& account) {
    const std::lock_guard lock(mutex_);
    KnownAccount& known = accounts_.at(account.text());
    known.active = known.active || known.frozen;
    known.frozen = false;
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<KnownAccount>> LookupNow(const Claimed& claimed) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, known] : accounts_) {
      const bool fits = Canonical(claimed) == Canonical(known.account) ||
                        (known.phone.has_value() && Canonical(claimed) == Canonical(known.phone)) ||
                        Canonical(claimed) == "email:" + known.email;
      if (fits) return std::optional<KnownAccount>(known);
    }
    return std::optional<KnownAccount>();
  }
  absl::StatusOr<EligibilityNow> EligibleNow(const AccountId& account) {
    const std::lock_guard lock(mutex_);
    const bool eligible = not_eligible.count(account.text()) == 0;
    const auto known = accounts_.find(account.text());
    const bool frozen = known != accounts_.end() && known->second.frozen;
    return EligibilityNow{eligible && !frozen, clock_->Now(), eligible && frozen};
  }
  absl::Status ResetNow(const AccountId& account, const Secret& password, const std::string& proof,
                        absl::Time restricted, const std::string& request_id) {
    using enum absl::StatusCode;
    const std::lock_guard lock(mutex_);
    const std::string content = proof + "/" + std::string(password.Reveal());
    if (const auto earlier = done_.find(request_id); earlier != done_.end()) {
      if (earlier->second == content) return absl::OkStatus();
      return Refuse(kInvalidArgument, Reason::kRequestIdReused, "other content");
    }
    const auto claims =
        verifier_.Verify(proof, {.audience = "identity", .issuer = "recovery"}, clock_->Now());
    const bool good = claims.ok() && claims->subject == account.text() &&
                      claims->extra.count("purpose") == 1 &&
                      claims->extra.at("purpose") == "PASSWORD_RECOVERY";
    if (!good) return Refuse(kPermissionDenied, Reason::kProofInvalid, "no proof");
    if (proofs_used_.count(claims->id) != 0) return Refuse(kFailedPrecondition, Reason::kProofUsed, "used");
    if (!accounts_.at(account.text()).active)
      return Refuse(kFailedPrecondition, Reason::kAccountBlocked, "blocked");
    if (password.Reveal() == "weak") {
      return Refuse(kInvalidArgument, Reason::kPasswordPolicyViolated, "weak")
          .Violation("new_password", "PASSWORD_TOO_SHORT", "too short")
          .Violation("new_password", "PASSWORD_NO_DIGIT", "no digit");
    }
    done_[request_id] = content;
    proofs_used_.insert(claims->id);
    passwords_[account.text()] = std::string(password.Reveal());
    restrictions[account.text()] = restricted;
    return absl::OkStatus();
  }

  Faults* faults_;
  const tc::testing::FakeClock* clock_;
  crypto::JwtVerifier verifier_;
  std::mutex mutex_;
  std::map<std::string, KnownAccount> accounts_;
  std::map<std::string, std::string> passwords_;
  std::map<std::string, std::string> done_;
  std::set<std::string> proofs_used_;
};

class FakeLinking final : public LinkingPeer {
 public:
  explicit FakeLinking(Faults& faults) : faults_(&faults) {}

  std::map<std::string, GuardNow> guards;  // by principal
  std::set<std::string> held;              // recoveries
  int holds = 0;                           // not counting repetitions
  bool refuse_removal = false;             // RemoveGuard: RECOVERY_OPEN

  absl::StatusOr<GuardNow> GetGuard(const AccountId& principal, absl::Time) override {
    TC_FAKE_CALL(GuardOf(principal));
  }
  absl::StatusOr<GuardNow> HoldGuard(const AccountId& principal, const PublicId& recovery, absl::Time until,
                                     const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(HoldNow(principal, recovery, until, request_id));
  }
  absl::Status RemoveGuard(const AccountId& principal, const LinkId& link, const PublicId&,
                           const std::string&, absl::Time) override {
    TC_FAKE_CALL(RemoveNow(principal, link));
  }

 private:
  absl::Status RemoveNow(const AccountId& principal, const LinkId& link) {
    const std::lock_guard lock(mutex_);
    if (refuse_removal)
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kRecoveryOpen, "held by another");
    GuardNow& guard = guards[principal.text()];
    if (guard.link == link) guard = GuardNow();
    return absl::OkStatus();
  }
  absl::StatusOr<GuardNow> GuardOf(const AccountId& principal) {
    const std::lock_guard lock(mutex_);
    return guards[principal.text()];
  }
  absl::StatusOr<GuardNow> HoldNow(const AccountId& principal, const PublicId& recovery, absl::Time until,
                                   const std::string& request_id) {
    const std::lock_guard lock(mutex_);
    const std::string content = absl::StrCat(principal.text(), recovery.text(), absl::FormatTime(until));
    const auto [earlier, fresh] = requests_.emplace(request_id, content);
    EXPECT_EQ(earlier->second, content) << "the same request id with other content";
    if (fresh) ++holds;
    held.insert(recovery.text());
    return guards[principal.text()];
  }

  Faults* faults_;
  std::mutex mutex_;
  std::map<std::string, std::string> requests_;
};

class FakeOtp final : public OtpPeer {
 public:
  FakeOtp(Faults& faults, const tc::testing::FakeClock& clock) : faults_(&faults), clock_(&clock) {}

  struct Message {
    std::string address;  // "+7916…", "a@b.c", "nowhere"
    Side side = Side::kClaimant;
    Channel channel = Channel::kSms;
    std::string code;
  };
  std::vector<Message> messages;
  std::vector<std::string> cancelled;
  std::set<std::string> full_numbers;  // Create and Resend to them: NUMBER_LIMIT_REACHED
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
  absl::StatusOr<CheckedCode> Check(const CodeBinding& binding, const Secret& code,
                                    const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(CheckNow(binding, code, request_id));
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
    messages.push_back({AddressOf(v.message.address), v.binding.side, v.message.channel, v.code});
    return {StatusOf(v), false};
  }
  absl::Status Limit(const CodeMessage& message) const {
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
    TRY(Limit(message));
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
    TRY(Limit(message));
    if (v.sends_left == 0) return Refuse(kResourceExhausted, Reason::kSendLimitReached, "no sends left");
    if (clock_->Now() < v.sent_at + absl::Minutes(1)) {
      return Refuse(kResourceExhausted, Reason::kResendTooSoon, "too soon").RetryAfter(absl::Minutes(1));
    }
    if (!std::holds_alternative<Nowhere>(v.message.address)) v.message = message;
    return sent_[request_id] = Send(v);
  }
  absl::StatusOr<CheckedCode> CheckNow(const CodeBinding& binding, const Secret& code,
                                       const std::string& request_id) {
    const std::lock_guard lock(mutex_);
    if (checked_.count(request_id) != 0) return checked_.at(request_id);
    Verification& v = *TRY(Find(binding));
    TRY(Open(v));
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

#undef TC_FAKE_CALL

}  // namespace tc::recovery::testing

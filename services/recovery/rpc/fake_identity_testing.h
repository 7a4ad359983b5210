#pragma once

// The identity service as recovery's tests want it: idempotent by request id, one reset for a proof.
// Thread-safe.

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/crypto/jwt.h"
#include "common/testing/fakes.h"
#include "services/recovery/outbound/identity_peer.h"
#include "services/recovery/rpc/faults_testing.h"

namespace tc::recovery::testing {

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

}  // namespace tc::recovery::testing

#pragma once

// Peers: what linking and recovery ask each other, identity and otp, as direct calls of the other side's
// handlers. Each call can be cut off (Cuts). Thread-safe.

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "common/crypto/jwt.h"
#include "common/env/clock.h"
#include "services/linking/outbound/identity_peer.h"
#include "services/linking/rpc/handlers.h"
#include "services/otp/domain/message.h"
#include "services/otp/rpc/verification_handlers.h"
#include "services/recovery/outbound/identity_peer.h"
#include "services/recovery/outbound/linking_peer.h"
#include "services/recovery/outbound/otp_peer.h"
#include "tests/trust/cuts.h"
#include "tests/trust/people.h"

namespace tc::trust {

// What the peers share. `planted` is set before anybody calls.
struct Wires {
  const Clock& clock;
  Cuts cuts;
  Cuts notices;  // those that carry notices, apart: they go from the outboxes
  Planted planted = Planted::kNothing;
  std::atomic<int> told = 0;  // notices so far
  std::function<void()>
      before_commit;  // called by the last questions before a proof or an approval is written
};

class LinkingIdentity final : public linking::IdentityPeer {
 public:
  LinkingIdentity(Wires& wires, People& people) : wires_(&wires), people_(&people) {}

  absl::StatusOr<linking::Eligibility> CheckEligibility(const AccountId& account,
                                                        linking::EligibilityRole role,
                                                        absl::Time deadline) override;
  absl::StatusOr<linking::Match> MatchContact(const AccountId& principal,
                                              const linking::FirstName& first_name, const Phone& phone,
                                              absl::Time deadline) override;
  void AskForAcceptance(const linking::AcceptanceQuestion& question, absl::Time deadline, Told told) override;
  absl::StatusOr<std::string> MaskedName(const AccountId& account, absl::Time deadline) override;
  absl::StatusOr<linking::Conflicts> CompareAccounts(const AccountId& principal, const AccountId& contact,
                                                     absl::Time deadline) override;
  absl::Status Notify(const linking::Notice& notice, const std::string& request_id,
                      absl::Time deadline) override;
  absl::Status Freeze(const AccountId& account, absl::Time until, const std::string& request_id,
                      absl::Time deadline) override;

 private:
  Wires* wires_;
  People* people_;
};

class RecoveryIdentity final : public recovery::IdentityPeer {
 public:
  RecoveryIdentity(Wires& wires, People& people, crypto::JwtVerifier verifier)
      : wires_(&wires), people_(&people), verifier_(std::move(verifier)) {}

  absl::StatusOr<std::optional<recovery::KnownAccount>> Lookup(const recovery::Claimed& claimed,
                                                               absl::Time deadline) override;
  absl::StatusOr<recovery::EligibilityNow> CheckPrincipal(const AccountId& account,
                                                          absl::Time deadline) override;
  absl::StatusOr<recovery::EligibilityNow> CheckContact(const AccountId& account,
                                                        absl::Time deadline) override;
  absl::StatusOr<bool> CheckDocument(const AccountId& account, const Secret& passport,
                                     absl::Time deadline) override;
  absl::Status ResetPassword(const AccountId& account, const Secret& new_password, const std::string& proof,
                             absl::Time restricted_until, const std::string& request_id,
                             absl::Time deadline) override;
  absl::Status PermitPhoneChange(const AccountId& account, absl::Time until, const std::string& request_id,
                                 absl::Time deadline) override;
  absl::Status Unfreeze(const AccountId& account, const std::string& request_id,
                        absl::Time deadline) override;
  absl::Status Freeze(const AccountId& account, absl::Time until, const std::string& request_id,
                      absl::Time deadline) override;
  absl::StatusOr<bool> Notify(const recovery::NoticeMessage& message, const std::string& request_id,
                              absl::Time deadline) override;

 private:
  absl::Status ResetNow(const AccountId& account, const Secret& new_password, const std::string& proof,
                        absl::Time restricted_until, const std::string& request_id);
  Wires* wires_;
  People* people_;
  crypto::JwtVerifier verifier_;
};

class RecoveryLinking final : public recovery::LinkingPeer {
 public:
  explicit RecoveryLinking(Wires& wires) : wires_(&wires) {}
  linking::Handlers* handlers = nullptr;  // set anew when linking starts

  absl::StatusOr<recovery::GuardNow> GetGuard(const AccountId& principal, absl::Time deadline) override;
  absl::StatusOr<recovery::GuardNow> HoldGuard(const AccountId& principal, const recovery::PublicId& recovery,
                                               absl::Time until, const std::string& request_id,
                                               absl::Time deadline) override;
  absl::Status RemoveGuard(const AccountId& principal, const LinkId& link, const recovery::PublicId& recovery,
                           const std::string& request_id, absl::Time deadline) override;

 private:
  recovery::GuardNow Stale(const std::string& principal, const recovery::GuardNow& now);

  Wires* wires_;
  std::mutex mutex_;
  std::map<std::string, recovery::GuardNow> first_answers_;
};

class RecoveryOtp final : public recovery::OtpPeer {
 public:
  explicit RecoveryOtp(Wires& wires) : wires_(&wires) {}
  otp::VerificationHandlers* handlers = nullptr;  // set anew when otp starts

  absl::StatusOr<recovery::SentCode> Create(const recovery::CodeBinding& binding,
                                            const recovery::CodeMessage& message,
                                            const std::string& request_id, absl::Time deadline) override;
  absl::StatusOr<recovery::SentCode> Resend(const recovery::CodeBinding& binding,
                                            const recovery::CodeMessage& message,
                                            const std::string& request_id, absl::Time deadline) override;
  absl::StatusOr<recovery::CheckedCode> Check(const recovery::CodeBinding& binding, const Secret& code,
                                              const recovery::CodeClient& client,
                                              const std::string& request_id, absl::Time deadline) override;
  absl::Status Consume(const recovery::CodeBinding& binding, const std::string& request_id,
                       absl::Time deadline) override;
  absl::Status Cancel(const VerificationId& verification, const std::string& request_id,
                      absl::Time deadline) override;

  // The most guesses that were evaluated for one side of one recovery, repetitions not counted; and how many
  // verifications were used more than once (O1: none).
  int most_guesses() const;
  int used_twice() const;

 private:
  absl::StatusOr<recovery::SentCode> CreateNow(const recovery::CodeBinding& binding,
                                               const recovery::CodeMessage& message,
                                               const std::string& request_id);
  absl::StatusOr<recovery::CheckedCode> CheckNow(const recovery::CodeBinding& binding, const Secret& code,
                                                 const recovery::CodeClient& client,
                                                 const std::string& request_id);
  absl::Status ConsumeNow(const recovery::CodeBinding& binding, const std::string& request_id);
  // A call as recovery's peer makes it.
  template <typename Request>
  rpc::Call CallOf(const Request& request) const;

  Wires* wires_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, recovery::Side>, std::set<std::string>> evaluated_;
  std::map<std::string, std::set<std::string>> consumed_;
};

// Keeps the last code that went to each address.
class CodeBox {
 public:
  void Take(const otp::Message& message);
  // Empty: none has come there.
  std::string CodeTo(const std::string& address) const;
  // How many messages have left.
  int messages() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> codes_;
  int messages_ = 0;
};

}  // namespace tc::trust

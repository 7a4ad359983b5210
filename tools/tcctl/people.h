#pragma once

// People of a development suite: invented citizens with valid numbers, and every step that they take through
// the portal, one call a method. Used by the demo, the end-to-end tests and the benchmarks. Thread-safe as
// its clients are.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "tools/tcctl/dev_suite.h"
#include "trustedcontact/identity/v1/identity.pb.h"
#include "trustedcontact/linking/v1/linking.pb.h"
#include "trustedcontact/recovery/v1/recovery.pb.h"

namespace tc::dev {

namespace identity_pb = trustedcontact::identity::v1;
namespace linking_pb = trustedcontact::linking::v1;
namespace recovery_pb = trustedcontact::recovery::v1;

struct Citizen {
  std::string account;  // "anna"
  std::string first_name;
  std::string last_name;
  std::string patronymic;
  bool female = true;
  absl::CivilDay birth_date;
  std::string phone;
  std::string email;  // bound by BindEmail and ConfirmEmail only
  std::string snils;
  std::string passport;  // series and number, ten digits
  std::string password;

  std::string Name() const { return "accounts/" + account; }
};

// Everything but the name follows from `number`, below 10,000,000, and differs for each; an adult.
Citizen Invent(std::string account, std::string first_name, std::string last_name, int number);
// The check digits of nine digits of a SNILS, appended.
std::string Snils(int nine_digits);

class People {
 public:
  People(SuiteClients& clients, const Spool& spool) : clients_(&clients), spool_(&spool) {}

  // ---- identity
  absl::StatusOr<identity_pb::Account> CreateAccount(const Citizen& who, bool phone_proved = false);
  absl::StatusOr<identity_pb::Account> ConfirmAccount(const Citizen& who);
  absl::StatusOr<identity_pb::Phone> BindPhone(const Citizen& who);
  absl::StatusOr<identity_pb::Phone> ConfirmPhone(const Citizen& who, const std::string& phone,
                                                  const std::string& code);
  absl::StatusOr<identity_pb::Credential> SetPassword(const Citizen& who);
  absl::StatusOr<identity_pb::EmailAddress> BindEmail(const Citizen& who);
  absl::StatusOr<identity_pb::EmailAddress> ConfirmEmail(const Citizen& who, const std::string& code);
  // Whether `password` would sign `who` in.
  absl::StatusOr<bool> VerifyPassword(const Citizen& who, const std::string& password);
  // As the support sees and does it.
  absl::StatusOr<identity_pb::Account> GetAccount(const Citizen& who);
  absl::StatusOr<identity_pb::Account> UnlockAccount(const Citizen& who, const std::string& lock_number);
  // All of the above: an account that may guard and be guarded.
  absl::Status Register(const Citizen& who);
  // The same in two calls, the identity provider having proved the phone; without a password.
  absl::Status Admit(const Citizen& who);

  // ---- linking
  absl::StatusOr<linking_pb::Invitation> Invite(const Citizen& principal, const Citizen& contact);
  // The pending invitations in the cabinet of `who`.
  absl::StatusOr<std::vector<linking_pb::Invitation>> Received(const Citizen& who);
  absl::StatusOr<linking_pb::Link> Accept(const Citizen& contact, const std::string& invitation);
  absl::StatusOr<linking_pb::Link> TrustedContact(const Citizen& principal);
  absl::StatusOr<linking_pb::Link> RemoveTrustedContact(const Citizen& principal);
  absl::StatusOr<linking_pb::Link> Resign(const Citizen& contact, const std::string& link);
  // Invite and accept.
  absl::StatusOr<linking_pb::Link> Connect(const Citizen& principal, const Citizen& contact);

  // ---- recovery, the claimant's side; nobody is signed in
  absl::StatusOr<recovery_pb::Recovery> StartRecovery(const std::string& phone);
  absl::StatusOr<recovery_pb::Recovery> VerifyClaimant(const std::string& recovery, const std::string& code);
  absl::StatusOr<recovery_pb::Recovery> GetRecovery(const std::string& recovery);
  absl::StatusOr<recovery_pb::Recovery> Complete(const recovery_pb::Recovery& recovery,
                                                 const std::string& new_password);

  // ---- recovery, the contact's side
  absl::StatusOr<std::vector<recovery_pb::AssignedRecovery>> Assigned(const Citizen& contact);
  absl::StatusOr<recovery_pb::AssignedRecovery> GetAssigned(const Citizen& contact,
                                                            const std::string& assigned);
  // Answers every question of the warning with yes.
  absl::StatusOr<recovery_pb::AssignedRecovery> Acknowledge(const Citizen& contact,
                                                            const std::string& assigned);
  absl::StatusOr<recovery_pb::AssignedRecovery> SendContactCode(const Citizen& contact,
                                                                const std::string& assigned);
  absl::StatusOr<recovery_pb::AssignedRecovery> Approve(const Citizen& contact, const std::string& assigned,
                                                        const std::string& code,
                                                        const std::string& match_code = "");
  absl::StatusOr<recovery_pb::AssignedRecovery> Reject(const Citizen& contact, const std::string& assigned,
                                                       recovery_pb::RejectReason reason);

  // ---- recovery, the other ways
  // "This was not me", by the token at the end of the link in a notice.
  absl::StatusOr<recovery_pb::CancelRecoveryResponse> CancelByLink(const std::string& token);
  // As an operator sees them.
  absl::StatusOr<std::vector<recovery_pb::RecoverySummary>> RecoveriesOf(const Citizen& principal);
  // Before an officer of a service centre; `capability` is what the person's own device has made.
  absl::StatusOr<recovery_pb::RecoverySummary> ShowDocuments(const Citizen& who,
                                                             const std::string& capability,
                                                             const std::string& officer);
  absl::StatusOr<recovery_pb::RecoverySummary> ConfirmDocuments(const Citizen& who,
                                                                const std::string& assigned,
                                                                const std::string& officer);

  // ---- phones
  // How many messages the phone has; taken before a step, it tells AwaitCode which codes are old.
  size_t CountMessages(const Citizen& who) const { return spool_->Inbox(who.phone).size(); }
  // The newest code that came after the first `seen` messages; waits for it.
  absl::StatusOr<std::string> AwaitCode(const Citizen& who, size_t seen) const {
    return spool_->AwaitCode(who.phone, seen);
  }

 private:
  Client& identity() { return (*clients_)[Service::kIdentity]; }
  Client& linking() { return (*clients_)[Service::kLinking]; }
  Client& recovery() { return (*clients_)[Service::kRecovery]; }

  SuiteClients* clients_;
  const Spool* spool_;
};

}  // namespace tc::dev

#pragma once

// Calls: what portals, people and officers send, as messages of the contract. Each call has the request id
// that it is given, so that it can be sent again. Thread-safe.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "tests/trust/trust_world.h"
#include "trustedcontact/linking/v1/linking.pb.h"
#include "trustedcontact/recovery/v1/recovery.pb.h"

namespace tc::trust {

namespace link_pb = trustedcontact::linking::v1;
namespace rec_pb = trustedcontact::recovery::v1;

// Who sends, by which request.
struct Sender {
  std::string person = {};      // empty: a portal with nobody signed in
  std::string request_id = {};  // "" in calls that change nothing
  absl::Duration session_age = absl::ZeroDuration();
  bool other_content = false;  // as if something else stood in the request
};

// What an officer is shown, and where he works.
struct Visit {
  std::string officer;
  std::string organisation;  // "north": a bank; else a service centre
  std::string passport;
};

// Where somebody sits.
struct Place {
  std::string device;
  std::string address;
};
inline const Place kClaimantsPlace = {"device-of-the-claimant", "192.0.2.77"};
inline const Place kContactsPlace = {"device-of-the-contact", "198.51.100.7"};

class Calls {
 public:
  explicit Calls(World& world) : world_(world) {}

  // --- linking
  absl::StatusOr<link_pb::Invitation> Invite(const Sender& by, const std::string& first_name,
                                             const std::string& phone);
  absl::StatusOr<link_pb::Invitation> CancelInvitation(const Sender& by, const std::string& invitation);
  absl::StatusOr<link_pb::Link> Accept(const Sender& by, const std::string& invitation);
  absl::StatusOr<link_pb::Invitation> Decline(const Sender& by, const std::string& invitation, bool block);
  absl::StatusOr<link_pb::Link> Remove(const Sender& by, const std::string& link);
  absl::StatusOr<link_pb::Link> Resign(const Sender& by, const std::string& link);
  absl::StatusOr<link_pb::DangerReport> ReportDanger(const Sender& by, const std::string& link);
  absl::StatusOr<link_pb::Invitation> SeeInvitation(const std::string& person, const std::string& invitation);
  absl::StatusOr<link_pb::Link> TrustedContact(const std::string& person);
  std::vector<link_pb::Link> Principals(const std::string& person);
  absl::StatusOr<link_pb::Guard> Guard(const std::string& principal);
  absl::StatusOr<link_pb::Guard> GuardAt(const std::string& principal, absl::Time at);

  // --- the claimant
  absl::StatusOr<rec_pb::Recovery> Start(const Sender& by, const std::string& phone,
                                         rec_pb::RecoveryPurpose purpose = rec_pb::RECOVERY_PURPOSE_PASSWORD);
  absl::StatusOr<rec_pb::Recovery> Verify(const Sender& by, const std::string& recovery,
                                          const std::string& code);
  absl::StatusOr<rec_pb::Recovery> Resend(const Sender& by, const std::string& recovery);
  absl::StatusOr<rec_pb::Recovery> See(const std::string& recovery);
  absl::StatusOr<rec_pb::CancelRecoveryResponse> Cancel(const Sender& by, const std::string& recovery);
  absl::StatusOr<rec_pb::CancelRecoveryResponse> CancelOwn(const Sender& by);
  absl::StatusOr<rec_pb::CancelRecoveryResponse> CancelNotMe(const Sender& by, const std::string& token);
  absl::StatusOr<rec_pb::Recovery> Complete(const Sender& by, const std::string& recovery,
                                            const std::string& grant, const std::string& password);

  // --- the contact
  absl::StatusOr<rec_pb::AssignedRecovery> Acknowledge(const Sender& by, const std::string& assigned,
                                                       bool yes);
  absl::StatusOr<rec_pb::AssignedRecovery> SendCode(const Sender& by, const std::string& assigned);
  absl::StatusOr<rec_pb::AssignedRecovery> Approve(const Sender& by, const std::string& assigned,
                                                   const std::string& code, const std::string& match_code,
                                                   const Place& place = kContactsPlace);
  absl::StatusOr<rec_pb::AssignedRecovery> Reject(const Sender& by, const std::string& assigned,
                                                  rec_pb::RejectReason reason);
  absl::StatusOr<rec_pb::AssignedRecovery> SeeAssigned(const std::string& person,
                                                       const std::string& assigned);
  std::vector<rec_pb::AssignedRecovery> ListAssigned(const std::string& person);

  // --- the operator
  absl::StatusOr<rec_pb::RecoverySummary> Hold(const Sender& by, const std::string& assigned);
  absl::StatusOr<rec_pb::RecoverySummary> Release(const Sender& by, const std::string& assigned);
  // The public name of the open recovery of this principal, "" when there is none.
  std::string OpenOf(const std::string& principal);

  // --- officers
  absl::StatusOr<rec_pb::RecoverySummary> StartInPerson(const Sender& by, const Visit& visit,
                                                        const std::string& principal,
                                                        const std::string& capability);
  absl::StatusOr<rec_pb::RecoverySummary> ConfirmInPerson(const Sender& by, const Visit& visit,
                                                          const std::string& assigned);

 private:
  template <typename Request>
  rpc::Call CallOf(const Sender& by, Request& in) const;

  World& world_;
};

}  // namespace tc::trust

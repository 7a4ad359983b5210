#include "tests/e2e/journey.h"

#include "common/base/status.h"

namespace tc::e2e {

using dev::People;
namespace recovery_pb = dev::recovery_pb;

namespace {

absl::Status Expect(bool holds, const char* what) {
  return holds ? absl::OkStatus() : absl::InternalError(what);
}

absl::Status Admit(People& people, Journey& journey) {
  TRY(people.CreateAccount(journey.principal));
  TRY(people.ConfirmAccount(journey.principal));
  return people.Admit(journey.contact);
}

absl::Status BindPhone(People& people, Journey& journey) {
  const size_t seen = people.CountMessages(journey.principal);
  journey.phone = TRY(people.BindPhone(journey.principal)).name();
  journey.principal_code = TRY(people.AwaitCode(journey.principal, seen));
  return absl::OkStatus();
}

absl::Status ConfirmPhone(People& people, Journey& journey) {
  return people.ConfirmPhone(journey.principal, journey.phone, journey.principal_code).status();
}

absl::Status SetPassword(People& people, Journey& journey) {
  return people.SetPassword(journey.principal).status();
}

absl::Status Invite(People& people, Journey& journey) {
  journey.invitation = TRY(people.Invite(journey.principal, journey.contact)).name();
  const auto received = TRY(people.Received(journey.contact));
  return Expect(received.size() == 1 && received[0].name() == journey.invitation,
                "the invitation is not in the cabinet");
}

absl::Status Accept(People& people, Journey& journey) {
  journey.link = TRY(people.Accept(journey.contact, journey.invitation)).name();
  return absl::OkStatus();
}

absl::Status StartRecovery(People& people, Journey& journey) {
  const size_t seen = people.CountMessages(journey.principal);
  journey.recovery = TRY(people.StartRecovery(journey.principal.phone)).name();
  journey.principal_code = TRY(people.AwaitCode(journey.principal, seen));
  return absl::OkStatus();
}

absl::Status VerifyClaimant(People& people, Journey& journey) {
  const auto proved = TRY(people.VerifyClaimant(journey.recovery, journey.principal_code));
  TRY(Expect(proved.state() == recovery_pb::RECOVERY_STATE_AWAITING_CONTACT, "the contact is not awaited"));
  return Expect(proved.grant().empty(), "a grant without the contact");
}

absl::Status Acknowledge(People& people, Journey& journey) {
  const auto open = TRY(people.Assigned(journey.contact));
  TRY(Expect(open.size() == 1, "the contact does not see the request"));
  journey.assigned = open[0].name();
  return people.Acknowledge(journey.contact, journey.assigned).status();
}

absl::Status SendContactCode(People& people, Journey& journey) {
  const size_t seen = people.CountMessages(journey.contact);
  TRY(people.SendContactCode(journey.contact, journey.assigned));
  journey.contact_code = TRY(people.AwaitCode(journey.contact, seen));
  return absl::OkStatus();
}

absl::Status Approve(People& people, Journey& journey) {
  const auto seen = TRY(people.Approve(journey.contact, journey.assigned, journey.contact_code));
  return Expect(seen.state() == recovery_pb::RECOVERY_STATE_APPROVED, "not approved");
}

absl::Status TakeGrant(People& people, Journey& journey) {
  journey.approved = TRY(people.GetRecovery(journey.recovery));
  return Expect(!journey.approved.grant().empty(), "no grant");
}

absl::Status Complete(People& people, Journey& journey) {
  const auto completed = TRY(people.Complete(journey.approved, journey.new_password));
  return Expect(completed.state() == recovery_pb::RECOVERY_STATE_COMPLETED, "not completed");
}

}  // namespace

const std::vector<Step>& Steps() {
  static const std::vector<Step> steps = {
      {"Admit", Admit},
      {"BindPhone", BindPhone},
      {"ConfirmPhone", ConfirmPhone},
      {"SetPassword", SetPassword},
      {"Invite", Invite},
      {"Accept", Accept},
      {"StartRecovery", StartRecovery},
      {"VerifyClaimant", VerifyClaimant},
      {"Acknowledge", Acknowledge},
      {"SendContactCode", SendContactCode},
      {"Approve", Approve},
      {"TakeGrant", TakeGrant},
      {"Complete", Complete},
  };
  return steps;
}

absl::Status CheckOutcome(People& people, const Journey& journey) {
  TRY(Expect(TRY(people.TrustedContact(journey.principal)).name() == journey.link,
             "another link than the one accepted"));
  TRY(Expect(TRY(people.GetRecovery(journey.recovery)).state() == recovery_pb::RECOVERY_STATE_COMPLETED,
             "the recovery is not completed"));
  TRY(Expect(TRY(people.VerifyPassword(journey.principal, journey.new_password)),
             "the new password does not sign in"));
  return Expect(!TRY(people.VerifyPassword(journey.principal, journey.principal.password)),
                "the old password signs in");
}

}  // namespace tc::e2e

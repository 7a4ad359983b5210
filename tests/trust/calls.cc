#include "tests/trust/calls.h"

#include <utility>

#include "common/testing/await.h"
#include "common/testing/call.h"
#include "services/recovery/domain/warning.h"
#include "services/recovery/rpc/tokens.h"

namespace tc::trust {

template <typename Request>
rpc::Call Calls::CallOf(const Sender& by, Request& in) const {
  const absl::Time now = world_.now();
  rpc::Call call = by.person.empty() ? testing::FromPortal(now) : testing::As(by.person, now);
  if (call.person.has_value()) call.person->auth_time = now - by.session_age;
  call.method = std::string(Request::descriptor()->full_name());
  if constexpr (requires { in.set_request_id(""); }) in.set_request_id(by.request_id);
  call.request_id = by.request_id;
  call.fingerprint = in.SerializeAsString() + (by.other_content ? "other" : "");
  return call;
}

absl::StatusOr<link_pb::Invitation> Calls::Invite(const Sender& by, const std::string& first_name,
                                                  const std::string& phone) {
  link_pb::CreateInvitationRequest in;
  in.set_contact_first_name(first_name);
  in.set_contact_phone(phone);
  return world_.linking().CreateInvitation(CallOf(by, in), in);
}

absl::StatusOr<link_pb::Invitation> Calls::CancelInvitation(const Sender& by, const std::string& invitation) {
  link_pb::CancelInvitationRequest in;
  in.set_name(invitation);
  return world_.linking().CancelInvitation(CallOf(by, in), in);
}

absl::StatusOr<link_pb::Link> Calls::Accept(const Sender& by, const std::string& invitation) {
  link_pb::AcceptInvitationRequest in;
  in.set_name(invitation);
  return testing::Await(world_.linking(), &linking::Handlers::AcceptInvitation, CallOf(by, in), in);
}

absl::StatusOr<link_pb::Invitation> Calls::Decline(const Sender& by, const std::string& invitation,
                                                   bool block) {
  link_pb::DeclineInvitationRequest in;
  in.set_name(invitation);
  in.set_block_sender(block);
  return world_.linking().DeclineInvitation(CallOf(by, in), in);
}

absl::StatusOr<link_pb::Link> Calls::Remove(const Sender& by, const std::string& link) {
  link_pb::RemoveTrustedContactRequest in;
  in.set_link(link);
  return world_.linking().RemoveTrustedContact(CallOf(by, in), in);
}

absl::StatusOr<link_pb::Link> Calls::Resign(const Sender& by, const std::string& link) {
  link_pb::ResignRequest in;
  in.set_name(link);
  return world_.linking().Resign(CallOf(by, in), in);
}

absl::StatusOr<link_pb::DangerReport> Calls::ReportDanger(const Sender& by, const std::string& link) {
  link_pb::ReportDangerRequest in;
  in.set_name(link);
  return world_.linking().ReportDanger(CallOf(by, in), in);
}

absl::StatusOr<link_pb::Invitation> Calls::SeeInvitation(const std::string& person,
                                                         const std::string& invitation) {
  link_pb::GetInvitationRequest in;
  in.set_name(invitation);
  return world_.linking().GetInvitation(CallOf({.person = person}, in), in);
}

absl::StatusOr<link_pb::Link> Calls::TrustedContact(const std::string& person) {
  link_pb::GetTrustedContactRequest in;
  return world_.linking().GetTrustedContact(CallOf({.person = person}, in), in);
}

std::vector<link_pb::Link> Calls::Principals(const std::string& person) {
  link_pb::ListPrincipalsRequest in;
  const auto out = world_.linking().ListPrincipals(CallOf({.person = person}, in), in);
  if (!out.ok()) return {};
  return {out->links().begin(), out->links().end()};
}

absl::StatusOr<link_pb::Guard> Calls::Guard(const std::string& principal) {
  link_pb::GetGuardRequest in;
  in.set_principal("accounts/" + principal);
  return world_.linking().GetGuard(testing::FromService("recovery", world_.now()), in);
}

absl::StatusOr<link_pb::Guard> Calls::GuardAt(const std::string& principal, absl::Time at) {
  link_pb::GetGuardRequest in;
  in.set_principal("accounts/" + principal);
  in.mutable_at()->set_seconds(absl::ToUnixSeconds(at));
  return world_.linking().GetGuard(testing::FromService("recovery", world_.now()), in);
}

absl::StatusOr<rec_pb::Recovery> Calls::Start(const Sender& by, const std::string& phone,
                                              rec_pb::RecoveryPurpose purpose) {
  rec_pb::StartRecoveryRequest in;
  in.set_phone(phone);
  in.set_purpose(purpose);
  in.mutable_client()->set_device(kClaimantsPlace.device);
  in.mutable_client()->set_address(kClaimantsPlace.address);
  return world_.recovery().StartRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::Recovery> Calls::Verify(const Sender& by, const std::string& recovery,
                                               const std::string& code) {
  rec_pb::VerifyClaimantRequest in;
  in.set_name(recovery);
  in.set_code(code);
  return world_.recovery().VerifyClaimant(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::Recovery> Calls::Resend(const Sender& by, const std::string& recovery) {
  rec_pb::ResendClaimantCodeRequest in;
  in.set_name(recovery);
  return world_.recovery().ResendClaimantCode(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::Recovery> Calls::See(const std::string& recovery) {
  rec_pb::GetRecoveryRequest in;
  in.set_name(recovery);
  return world_.recovery().GetRecovery(CallOf({}, in), in);
}

absl::StatusOr<rec_pb::CancelRecoveryResponse> Calls::Cancel(const Sender& by, const std::string& recovery) {
  rec_pb::CancelRecoveryRequest in;
  in.set_name(recovery);
  return world_.recovery().CancelRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::CancelRecoveryResponse> Calls::CancelOwn(const Sender& by) {
  rec_pb::CancelRecoveryRequest in;
  in.set_principal("accounts/" + by.person);
  return world_.recovery().CancelRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::CancelRecoveryResponse> Calls::CancelNotMe(const Sender& by,
                                                                  const std::string& token) {
  rec_pb::CancelRecoveryRequest in;
  in.set_not_me_token(token);
  return world_.recovery().CancelRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::Recovery> Calls::Complete(const Sender& by, const std::string& recovery,
                                                 const std::string& grant, const std::string& password) {
  rec_pb::CompleteRecoveryRequest in;
  in.set_name(recovery);
  in.set_grant(grant);
  in.set_new_password(password);
  return world_.recovery().CompleteRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::AssignedRecovery> Calls::Acknowledge(const Sender& by, const std::string& assigned,
                                                            bool yes) {
  rec_pb::AcknowledgeWarningRequest in;
  in.set_name(assigned);
  const recovery::Warning& warning = recovery::CurrentWarning();
  in.set_warning_version(warning.version);
  for (const recovery::Question& question : warning.texts.front().questions) {
    rec_pb::WarningAnswer& answer = *in.add_answers();
    answer.set_question(question.id);
    answer.set_yes(yes);
  }
  return world_.recovery().AcknowledgeWarning(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::AssignedRecovery> Calls::SendCode(const Sender& by, const std::string& assigned) {
  rec_pb::SendContactCodeRequest in;
  in.set_name(assigned);
  return world_.recovery().SendContactCode(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::AssignedRecovery> Calls::Approve(const Sender& by, const std::string& assigned,
                                                        const std::string& code,
                                                        const std::string& match_code, const Place& place) {
  rec_pb::ApproveRecoveryRequest in;
  in.set_name(assigned);
  in.set_code(code);
  in.set_match_code(match_code);
  in.mutable_client()->set_device(place.device);
  in.mutable_client()->set_address(place.address);
  return world_.recovery().ApproveRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::AssignedRecovery> Calls::Reject(const Sender& by, const std::string& assigned,
                                                       rec_pb::RejectReason reason) {
  rec_pb::RejectRecoveryRequest in;
  in.set_name(assigned);
  in.set_reason(reason);
  return world_.recovery().RejectRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::AssignedRecovery> Calls::SeeAssigned(const std::string& person,
                                                            const std::string& assigned) {
  rec_pb::GetAssignedRecoveryRequest in;
  in.set_name(assigned);
  return world_.recovery().GetAssignedRecovery(CallOf({.person = person}, in), in);
}

absl::StatusOr<rec_pb::RecoverySummary> Calls::Hold(const Sender& by, const std::string& assigned) {
  rec_pb::HoldRecoveryRequest in;
  in.set_name(assigned);
  in.set_comment("looked at");
  return world_.recovery().HoldRecovery(CallOf(by, in), in);
}

absl::StatusOr<rec_pb::RecoverySummary> Calls::Release(const Sender& by, const std::string& assigned) {
  rec_pb::ReleaseRecoveryRequest in;
  in.set_name(assigned);
  in.set_comment("nothing found");
  return world_.recovery().ReleaseRecovery(CallOf(by, in), in);
}

namespace {

// As the gate would admit an officer's call.
rpc::Call FromOfficer(rpc::Call call, const Visit& visit) {
  const bool bank = visit.organisation == "north";
  call.peer = {bank ? rpc::Role::kBank : rpc::Role::kServiceCentre, visit.organisation};
  return call;
}

void Show(const Visit& visit, rec_pb::DocumentCheck& check) {
  check.set_officer(visit.officer);
  check.set_visit("visit");
  check.set_passport(visit.passport);
}

}  // namespace

absl::StatusOr<rec_pb::RecoverySummary> Calls::StartInPerson(const Sender& by, const Visit& visit,
                                                             const std::string& principal,
                                                             const std::string& capability) {
  rec_pb::StartInPersonRecoveryRequest in;
  in.set_principal("accounts/" + principal);
  Show(visit, *in.mutable_check());
  in.set_capability_hash(recovery::Tokens::HashOf(capability));
  return world_.recovery().StartInPersonRecovery(FromOfficer(CallOf(by, in), visit), in);
}

absl::StatusOr<rec_pb::RecoverySummary> Calls::ConfirmInPerson(const Sender& by, const Visit& visit,
                                                               const std::string& assigned) {
  rec_pb::ConfirmInPersonRecoveryRequest in;
  in.set_name(assigned);
  Show(visit, *in.mutable_check());
  return world_.recovery().ConfirmInPersonRecovery(FromOfficer(CallOf(by, in), visit), in);
}

std::string Calls::OpenOf(const std::string& principal) {
  rec_pb::ListRecoveriesRequest in;
  in.set_page_size(500);
  in.set_principal("accounts/" + principal);
  const auto call = testing::FromPeer(rpc::Role::kOperator, "anna", world_.now());
  const auto out = world_.recovery().ListRecoveries(call, in);
  if (!out.ok()) return "";
  for (const rec_pb::RecoverySummary& one : out->recoveries()) {
    if (!one.has_end_time()) return one.name();
  }
  return "";
}

std::vector<rec_pb::AssignedRecovery> Calls::ListAssigned(const std::string& person) {
  rec_pb::ListAssignedRecoveriesRequest in;
  in.set_page_size(500);
  const auto out = world_.recovery().ListAssignedRecoveries(CallOf({.person = person}, in), in);
  if (!out.ok()) return {};
  return {out->recoveries().begin(), out->recoveries().end()};
}

}  // namespace tc::trust

// Steps of a recovery: the claimant's, the contact's, and before officers.

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "tools/tcctl/people.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::dev {

namespace {

using RecoveryStub = recovery_pb::RecoveryService::Stub;

}  // namespace

absl::StatusOr<recovery_pb::Recovery> People::StartRecovery(const std::string& phone) {
  recovery_pb::StartRecoveryRequest request;
  request.set_phone(phone);
  request.mutable_client()->set_address("203.0.113.7");
  request.mutable_client()->set_device(absl::StrCat("device-", phone));
  request.mutable_client()->set_user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
  request.mutable_client()->set_place("Moscow");
  return recovery().Call(&RecoveryStub::StartRecovery, Portal(), request);
}

absl::StatusOr<recovery_pb::Recovery> People::VerifyClaimant(const std::string& name,
                                                             const std::string& code) {
  recovery_pb::VerifyClaimantRequest request;
  request.set_name(name);
  request.set_code(code);
  return recovery().Call(&RecoveryStub::VerifyClaimant, Portal(), request);
}

absl::StatusOr<recovery_pb::Recovery> People::GetRecovery(const std::string& name) {
  recovery_pb::GetRecoveryRequest request;
  request.set_name(name);
  return recovery().Call(&RecoveryStub::GetRecovery, Portal(), request);
}

absl::StatusOr<recovery_pb::Recovery> People::Complete(const recovery_pb::Recovery& approved,
                                                       const std::string& new_password) {
  recovery_pb::CompleteRecoveryRequest request;
  request.set_name(approved.name());
  request.set_grant(approved.grant());
  request.set_new_password(new_password);
  return recovery().Call(&RecoveryStub::CompleteRecovery, Portal(), request);
}

absl::StatusOr<std::vector<recovery_pb::AssignedRecovery>> People::Assigned(const Citizen& contact) {
  recovery_pb::ListAssignedRecoveriesRequest request;
  request.set_open_only(true);
  const auto list =
      TRY(recovery().Call(&RecoveryStub::ListAssignedRecoveries, SignedIn(contact.account), request));
  return std::vector<recovery_pb::AssignedRecovery>(list.recoveries().begin(), list.recoveries().end());
}

absl::StatusOr<recovery_pb::AssignedRecovery> People::GetAssigned(const Citizen& contact,
                                                                  const std::string& assigned) {
  recovery_pb::GetAssignedRecoveryRequest request;
  request.set_name(assigned);
  return recovery().Call(&RecoveryStub::GetAssignedRecovery, SignedIn(contact.account), request);
}

absl::StatusOr<recovery_pb::AssignedRecovery> People::Acknowledge(const Citizen& contact,
                                                                  const std::string& assigned) {
  const recovery_pb::AssignedRecovery shown = TRY(GetAssigned(contact, assigned));
  recovery_pb::AcknowledgeWarningRequest request;
  request.set_name(assigned);
  request.set_warning_version(shown.warning().version());
  if (shown.warning().texts_size() > 0) {
    for (const recovery_pb::WarningQuestion& question : shown.warning().texts(0).questions()) {
      recovery_pb::WarningAnswer& answer = *request.add_answers();
      answer.set_question(question.question());
      answer.set_yes(true);
    }
  }
  return recovery().Call(&RecoveryStub::AcknowledgeWarning, SignedIn(contact.account), request);
}

absl::StatusOr<recovery_pb::AssignedRecovery> People::SendContactCode(const Citizen& contact,
                                                                      const std::string& assigned) {
  recovery_pb::SendContactCodeRequest request;
  request.set_name(assigned);
  return recovery().Call(&RecoveryStub::SendContactCode, SignedIn(contact.account), request);
}

absl::StatusOr<recovery_pb::AssignedRecovery> People::Approve(const Citizen& contact,
                                                              const std::string& assigned,
                                                              const std::string& code,
                                                              const std::string& match_code) {
  recovery_pb::ApproveRecoveryRequest request;
  request.set_name(assigned);
  request.set_code(code);
  request.set_match_code(match_code);
  request.mutable_client()->set_device("contacts-device");
  return recovery().Call(&RecoveryStub::ApproveRecovery, SignedIn(contact.account), request);
}

absl::StatusOr<recovery_pb::AssignedRecovery> People::Reject(const Citizen& contact,
                                                             const std::string& assigned,
                                                             recovery_pb::RejectReason reason) {
  recovery_pb::RejectRecoveryRequest request;
  request.set_name(assigned);
  request.set_reason(reason);
  return recovery().Call(&RecoveryStub::RejectRecovery, SignedIn(contact.account), request);
}

absl::StatusOr<recovery_pb::CancelRecoveryResponse> People::CancelByLink(const std::string& token) {
  recovery_pb::CancelRecoveryRequest request;
  request.set_not_me_token(token);
  return recovery().Call(&RecoveryStub::CancelRecovery, Portal(), request);
}

absl::StatusOr<std::vector<recovery_pb::RecoverySummary>> People::RecoveriesOf(const Citizen& principal) {
  recovery_pb::ListRecoveriesRequest request;
  request.set_principal(principal.Name());
  const auto list = TRY(recovery().Call(&RecoveryStub::ListRecoveries, From("operator/demo"), request));
  return std::vector<recovery_pb::RecoverySummary>(list.recoveries().begin(), list.recoveries().end());
}

absl::StatusOr<recovery_pb::RecoverySummary> People::ShowDocuments(const Citizen& who,
                                                                   const std::string& capability,
                                                                   const std::string& officer) {
  recovery_pb::StartInPersonRecoveryRequest request;
  request.set_principal(who.Name());
  request.mutable_check()->set_officer(officer);
  request.mutable_check()->set_visit(absl::StrCat("visit-to-", officer));
  request.mutable_check()->set_passport(who.passport);
  request.set_capability_hash(crypto::Sha256(capability));
  return recovery().Call(&RecoveryStub::StartInPersonRecovery, From("service-centre/demo"), request);
}

absl::StatusOr<recovery_pb::RecoverySummary> People::ConfirmDocuments(const Citizen& who,
                                                                      const std::string& assigned,
                                                                      const std::string& officer) {
  recovery_pb::ConfirmInPersonRecoveryRequest request;
  request.set_name(assigned);
  request.mutable_check()->set_officer(officer);
  request.mutable_check()->set_visit(absl::StrCat("visit-to-", officer));
  request.mutable_check()->set_passport(who.passport);
  return recovery().Call(&RecoveryStub::ConfirmInPersonRecovery, From("service-centre/demo"), request);
}

}  // namespace tc::dev

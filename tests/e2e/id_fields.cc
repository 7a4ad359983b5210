#include "tests/e2e/id_fields.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace tc::e2e {

const std::vector<IdField>& IdFields() {
  static const std::vector<IdField> fields = {
      {"AdminService/RetryOutboxEntry", "name", Held::kOutboxEntry},
      {"IdentityService/CreateAccount", "account_id", Held::kNew},
      {"IdentityService/CreateAccount", "account.name", Held::kNew},
      {"IdentityService/GetAccount", "name", Held::kAccount},
      {"IdentityService/UpdateAccount", "account.name", Held::kAccount},
      {"IdentityService/DeleteAccount", "name", Held::kAccount},
      {"IdentityService/ConfirmAccount", "name", Held::kAccount},
      {"IdentityService/BlockAccount", "name", Held::kAccount},
      {"IdentityService/UnblockAccount", "name", Held::kAccount},
      {"IdentityService/FreezeAccount", "name", Held::kAccount},
      {"IdentityService/UnfreezeAccount", "name", Held::kAccount},
      {"IdentityService/UnlockAccount", "name", Held::kAccount},
      {"IdentityService/CheckEligibility", "account", Held::kAccount},
      {"IdentityService/MatchContact", "principal", Held::kAccount},
      {"IdentityService/CompareAccounts", "principal", Held::kAccount},
      {"IdentityService/CompareAccounts", "contact", Held::kAccount},
      {"IdentityService/CheckDocument", "account", Held::kAccount},
      {"IdentityService/NotifyPerson", "account", Held::kAccount},
      {"IdentityService/PermitPhoneChange", "account", Held::kAccount},
      {"IdentityService/LookupAccount", "account", Held::kAccount},
      {"IdentityService/BindPhone", "account", Held::kAccount},
      {"IdentityService/ConfirmPhone", "name", Held::kPhone},
      {"IdentityService/ListPhones", "account", Held::kAccount},
      {"IdentityService/ReleasePhone", "name", Held::kPhone},
      {"IdentityService/ImportPhone", "account", Held::kAccount},
      {"IdentityService/BindEmail", "account", Held::kAccount},
      {"IdentityService/ConfirmEmail", "account", Held::kAccount},
      {"IdentityService/CheckPassword", "account", Held::kAccount},
      {"IdentityService/SetPassword", "account", Held::kAccount},
      {"IdentityService/VerifyPassword", "account", Held::kAccount},
      {"IdentityService/RequirePasswordChange", "account", Held::kAccount},
      {"IdentityService/ResetPassword", "account", Held::kAccount},
      {"IdentityService/EnrollTotp", "account", Held::kAccount},
      {"IdentityService/ConfirmTotp", "account", Held::kAccount},
      {"IdentityService/DisableTotp", "account", Held::kAccount},
      {"IdentityService/VerifySecondFactor", "account", Held::kAccount},
      {"IdentityService/VerifySecondFactor", "phone", Held::kPhone},
      {"IdentityService/GetSecuritySettings", "name", Held::kSettings},
      {"IdentityService/UpdateSecuritySettings", "settings.name", Held::kSettings},
      {"IdentityService/ListSecurityEvents", "account", Held::kAccount},
      {"LinkingService/CancelInvitation", "name", Held::kInvitation},
      {"LinkingService/GetInvitation", "name", Held::kInvitation},
      {"LinkingService/AcceptInvitation", "name", Held::kInvitation},
      {"LinkingService/DeclineInvitation", "name", Held::kInvitation},
      {"LinkingService/RemoveTrustedContact", "link", Held::kLink},
      {"LinkingService/Resign", "name", Held::kLink},
      {"LinkingService/ReportDanger", "name", Held::kLink},
      {"LinkingService/UnblockSender", "name", Held::kBlockedSender},
      {"LinkingService/GetGuard", "principal", Held::kAccount},
      {"LinkingService/HoldGuard", "principal", Held::kAccount},
      {"LinkingService/HoldGuard", "recovery", Held::kRecoveryId},
      {"LinkingService/RemoveGuard", "principal", Held::kAccount},
      {"LinkingService/RemoveGuard", "link", Held::kLink},
      {"LinkingService/RemoveGuard", "recovery", Held::kRecoveryId},
      {"LinkingService/ListLinkHistory", "account", Held::kAccount},
      {"OtpService/CreateVerification", "verification_id", Held::kNew},
      {"OtpService/CreateVerification", "subject", Held::kEcho},
      {"OtpService/CreateVerification", "request", Held::kEcho},
      {"OtpService/ResendVerification", "name", Held::kVerification},
      {"OtpService/CancelVerification", "name", Held::kVerification},
      {"OtpService/GetVerification", "name", Held::kVerification},
      {"OtpService/CheckVerification", "name", Held::kVerification},
      {"OtpService/CheckVerification", "subject", Held::kEcho},
      {"OtpService/CheckVerification", "request", Held::kEcho},
      {"OtpService/ConsumeVerification", "name", Held::kVerification},
      {"OtpService/ConsumeVerification", "subject", Held::kEcho},
      {"OtpService/ConsumeVerification", "request", Held::kEcho},
      {"DeliveryService/SendNotification", "notification_id", Held::kNew},
      {"DeliveryService/GetDelivery", "name", Held::kDelivery},
      {"DeliveryService/ListDeliveries", "parent", Held::kDeliveryParent},
      {"DeliveryService/ReportDelivery", "name", Held::kDelivery},
      {"RecoveryService/StartRecovery", "account", Held::kAccount},
      {"RecoveryService/VerifyClaimant", "name", Held::kCapability},
      {"RecoveryService/ResendClaimantCode", "name", Held::kCapability},
      {"RecoveryService/GetRecovery", "name", Held::kCapability},
      {"RecoveryService/WatchRecovery", "name", Held::kCapability},
      {"RecoveryService/CancelRecovery", "name", Held::kCapability},
      {"RecoveryService/CancelRecovery", "principal", Held::kAccount},
      {"RecoveryService/GetAssignedRecovery", "name", Held::kAssigned},
      {"RecoveryService/AcknowledgeWarning", "name", Held::kAssigned},
      {"RecoveryService/SendContactCode", "name", Held::kAssigned},
      {"RecoveryService/ApproveRecovery", "name", Held::kAssigned},
      {"RecoveryService/RejectRecovery", "name", Held::kAssigned},
      {"RecoveryService/CompleteRecovery", "name", Held::kCapability},
      {"RecoveryService/ListRecoveries", "principal", Held::kAccount},
      {"RecoveryService/HoldRecovery", "name", Held::kAssigned},
      {"RecoveryService/ReleaseRecovery", "name", Held::kAssigned},
      {"RecoveryService/StartInPersonRecovery", "principal", Held::kAccount},
      {"RecoveryService/ConfirmInPersonRecovery", "name", Held::kAssigned},
  };
  return fields;
}

std::vector<IdField> IdFieldsOf(const std::string& method) {
  std::vector<IdField> of;
  std::copy_if(IdFields().begin(), IdFields().end(), std::back_inserter(of),
               [&](const IdField& field) { return field.method == method; });
  return of;
}

const IdField* FindIdField(const std::string& method, const std::string& path) {
  for (const IdField& field : IdFields()) {
    if (field.method == method && field.path == path) return &field;
  }
  return nullptr;
}

std::string AbsentName(Held kind) {
  const std::string id = kAbsentId;
  switch (kind) {
    case Held::kNew:
    case Held::kRecoveryId:
      return id;
    case Held::kAccount:
      return absl::StrCat("accounts/", id);
    case Held::kPhone:
      return absl::StrCat("accounts/", id, "/phones/", id);
    case Held::kSettings:
      return absl::StrCat("accounts/", id, "/securitySettings");
    case Held::kInvitation:
      return absl::StrCat("invitations/", id);
    case Held::kLink:
      return absl::StrCat("links/", id);
    case Held::kBlockedSender:
      return absl::StrCat("blockedSenders/", id);
    case Held::kCapability:
      return absl::StrCat("recoveries/", id);
    case Held::kAssigned:
      return absl::StrCat("assignedRecoveries/", id);
    case Held::kVerification:
    case Held::kDeliveryParent:
      return absl::StrCat("verifications/", id);
    case Held::kDelivery:
      return absl::StrCat("deliveries/", id);
    case Held::kOutboxEntry:
      return "outbox/123456789";
    case Held::kEcho:
      return absl::StrCat("accounts/", id);
  }
  return id;
}

}  // namespace tc::e2e

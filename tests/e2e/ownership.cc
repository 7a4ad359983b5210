#include "tests/e2e/ownership.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"

namespace tc::e2e {
namespace {

struct Ownership {
  const char* methods;  // "Service/Method", separated by blanks
  Whose whose;
};

// The methods that are not for a person, and why they may name things of everybody's. A method of a person's
// needs no line: its rules name a party.
constexpr Ownership kOwnerships[] = {
    // The portal may ask these without anybody signed in; with a name, the person must be its owner.
    {"RecoveryService/CancelRecovery IdentityService/CheckPassword", Whose::kPersons},
    {"OtpService/ResendVerification OtpService/CancelVerification OtpService/GetVerification "
     "OtpService/CheckVerification OtpService/ConsumeVerification DeliveryService/GetDelivery "
     "DeliveryService/ListDeliveries",
     Whose::kServices},
    {"RecoveryService/VerifyClaimant RecoveryService/ResendClaimantCode RecoveryService/GetRecovery "
     "RecoveryService/WatchRecovery RecoveryService/CompleteRecovery",
     Whose::kAnybodys},
    // Whoever cannot sign in names himself; the answer is the same for everybody (neutral_start_test).
    {"RecoveryService/StartRecovery", Whose::kAnybodys},
    // The identity provider, officers, operators, gateways, and services that act for whoever asked them.
    {"AdminService/RetryOutboxEntry IdentityService/GetAccount IdentityService/UpdateAccount "
     "IdentityService/DeleteAccount IdentityService/ConfirmAccount IdentityService/BlockAccount "
     "IdentityService/UnblockAccount IdentityService/UnlockAccount IdentityService/MatchContact "
     "IdentityService/CompareAccounts IdentityService/CheckDocument IdentityService/NotifyPerson "
     "IdentityService/PermitPhoneChange IdentityService/LookupAccount IdentityService/ImportPhone "
     "IdentityService/VerifyPassword IdentityService/RequirePasswordChange IdentityService/ResetPassword "
     "IdentityService/VerifySecondFactor LinkingService/GetGuard LinkingService/HoldGuard "
     "LinkingService/RemoveGuard DeliveryService/ReportDelivery RecoveryService/ListRecoveries "
     "RecoveryService/HoldRecovery RecoveryService/ReleaseRecovery RecoveryService/StartInPersonRecovery "
     "RecoveryService/ConfirmInPersonRecovery",
     Whose::kOfficers},
};

}  // namespace

const options_pb::Caller* PersonsRow(const Served& served) {
  for (const options_pb::Caller& caller : served.rules().callers()) {
    if (caller.role() == options_pb::ROLE_PORTAL && caller.party() != options_pb::PARTY_UNSPECIFIED)
      return &caller;
  }
  return nullptr;
}

std::optional<Whose> WhoseIn(const Served& served) {
  if (PersonsRow(served) != nullptr) return Whose::kPersons;
  for (const Ownership& ownership : kOwnerships) {
    const std::vector<std::string> methods = absl::StrSplit(ownership.methods, ' ');
    if (std::count(methods.begin(), methods.end(), served.Label()) > 0) return ownership.whose;
  }
  return std::nullopt;
}

std::vector<std::string> OwnedMethods() {
  std::vector<std::string> all;
  for (const Ownership& ownership : kOwnerships) {
    for (const absl::string_view method : absl::StrSplit(ownership.methods, ' ')) all.emplace_back(method);
  }
  return all;
}

}  // namespace tc::e2e

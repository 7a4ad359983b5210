#pragma once

// Between the public messages and domain values: the second factor, settings, forced changes of a password.
// As convert.h.

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/mistakes.h"
#include "common/base/secret.h"
#include "common/rpc/call.h"
#include "services/identity/domain/client.h"
#include "services/identity/domain/settings.h"
#include "services/identity/rpc/convert.h"

namespace tc::identity {

absl::StatusOr<OwnOrder> Parse(const pb::EnrollTotpRequest& in);

struct AppCode {
  AccountId account;
  Secret code;  // empty: an operator's order
  std::string reason;
  ClientPlace client;
};
absl::StatusOr<AppCode> Parse(const pb::ConfirmTotpRequest& in);
// An operator gives a reason and no code; the owner a code.
absl::StatusOr<AppCode> Parse(const pb::DisableTotpRequest& in, rpc::Role caller);

struct SecondStep {
  AccountId account;
  bool send_sms = false;
  std::optional<PhoneId> phone;  // of the account; which number gets the code
  Secret code;                   // unless one is to be sent
  ClientPlace client;
  CodeClient code_client;
};
absl::StatusOr<SecondStep> Parse(const pb::VerifySecondFactorRequest& in);

// "accounts/{account}/securitySettings". NAME_INVALID.
absl::StatusOr<AccountId> ParseSettingsName(absl::string_view name, absl::string_view field);

struct SettingsOrder {
  AccountId account;
  SecuritySettings wanted;
  std::set<std::string> fields;
  ClientPlace client;
  // What is wrong with the request itself; gathered with what the account's state does not allow.
  Mistakes mistakes;
};
// FIELD_INVALID here only when the account's name is wrong: all else waits in `mistakes`.
absl::StatusOr<SettingsOrder> Parse(const pb::UpdateSecuritySettingsRequest& in);

absl::StatusOr<ReasonedOrder> Parse(const pb::RequirePasswordChangeRequest& in);

pb::SecuritySettings ToProto(const SecuritySettings& settings, const AccountId& account);

}  // namespace tc::identity

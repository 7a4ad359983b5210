#pragma once

// An account's bytes on disk: the open part, and the sealed one that tells who it is. Pure.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/identity/domain/account.h"
#include "services/identity/store/records.pb.h"

namespace tc::identity::store {

::trustedcontact::identity::store::AccountRecord OpenPartOf(const Account& account);
::trustedcontact::identity::store::PersonalRecord PersonalPartOf(const Account& account);

// Both say DATA_LOSS of a number that no version of this program has written.
// Without what the sealed part tells.
absl::StatusOr<Account> FromOpenPart(const AccountId& id,
                                     const ::trustedcontact::identity::store::AccountRecord& record);
absl::Status SetPersonalPart(Account& account,
                             const ::trustedcontact::identity::store::PersonalRecord& record);

}  // namespace tc::identity::store

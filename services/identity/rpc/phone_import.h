#pragma once

// What becomes of a number that the post has imported, until it is the account's or is refused (I3).

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/phone_binding.h"

namespace tc::identity {

// Somebody does not want the scheduled number: it is dropped and never becomes the account's. Allowed until
// it has been bound, also when its time has come. The owner may do so while his account is locked or frozen,
// since everything stays as it was; ACCOUNT_* otherwise. Answers the number as it was given up.
absl::StatusOr<OwnedPhone> RefuseScheduled(kv::Txn& txn, const Desk& desk, const rpc::Call& call,
                                           const Circumstances& circumstances, const Account& account,
                                           OwnedPhone phone);

// The end of the delay: asks every rule again, then binds the number, or drops it and records why. Nothing
// when it is no longer scheduled.
absl::Status BindScheduled(kv::Txn& txn, const Desk& desk, const PhoneName& name, absl::Time now);

}  // namespace tc::identity

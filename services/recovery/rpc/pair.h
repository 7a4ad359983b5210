#pragma once

// Two people who guard each other and both recover at the same time (L7, LNK-19): each would confirm the
// other's claim while his own account is in doubt, so both are held, whichever came first, in the transaction
// that makes the second one wait for its contact. Longer rings are left alone.
//
// Whoever comes later never gets on while the other is open:
//   the other waits for this principal       both HELD, MUTUAL_RECOVERY
//   it is HELD already                       it stays so, with its first reason; the later one is held
//   it is APPROVED, or being redeemed        it was confirmed before there was a pair: it goes on; the later
//                                            one is held
//   it goes on in person (IN_PERSON)         officers answer for it, the contact has no say: it goes on; the
//                                            later one is held
// A released recovery whose mirror is still open stays HELD, with this reason.

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {

// The open, proved recovery of `contact` whose contact is `principal`.
absl::StatusOr<std::optional<Recovery>> MirrorOf(kv::ReadTxn& txn, const RecoveryStore& store,
                                                 const AccountId& principal, const AccountId& contact,
                                                 absl::Time now);

// Holds it where it waits for its contact; else it stays as it is.
absl::Status HoldMirror(kv::Txn& txn, const RecoveryStore& store, const Recovery& mirror, absl::Time now);

}  // namespace tc::recovery

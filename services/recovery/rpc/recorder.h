#pragma once

// Record: the one way by which a change of a recovery reaches the disk, with everything that follows from it
// in the same transaction: events, notices, codes to be cancelled.

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "services/recovery/domain/occurrence.h"
#include "services/recovery/domain/recovery.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {

// Returns `after` as it was stored. An unchanged recovery is not written.
absl::StatusOr<Recovery> Record(kv::Txn& txn, const RecoveryStore& store, const Recovery& before,
                                const Recovery& after, absl::Time now);

absl::Status Tell(kv::Txn& txn, const Recovery& recovery, const Occurrence& occurrence, absl::Time now);

}  // namespace tc::recovery

#pragma once

// Record: the one way by which a change of a recovery reaches the disk, with everything that the rows it took
// say in the same transaction: events, notices, reminders, codes to be cancelled, a freeze (domain/state.h).

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "services/recovery/domain/occurrence.h"
#include "services/recovery/domain/recovery.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {

// Returns `after` as it was stored, without the rows it took. An unchanged recovery is not written, and
// nothing follows from it.
absl::StatusOr<Recovery> Record(kv::Txn& txn, const RecoveryStore& store, const Recovery& before,
                                const Recovery& after, absl::Time now);

absl::Status Tell(kv::Txn& txn, const Recovery& recovery, const Occurrence& occurrence, absl::Time now);

// The audit log's entry of a start. It names nobody: known accounts and unknown ones leave the same (REC-01).
absl::Status EnterStart(kv::Txn& txn, const Recovery& recovery, absl::Time now);

// The audit log's entry of documents that an officer shows: the account that he names, whether or not there
// is such a one, and the peer by its origin.
absl::Status EnterDocumentTry(kv::Txn& txn, const AccountId& principal, const std::string& officer,
                              const std::string& visit, absl::Time now);

// The audit log's entries of steps that followers need not know of: a wrong match code that was charged;
// answers to the warning; a recovery that stays held although an operator has released it.
absl::Status EnterMatchTry(kv::Txn& txn, const Recovery& recovery, absl::Time now);
absl::Status EnterAnswers(kv::Txn& txn, const Recovery& recovery, absl::Time now);
absl::Status EnterHeldStill(kv::Txn& txn, const Recovery& recovery, absl::Time now);

// The contact has not answered yet: he is told again.
absl::Status Remind(kv::Txn& txn, const Recovery& recovery, absl::Time now);

}  // namespace tc::recovery

#pragma once

// Erasure: everything that tells who an account's owner is goes, at once from the records and their indexes,
// then the key under which it lay is destroyed, and at last the bytes leave the files and the copies beside
// them. What was kept for a while, such as answers to repeated requests (24 h) and notices that could not be
// sent (72 h), has gone by itself before that last step.

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/rpc/backups.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

// The keys' store is small: the destroyed key leaves its files within the hour.
inline constexpr absl::Duration kPurgeKeysEvery = absl::Hours(1);
// The store itself: this long after the erasure, with all others of the same six hours.
inline constexpr absl::Duration kPurgeStoreAfter = absl::Hours(73);
inline constexpr absl::Duration kPurgeStoreEvery = absl::Hours(6);

// Erases records and indexes, strips the journal, and enqueues the rest. Gives what remains of the account.
absl::StatusOr<Account> EraseAccount(kv::Txn& txn, const Desk& desk, const Dossier& dossier, absl::Time now);

// How what was deleted leaves the disk. Each may take minutes, and is repeated after a failure.
struct Purges {
  std::function<absl::Status()> keys;
  std::function<absl::Status()> store;  // with the copies made before
};

// What was deleted leaves the files of both stores; if there are copies beside them, a new one takes their
// place.
absl::Status PurgeStores(kv::Database& accounts, kv::Database& keys, rpc::Backups& backups, absl::Time now);

}  // namespace tc::identity

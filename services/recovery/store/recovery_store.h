#pragma once

// RecoveryStore: recoveries by public id; by the hashes of the claimant's capability and of the principal's
// not-me token; by contact; real ones by principal and by age; and one ledger for each principal. All of it
// is written by Insert, Save, Withdraw and Remove and by nothing else. A decoy costs as many rows, which
// nobody finds and which go with it (REC-01). Stateless but for the sealer: thread-safe.

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/sealer.h"
#include "common/kv/database.h"
#include "services/recovery/domain/recovery.h"
#include "services/recovery/domain/start_limits.h"

namespace tc::recovery {

// Timer kinds; their subject is a public id.
inline constexpr char kExpireTimer[] = "expire_recovery";
inline constexpr char kPurgeTimer[] = "purge_recovery";
inline constexpr char kReleaseTimer[] = "release_hold";
inline constexpr char kRemindTimer[] = "remind_contact";

class RecoveryStore {
 public:
  explicit RecoveryStore(crypto::Sealer sealer);

  // A new recovery with its ledger entry and expiry timer. Returns it with its version. ALREADY_EXISTS for a
  // known id or capability.
  absl::StatusOr<Recovery> Insert(kv::Txn& txn, const Recovery& recovery) const;
  // Replaces `before` by `after`; keeps indexes, timers and, when it ended, the ledger. Returns it with its
  // version and without the rows it took. A replaced capability or not-me token leads nowhere any more.
  absl::StatusOr<Recovery> Save(kv::Txn& txn, const Recovery& before, const Recovery& after) const;
  // Removes a start that did not come about, and its ledger entry.
  absl::Status Withdraw(kv::Txn& txn, const Recovery& recovery) const;
  // Removes every trace, the principal's ledger excepted.
  absl::Status Remove(kv::Txn& txn, const Recovery& recovery) const;

  absl::StatusOr<std::optional<Recovery>> Find(kv::ReadTxn& txn, const PublicId& id) const;
  // The same, and one that is absent takes as long as another, so that it is refused as late as somebody
  // else's (TRN-06).
  absl::StatusOr<std::optional<Recovery>> FindOrReadNobodys(kv::ReadTxn& txn, const PublicId& id) const;
  absl::StatusOr<std::optional<Recovery>> FindByCapability(kv::ReadTxn& txn,
                                                           absl::string_view capability) const;
  absl::StatusOr<std::optional<Recovery>> FindByNotMeToken(kv::ReadTxn& txn, absl::string_view token) const;

  absl::StatusOr<StartLedger> LedgerOf(kv::ReadTxn& txn, const AccountId& principal) const;

  // Visits what is or was laid before `contact`, oldest first, behind the key `after`.
  absl::Status ScanAssigned(
      kv::ReadTxn& txn, const AccountId& contact, absl::string_view after,
      absl::FunctionRef<bool(absl::string_view key, const Recovery& recovery)> visit) const;
  // Visits the recoveries of one principal, ended ones too, oldest first, behind the key `after`.
  absl::Status ScanOwn(kv::ReadTxn& txn, const AccountId& principal, absl::string_view after,
                       absl::FunctionRef<bool(absl::string_view key, const Recovery& recovery)> visit) const;
  // Visits recoveries of known accounts, oldest first, behind the key `after`.
  absl::Status ScanReal(kv::ReadTxn& txn, absl::string_view after,
                        absl::FunctionRef<bool(absl::string_view key, const Recovery& recovery)> visit) const;

 private:
  // The start did not count.
  absl::Status GiveBack(kv::Txn& txn, const Recovery& recovery) const;
  absl::Status Reindex(kv::Txn& txn, const Recovery* before, const Recovery* after) const;
  absl::Status Reschedule(kv::Txn& txn, const Recovery* before, const Recovery* after) const;

  crypto::Sealer sealer_;
  std::string nobodys_;  // the bytes of a recovery as they mostly are
};

}  // namespace tc::recovery

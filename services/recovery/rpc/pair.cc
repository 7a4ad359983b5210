#include "services/recovery/rpc/pair.h"

#include "common/base/status.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {

absl::StatusOr<std::optional<Recovery>> MirrorOf(kv::ReadTxn& txn, const RecoveryStore& store,
                                                 const AccountId& principal, const AccountId& contact,
                                                 absl::Time now) {
  std::optional<Recovery> none;
  if (!contact.has_value()) return none;
  const PublicId open = TRY(store.LedgerOf(txn, contact)).open;
  if (!open.has_value()) return none;
  std::optional<Recovery> found = TRY(store.Find(txn, open));
  if (!found.has_value() || !IsProved(*found) || found->contact != principal) return none;
  return IsFinal(AsOf(*found, now).state) ? none : found;
}

absl::Status HoldMirror(kv::Txn& txn, const RecoveryStore& store, const Recovery& mirror, absl::Time now) {
  const bool waits = mirror.state == State::kAwaitingContact || mirror.state == State::kContactCodeSent;
  if (!waits) return absl::OkStatus();
  const Recovery held = TRY(Hold(mirror, HoldReason::kMutualRecovery, Actor::kSystem, now));
  return Record(txn, store, mirror, held, now).status();
}

}  // namespace tc::recovery

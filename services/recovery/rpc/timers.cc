#include "services/recovery/rpc/timers.h"

#include "common/base/status.h"
#include "services/recovery/domain/occurrence.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {
namespace {

absl::Status Expire(const RecoveryStore& store, kv::Txn& txn, const PublicId& id, absl::Time now) {
  const std::optional<Recovery> recovery = TRY(store.Find(txn, id));
  if (!recovery.has_value()) return absl::OkStatus();
  TRY(Record(txn, store, *recovery, AsOf(*recovery, now), now));
  return absl::OkStatus();
}

absl::Status Release(const RecoveryStore& store, kv::Txn& txn, const PublicId& id, absl::Time now) {
  const std::optional<Recovery> recovery = TRY(store.Find(txn, id));
  if (!recovery.has_value() || !IsFinal(recovery->state)) return absl::OkStatus();
  return Tell(txn, *recovery, EndOf(*recovery), now);
}

absl::Status Purge(const RecoveryStore& store, const Tokens& tokens, kv::Txn& txn, const PublicId& id,
                   absl::Time now) {
  const std::optional<Recovery> recovery = TRY(store.Find(txn, id));
  if (!recovery.has_value() || !IsFinal(recovery->state) || now < KeptUntil(*recovery))
    return absl::OkStatus();
  return store.Remove(txn, *recovery, tokens.CapabilityOf(*recovery));
}

}  // namespace

std::map<std::string, kv::TimerHandler> TimerHandlers(const RecoveryStore& store, const Tokens& tokens) {
  return {
      {kExpireTimer,
       [&store](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return Expire(store, txn, PublicId::FromTrusted(timer.subject), now);
       }},
      {kReleaseTimer,
       [&store](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return Release(store, txn, PublicId::FromTrusted(timer.subject), now);
       }},
      {kPurgeTimer,
       [&store, &tokens](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return Purge(store, tokens, txn, PublicId::FromTrusted(timer.subject), now);
       }},
  };
}

}  // namespace tc::recovery

#include "services/recovery/rpc/timers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "services/recovery/domain/notice.h"
#include "services/recovery/domain/occurrence.h"
#include "services/recovery/rpc/recorder.h"
#include "services/recovery/store/document_tries_store.h"

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

// Whether the timer is of the present asking: one of before an examination is not.
bool IsOf(const Recovery& recovery, const kv::Timer& timer) {
  const std::vector<absl::Time> reminders = RemindersOf(recovery);
  return std::any_of(reminders.begin(), reminders.end(), [&](absl::Time at) {
    return absl::AbsDuration(at - timer.fire_at) < absl::Microseconds(10);  // stored times are rounded
  });
}

absl::Status RemindContact(const RecoveryStore& store, kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
  const std::optional<Recovery> recovery = TRY(store.Find(txn, PublicId::FromTrusted(timer.subject)));
  if (!recovery.has_value()) return absl::OkStatus();
  const State state = AsOf(*recovery, now).state;
  const bool waits = state == State::kAwaitingContact || state == State::kContactCodeSent;
  return waits && IsOf(*recovery, timer) ? Remind(txn, *recovery, now) : absl::OkStatus();
}

absl::Status ForgetTries(kv::Txn& txn, const std::string& subject, absl::Time now) {
  const DocumentTries tries = TRY(TriesOf(txn, subject));
  return PutTries(txn, subject, tries, Counting(tries, now));
}

absl::Status Purge(const RecoveryStore& store, kv::Txn& txn, const PublicId& id, absl::Time now) {
  const std::optional<Recovery> recovery = TRY(store.Find(txn, id));
  if (!recovery.has_value() || !IsFinal(recovery->state) || now < KeptUntil(*recovery))
    return absl::OkStatus();
  return store.Remove(txn, *recovery);
}

}  // namespace

std::map<std::string, kv::TimerHandler> TimerHandlers(const RecoveryStore& store) {
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
       [&store](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return Purge(store, txn, PublicId::FromTrusted(timer.subject), now);
       }},
      {kRemindTimer, [&store](kv::Txn& txn, const kv::Timer& timer,
                              absl::Time now) { return RemindContact(store, txn, timer, now); }},
      {kForgetTriesTimer, [](kv::Txn& txn, const kv::Timer& timer,
                             absl::Time now) { return ForgetTries(txn, timer.subject, now); }},
  };
}

}  // namespace tc::recovery

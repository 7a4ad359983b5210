#include "services/linking/rpc/recovery_news.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/linking/rpc/timers.h"

namespace tc::linking {
namespace {

constexpr char kEnded[] = "RecoveryEnded";
constexpr char kCompleted[] = "RecoveryCompleted";
constexpr char kRejected[] = "RecoveryRejected";

// A removal that waited for this recovery takes effect now: until now the contact has guarded. One that waits
// for something else is looked at again when that ends.
absl::Status CompleteDueRemoval(const Stores& stores, kv::Txn& txn, Protection& protection, absl::Time now) {
  if (!protection.link.has_value()) return absl::OkStatus();
  LinkRow row = TRY(stores.links.Get(txn, protection.link));
  const absl::Time due = RemovalDue(row.link, protection);
  if (due == absl::InfiniteFuture()) return absl::OkStatus();
  if (now < due) return txn.Schedule(CompleteRemovalAt(row.link.id, due));
  row.link = TRY(Apply(std::move(row.link), LinkTrigger::kCompleteRemoval, Actor::kTime, now));
  return Record(txn, stores, std::move(row), protection, now);
}

absl::Status EndRecovery(const Stores& stores, kv::Txn& txn, const AccountId& principal,
                         const std::string& recovery, absl::Time now) {
  Protection protection = TRY(stores.links.ProtectionOf(txn, principal));
  const bool settled = TRY(SettleLink(txn, stores, protection, now));
  const bool ended = EndHold(protection, recovery);
  if (!settled && !ended) return absl::OkStatus();
  if (ended) TRY(EnterRelease(txn, protection, recovery, now));
  TRY(CompleteDueRemoval(stores, txn, protection, now));
  return stores.links.SaveProtection(txn, protection);
}

// What is due is over before the bond begins.
absl::Status Bind(const Stores& stores, kv::Txn& txn, const AccountId& principal, absl::Time until,
                  void (*bind)(Protection&, absl::Time, absl::Time), absl::Time now) {
  Protection protection = TRY(stores.links.ProtectionOf(txn, principal));
  TRY(SettleLink(txn, stores, protection, now));
  bind(protection, until, now);
  return stores.links.SaveProtection(txn, protection);
}

// Says nothing about a time: OK, nothing to do. Says something else than a time: a warning, nothing to do.
absl::Status BindUntil(const Stores& stores, kv::Txn& txn, const rpc::FollowedEvent& event,
                       const AccountId& principal, absl::Time now) {
  const bool rejected = event.type == kRejected;
  const std::string text = event.Attribute(rejected ? "frozen_until" : "restricted_until");
  if (text.empty()) return absl::OkStatus();
  int64_t micros = 0;
  if (!absl::SimpleAtoi(text, &micros)) {
    obs::Warning("an event of recovery has a time that is none", {{"type", event.type}});
    return absl::OkStatus();
  }
  return Bind(stores, txn, principal, absl::FromUnixMicros(micros), rejected ? Freeze : Restrict, now);
}

}  // namespace

rpc::EventHandler RecoveryNews(const Stores& stores, const Clock& clock) {
  return [&stores, &clock](kv::Txn& txn, const rpc::FollowedEvent& event) -> absl::Status {
    const bool ended = event.type == kEnded;
    if (!ended && event.type != kCompleted && event.type != kRejected) return absl::OkStatus();
    const std::string recovery = event.Attribute("recovery");
    const absl::StatusOr<AccountId> principal = AccountId::Parse(event.Attribute("principal"));
    if ((ended && recovery.empty()) || !principal.ok()) {
      obs::Warning("an event of recovery names no recovery or no principal", {{"type", event.type}});
      return absl::OkStatus();
    }
    // The bond first: no moment between it and the end of the hold.
    TRY(BindUntil(stores, txn, event, *principal, clock.Now()));
    return ended ? EndRecovery(stores, txn, *principal, recovery, clock.Now()) : absl::OkStatus();
  };
}

std::vector<std::string> RecoveryNewsTypes() { return {kCompleted, kRejected, kEnded}; }

}  // namespace tc::linking

#include "services/linking/rpc/recovery_news.h"

#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/obs/log.h"

namespace tc::linking {
namespace {

// A removal that waited for this recovery takes effect now: until now the contact has guarded.
absl::Status CompleteDueRemoval(const Stores& stores, kv::Txn& txn, Protection& protection, absl::Time now) {
  if (!protection.link.has_value()) return absl::OkStatus();
  LinkRow row = TRY(stores.links.Get(txn, protection.link));
  if (now < RemovalDue(row.link, protection)) return absl::OkStatus();
  row.link = TRY(Apply(std::move(row.link), LinkTrigger::kCompleteRemoval, Actor::kTime, now));
  return EndLink(txn, stores, row, protection, now);
}

absl::Status RecoveryEnded(const Stores& stores, kv::Txn& txn, const AccountId& principal,
                           const std::string& recovery, absl::Time now) {
  Protection protection = TRY(stores.links.ProtectionOf(txn, principal));
  const bool settled = TRY(SettleLink(txn, stores, protection, now));
  const bool ended = EndHold(protection, recovery);
  if (!settled && !ended) return absl::OkStatus();
  TRY(CompleteDueRemoval(stores, txn, protection, now));
  return stores.links.SaveProtection(txn, protection);
}

}  // namespace

rpc::EventHandler RecoveryNews(const Stores& stores, const Clock& clock) {
  return [&stores, &clock](kv::Txn& txn, const rpc::FollowedEvent& event) -> absl::Status {
    if (event.type != "RecoveryEnded") return absl::OkStatus();
    const std::string recovery = event.Attribute("recovery");
    const absl::StatusOr<AccountId> principal = AccountId::Parse(event.Attribute("principal"));
    if (recovery.empty() || !principal.ok()) {
      obs::Warning("an event of recovery names no recovery or no principal", {{"type", event.type}});
      return absl::OkStatus();
    }
    return RecoveryEnded(stores, txn, *principal, recovery, clock.Now());
  };
}

}  // namespace tc::linking

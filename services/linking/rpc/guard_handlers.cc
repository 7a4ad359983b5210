// What the recovery service asks: who guards, and hold him.

#include "common/base/status.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {

absl::StatusOr<pb::Guard> Handlers::ShowGuard(kv::ReadTxn& txn, const Protection& protection,
                                              absl::Time now) const {
  if (!protection.link.has_value()) return Unguarded(protection.principal);
  const LinkRow row = TRY(links().Get(txn, protection.link));
  if (!Guards(StateAt(row.link, protection, now))) return Unguarded(protection.principal);
  return ToGuard(row.link, TRY(links().Open(row)));
}

absl::StatusOr<pb::Guard> Handlers::GetGuard(const rpc::Call& call, const pb::GetGuardRequest& in) {
  const AccountId principal = TRY(AccountId::ParseName(in.principal(), "principal"));
  pb::Guard guard;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    guard = TRY(ShowGuard(txn, TRY(links().ProtectionOf(txn, principal)), call.now));
    return absl::OkStatus();
  }));
  return guard;
}

absl::StatusOr<pb::Guard> Handlers::HoldGuard(const rpc::Call& call, const pb::HoldGuardRequest& in) {
  const WantedHold wanted = TRY(Parse(in, parts_.policy.hold_limit, call.now));
  return parts_.once.Run<pb::Guard>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Guard> {
    Protection protection = TRY(links().ProtectionOf(txn, wanted.principal));
    const bool settled = TRY(SettleLink(txn, parts_.stores, protection, call.now));
    const bool guarded = protection.link.has_value();
    if (guarded) TRY(AddHold(protection, wanted.hold, call.now));
    if (guarded || settled) TRY(links().SaveProtection(txn, protection));
    return ShowGuard(txn, protection, call.now);
  });
}

}  // namespace tc::linking

// What the recovery service asks: who guards or guarded, hold him, and remove him who has agreed to it.

#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/domain/history.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {
namespace {

constexpr size_t kLinksAtOnce = 20;

}  // namespace

absl::StatusOr<std::optional<LinkRow>> Handlers::LinkAt(kv::ReadTxn& txn, const Protection& protection,
                                                        absl::Time at) const {
  if (protection.link.has_value()) {
    LinkRow current = TRY(links().Get(txn, protection.link));
    if (current.link.created_at <= at) return std::optional(std::move(current));
  }
  // Of the ended ones, the last ended first: his links do not overlap.
  std::string after;
  while (true) {
    std::vector<ListedLink> ended =
        TRY(links().EndedOfPrincipal(txn, protection.principal, after, kLinksAtOnce));
    for (ListedLink& listed : ended) {
      if (listed.row.link.created_at <= at) return std::optional(std::move(listed.row));
    }
    if (ended.size() < kLinksAtOnce) return std::optional<LinkRow>();
    after = std::move(ended.back().key);
  }
}

absl::StatusOr<pb::Guard> Handlers::ShowGuard(kv::ReadTxn& txn, const Protection& protection,
                                              absl::Time at) const {
  const std::optional<LinkRow> row = TRY(LinkAt(txn, protection, at));
  if (!row.has_value()) return Unguarded(protection.principal);
  const std::optional<LinkState> state = GuardedAt(row->link, protection, at);
  if (!state.has_value()) return Unguarded(protection.principal);
  return ToGuard(row->link, *state, TRY(links().Open(*row)));
}

absl::StatusOr<pb::Guard> Handlers::GetGuard(const rpc::Call& call, const pb::GetGuardRequest& in) {
  const WantedGuard wanted = TRY(Parse(in, call.now));
  pb::Guard guard;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    guard = TRY(ShowGuard(txn, TRY(links().ProtectionOf(txn, wanted.principal)), wanted.at));
    return absl::OkStatus();
  }));
  return guard;
}

absl::StatusOr<pb::Guard> Handlers::HoldGuard(const rpc::Call& call, const pb::HoldGuardRequest& in) {
  const WantedHold wanted = TRY(Parse(in, parts_.policy.hold_limit, call.now));
  return parts_.once.Run<pb::Guard>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Guard> {
    Protection protection = TRY(links().ProtectionOf(txn, wanted.principal));
    TRY(SettleLink(txn, parts_.stores, protection, call.now));
    TRY(AddHold(protection, wanted.hold, call.now));
    TRY(links().SaveProtection(txn, protection));
    TRY(EnterHold(txn, protection, wanted.hold.recovery, call.now));
    return ShowGuard(txn, protection, call.now);
  });
}

absl::StatusOr<pb::Guard> Handlers::RemoveGuard(const rpc::Call& call, const pb::RemoveGuardRequest& in) {
  const WantedRemoval wanted = TRY(Parse(in));
  return parts_.once.Run<pb::Guard>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Guard> {
    Protection protection = TRY(links().ProtectionOf(txn, wanted.principal));
    TRY(SettleLink(txn, parts_.stores, protection, call.now));
    LinkRow row = TRY(links().Get(txn, wanted.link));
    if (row.link.principal != wanted.principal) return NotFound("link");
    if (Guards(row.link.state)) {
      TRY(MayConfirmRemoval(protection, wanted.recovery, call.now));
      row.link = TRY(Apply(std::move(row.link), LinkTrigger::kConfirmRemoval, Actor::kService, call.now));
      TRY(Record(txn, parts_.stores, std::move(row), protection, call.now));
    }
    TRY(links().SaveProtection(txn, protection));
    return ShowGuard(txn, protection, call.now);
  });
}

}  // namespace tc::linking

#include "services/linking/rpc/identity_news.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/linking/domain/standing.h"

namespace tc::linking {
namespace {

constexpr char kDeleted[] = "AccountDeleted";

// A locked sign-in is none of them: it takes nothing from what an account may be (R11).
constexpr std::array<const char*, 9> kTypes = {
    "PhoneBound",       "PhoneReleased", "AccountConfirmed", "AccountUpdated", "AccountBlocked",
    "AccountUnblocked", "AccountFrozen", "AccountUnfrozen",  kDeleted,
};

bool Matters(absl::string_view type) { return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end(); }

absl::Status RecheckLinksOf(const Stores& stores, kv::Txn& txn, const AccountId& account) {
  std::vector<LinkId> links = TRY(stores.links.DutyOf(txn, account)).links;
  const Protection protection = TRY(stores.links.ProtectionOf(txn, account));
  if (protection.link.has_value()) links.push_back(protection.link);
  for (const LinkId& id : links) {
    if (Rechecked(TRY(stores.links.Get(txn, id)).link.state)) TRY(stores.outbox.EnqueueRecheck(txn, id));
  }
  return absl::OkStatus();
}

}  // namespace

rpc::EventHandler IdentityNews(const Stores& stores) {
  return [&stores](kv::Txn& txn, const rpc::FollowedEvent& event) -> absl::Status {
    if (!Matters(event.type)) return absl::OkStatus();
    const absl::StatusOr<AccountId> account = AccountId::Parse(event.Attribute("account"));
    if (!account.ok()) {
      obs::Warning("an event of identity names no account", {{"type", event.type}});
      return absl::OkStatus();
    }
    // An erased contact is no longer eligible, an erased principal is no longer there.
    if (event.type == kDeleted) return stores.outbox.EnqueueErasure(txn, *account);
    return RecheckLinksOf(stores, txn, *account);
  };
}

std::vector<std::string> IdentityNewsTypes() { return {kTypes.begin(), kTypes.end()}; }

}  // namespace tc::linking

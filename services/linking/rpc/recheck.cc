#include "services/linking/rpc/recheck.h"

#include <optional>
#include <utility>

#include "common/base/status.h"
#include "services/linking/domain/standing.h"

namespace tc::linking {
namespace {

constexpr char kRecheckLink[] = "recheck_link";
constexpr absl::Duration kPatience = absl::Seconds(5);

absl::StatusOr<bool> IsEligible(IdentityPeer& identity, const AccountId& account, EligibilityRole role,
                                absl::Time deadline) {
  const absl::StatusOr<Eligibility> answer = identity.CheckEligibility(account, role, deadline);
  if (absl::IsNotFound(answer.status())) return false;
  TRY(answer.status());
  return answer->eligible;
}

// Identity has been asked outside: the link may have gone its own way meanwhile, and is judged as it is now.
absl::Status Settle(kv::Txn& txn, const Stores& stores, const LinkId& id, bool principal_eligible,
                    bool contact_eligible, absl::Time now) {
  LinkRow row = TRY(stores.links.Get(txn, id));
  const std::optional<Judgement> judgement = Judge(row.link, principal_eligible, contact_eligible);
  if (!judgement.has_value()) return absl::OkStatus();
  row.link = TRY(Follow(std::move(row.link), *judgement, now));
  TRY(stores.links.Save(txn, row));
  return Tell(txn, row.link, now);
}

absl::Status Recheck(kv::Database& database, const Stores& stores, IdentityPeer& identity, const Clock& clock,
                     const LinkId& id) {
  Link link;
  TRY(database.View([&](kv::ReadTxn& txn) -> absl::Status {
    link = TRY(stores.links.Get(txn, id)).link;
    return absl::OkStatus();
  }));
  if (!Rechecked(link.state)) return absl::OkStatus();
  const absl::Time deadline = clock.Now() + kPatience;
  const bool principal = TRY(IsEligible(identity, link.principal, EligibilityRole::kPrincipal, deadline));
  const bool contact = TRY(IsEligible(identity, link.contact, EligibilityRole::kContact, deadline));
  const absl::Time now = clock.Now();
  const absl::StatusOr<uint64_t> settled = database.Update(
      [&](kv::Txn& txn) -> absl::Status { return Settle(txn, stores, id, principal, contact, now); });
  return settled.status();
}

}  // namespace

absl::Status EnqueueRecheck(kv::Txn& txn, const LinkId& link) {
  kv::OutboxRow row;
  row.kind = kRecheckLink;
  row.payload = link.text();
  row.order_key = link.text();
  return txn.Enqueue(std::move(row));
}

std::map<std::string, kv::OutboxHandler> OutboxHandlers(kv::Database& database, const Stores& stores,
                                                        IdentityPeer& identity, const Clock& clock) {
  return {{kRecheckLink, [&](const kv::OutboxRow& row) {
             return Recheck(database, stores, identity, clock, LinkId::FromTrusted(row.payload));
           }}};
}

}  // namespace tc::linking

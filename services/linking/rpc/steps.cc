#include "services/linking/rpc/steps.h"

#include <string>
#include <utility>

#include "common/base/status.h"

namespace tc::linking {

absl::StatusOr<bool> SettleInvitation(kv::Txn& txn, const Stores& stores, Protection& protection,
                                      absl::Time now) {
  if (!protection.pending.has_value()) return false;
  InvitationRow row = TRY(stores.invitations.Get(txn, protection.pending));
  if (StateAt(row.invitation, now) != InvitationState::kExpired) return false;
  row.invitation = TRY(Apply(std::move(row.invitation), InvitationTrigger::kExpire, Actor::kTime, now));
  TRY(Record(txn, stores, std::move(row), protection, now));
  return true;
}

absl::StatusOr<bool> SettleLink(kv::Txn& txn, const Stores& stores, Protection& protection, absl::Time now) {
  if (!protection.link.has_value()) return false;
  LinkRow row = TRY(stores.links.Get(txn, protection.link));
  const absl::Time due = RemovalDue(row.link, protection);
  if (now < due) return false;
  row.link = TRY(Apply(std::move(row.link), LinkTrigger::kCompleteRemoval, Actor::kTime, due));
  TRY(Record(txn, stores, std::move(row), protection, now));
  return true;
}

absl::StatusOr<Duty> SettledDuty(kv::Txn& txn, const Stores& stores, const AccountId& contact,
                                 const Policy& policy, absl::Time now) {
  Duty duty = TRY(stores.links.DutyOf(txn, contact));
  if (!Full(duty, policy)) return duty;
  for (const LinkId& id : duty.links) {
    const LinkRow row = TRY(stores.links.Get(txn, id));
    Protection protection = TRY(stores.links.ProtectionOf(txn, row.link.principal));
    if (TRY(SettleLink(txn, stores, protection, now))) TRY(stores.links.SaveProtection(txn, protection));
  }
  return stores.links.DutyOf(txn, contact);
}

}  // namespace tc::linking

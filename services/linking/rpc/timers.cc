#include "services/linking/rpc/timers.h"

#include <utility>

#include "absl/status/status.h"
#include "common/base/status.h"

namespace tc::linking {
namespace {

constexpr char kExpireInvitation[] = "expire_invitation";
constexpr char kEraseInvitation[] = "erase_invitation";
constexpr char kShrinkPhoneWindow[] = "shrink_phone_window";
constexpr char kCompleteRemoval[] = "complete_removal";
constexpr char kRemind[] = "remind";

absl::Status ExpireInvitation(const Stores& stores, kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
  absl::StatusOr<InvitationRow> row = stores.invitations.Get(txn, InvitationId::FromTrusted(timer.subject));
  if (absl::IsNotFound(row.status())) return absl::OkStatus();
  TRY(row.status());
  const bool lapsed = row->invitation.state == InvitationState::kPending &&
                      StateAt(row->invitation, now) == InvitationState::kExpired;
  if (!lapsed) return absl::OkStatus();
  row->invitation = TRY(Apply(row->invitation, InvitationTrigger::kExpire, Actor::kTime, now));
  const AccountId principal = row->invitation.principal;
  Protection protection = TRY(stores.links.ProtectionOf(txn, principal));
  TRY(Record(txn, stores, *std::move(row), protection, now));
  return stores.links.SaveProtection(txn, protection);
}

absl::Status ShrinkPhoneWindow(const Stores& stores, kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
  std::vector<absl::Time> recent = TRY(stores.invitations.Recent(txn, timer.subject));
  DropOld(recent, now);
  return stores.invitations.SaveRecent(txn, timer.subject, recent);
}

absl::Status CompleteRemoval(const Stores& stores, kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
  const LinkRow row = TRY(stores.links.Get(txn, LinkId::FromTrusted(timer.subject)));
  Protection protection = TRY(stores.links.ProtectionOf(txn, row.link.principal));
  if (protection.link != row.link.id) return absl::OkStatus();
  if (TRY(SettleLink(txn, stores, protection, now))) return stores.links.SaveProtection(txn, protection);
  // A recovery holds the link: look again when its hold ends.
  const absl::Time due = RemovalDue(row.link, protection);
  if (due == absl::InfiniteFuture()) return absl::OkStatus();
  return txn.Schedule(CompleteRemovalAt(row.link.id, due));
}

// Asked while it guards and is to stay (LNK-15). A timer of an earlier appointment does nothing; after a long
// silence he is asked once, not once for every interval that has passed.
absl::Status RemindOfContact(const Stores& stores, const Policy& policy, kv::Txn& txn, const kv::Timer& timer,
                             absl::Time now) {
  LinkRow row = TRY(stores.links.Get(txn, LinkId::FromTrusted(timer.subject)));
  if (now < row.link.remind_at) return absl::OkStatus();
  if (FindRow(row.link.state, LinkTrigger::kRemind, Actor::kTime) == nullptr) return absl::OkStatus();
  row.link = TRY(Remind(std::move(row.link), policy.reminder_interval, now));
  Protection protection = TRY(stores.links.ProtectionOf(txn, row.link.principal));
  return Record(txn, stores, std::move(row), protection, now);
}

}  // namespace

kv::Timer ExpireInvitationAt(const Invitation& invitation) {
  return {invitation.expire_at, kExpireInvitation, invitation.id.text()};
}

kv::Timer EraseInvitationAt(const Invitation& invitation, absl::Time at) {
  return {at, kEraseInvitation, invitation.id.text()};
}

kv::Timer ShrinkPhoneWindowAt(std::string phone_window, absl::Time at) {
  return {at, kShrinkPhoneWindow, std::move(phone_window)};
}

kv::Timer CompleteRemovalAt(const LinkId& link, absl::Time at) { return {at, kCompleteRemoval, link.text()}; }

kv::Timer RemindAt(const LinkId& link, absl::Time at) { return {at, kRemind, link.text()}; }

std::map<std::string, kv::TimerHandler> TimerHandlers(const Stores& stores, const Policy& policy) {
  return {
      {kExpireInvitation, [&stores](kv::Txn& txn, const kv::Timer& timer,
                                    absl::Time now) { return ExpireInvitation(stores, txn, timer, now); }},
      {kEraseInvitation,
       [&stores](kv::Txn& txn, const kv::Timer& timer, absl::Time) {
         return stores.invitations.Erase(txn, InvitationId::FromTrusted(timer.subject));
       }},
      {kShrinkPhoneWindow, [&stores](kv::Txn& txn, const kv::Timer& timer,
                                     absl::Time now) { return ShrinkPhoneWindow(stores, txn, timer, now); }},
      {kRemind,
       [&stores, policy](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return RemindOfContact(stores, policy, txn, timer, now);
       }},
      {kCompleteRemoval, [&stores](kv::Txn& txn, const kv::Timer& timer,
                                   absl::Time now) { return CompleteRemoval(stores, txn, timer, now); }},
  };
}

}  // namespace tc::linking

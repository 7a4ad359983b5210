#include "services/linking/rpc/steps.h"

#include <string>
#include <utility>

#include "common/base/status.h"

namespace tc::linking {
namespace {

const char* TypeOf(InvitationState state) {
  switch (state) {
    case InvitationState::kPending:
      return "InvitationCreated";
    case InvitationState::kAccepted:
      return "InvitationAccepted";
    case InvitationState::kDeclined:
      return "InvitationDeclined";
    case InvitationState::kCancelled:
      return "InvitationCancelled";
    case InvitationState::kExpired:
      return "InvitationExpired";
  }
  return "";
}

const char* TypeOf(const Link& link) {
  switch (link.state) {
    case LinkState::kActive:
      return link.changes.size() == 1 ? "LinkCreated" : "LinkResumed";
    case LinkState::kSuspended:
      return "LinkSuspended";
    case LinkState::kRemovalPending:
      return "LinkRemovalPending";
    case LinkState::kRemoved:
      return "LinkRemoved";
    case LinkState::kResigned:
      return "LinkResigned";
  }
  return "";
}

kv::Event EventOf(std::string type, std::string resource, const AccountId& principal, absl::Time now) {
  kv::Event event;
  event.type = std::move(type);
  event.resource = std::move(resource);
  event.attributes["principal"] = principal.text();
  event.at = now;
  return event;
}

}  // namespace

absl::Status Tell(kv::Txn& txn, const Invitation& invitation, absl::Time now) {
  kv::Event event = EventOf(TypeOf(invitation.state), invitation.id.Name(), invitation.principal, now);
  if (invitation.state == InvitationState::kAccepted) {
    event.attributes["contact"] = invitation.invitee.text();
    event.attributes["link"] = invitation.link.text();
  }
  return txn.Emit(std::move(event));
}

absl::Status Tell(kv::Txn& txn, const Link& link, absl::Time now) {
  kv::Event event = EventOf(TypeOf(link), link.id.Name(), link.principal, now);
  event.attributes["contact"] = link.contact.text();
  return txn.Emit(std::move(event));
}

absl::Status CloseInvitation(kv::Txn& txn, const Stores& stores, const InvitationRow& row,
                             Protection& protection, absl::Time now) {
  if (protection.pending == row.invitation.id) protection.pending = InvitationId();
  TRY(stores.invitations.Save(txn, row));
  return Tell(txn, row.invitation, now);
}

absl::Status EndLink(kv::Txn& txn, const Stores& stores, const LinkRow& row, Protection& protection,
                     absl::Time now) {
  if (protection.link == row.link.id) protection.link = LinkId();
  Duty duty = TRY(stores.links.DutyOf(txn, row.link.contact));
  std::erase(duty.links, row.link.id);
  TRY(stores.links.SaveDuty(txn, duty));
  TRY(stores.links.Save(txn, row));
  TRY(stores.links.FileEnded(txn, row.link));
  return Tell(txn, row.link, now);
}

absl::StatusOr<bool> SettleInvitation(kv::Txn& txn, const Stores& stores, Protection& protection,
                                      absl::Time now) {
  if (!protection.pending.has_value()) return false;
  InvitationRow row = TRY(stores.invitations.Get(txn, protection.pending));
  if (StateAt(row.invitation, now) != InvitationState::kExpired) return false;
  row.invitation = TRY(Apply(std::move(row.invitation), InvitationTrigger::kExpire, Actor::kTime, now));
  TRY(CloseInvitation(txn, stores, row, protection, now));
  return true;
}

absl::StatusOr<bool> SettleLink(kv::Txn& txn, const Stores& stores, Protection& protection, absl::Time now) {
  if (!protection.link.has_value()) return false;
  LinkRow row = TRY(stores.links.Get(txn, protection.link));
  const absl::Time due = RemovalDue(row.link, protection);
  if (now < due) return false;
  row.link = TRY(Apply(std::move(row.link), LinkTrigger::kCompleteRemoval, Actor::kTime, due));
  TRY(EndLink(txn, stores, row, protection, now));
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

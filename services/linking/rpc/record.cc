// The tables of the domain, carried out.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/linking/rpc/steps.h"
#include "services/linking/rpc/timers.h"

namespace tc::linking {
namespace {

kv::Event EventOf(Effect effect, std::string resource, const AccountId& principal, absl::Time now) {
  kv::Event event;
  event.type = std::string(EventType(effect));
  event.resource = std::move(resource);
  event.attributes["principal"] = principal.text();
  event.at = now;
  event.persons = {principal.text()};
  return event;
}

absl::Status Emit(kv::Txn& txn, Effect effect, const Invitation& invitation, absl::Time now) {
  kv::Event event = EventOf(effect, invitation.id.Name(), invitation.principal, now);
  if (effect == Effect::kEventInvitationAccepted) {
    event.attributes["contact"] = invitation.invitee.text();
    event.persons.push_back(invitation.invitee.text());
    event.attributes["link"] = invitation.link.text();
  }
  return txn.Emit(std::move(event));
}

absl::Status Emit(kv::Txn& txn, Effect effect, const Link& link, const Protection& protection,
                  absl::Time now) {
  kv::Event event = EventOf(effect, link.id.Name(), link.principal, now);
  event.attributes["contact"] = link.contact.text();
  event.persons.push_back(link.contact.text());
  if (effect == Effect::kEventDangerReported) {
    event.attributes["frozen_until"] = absl::StrCat(absl::ToUnixMicros(protection.frozen_until));
  }
  return txn.Emit(std::move(event));
}

kv::Event ActOn(const char* type, const Protection& protection, const std::string& recovery, absl::Time now) {
  kv::Event act;
  act.type = type;
  act.resource = protection.principal.Name();
  act.attributes = {{"recovery", recovery}};
  if (protection.link.has_value()) act.attributes["link"] = protection.link.text();
  act.at = now;
  act.persons = {protection.principal.text()};
  return act;
}

absl::Status Tell(kv::Txn& txn, const Stores& stores, const Telling& telling, const Invitation& invitation,
                  absl::Time now) {
  if (telling.principal) {
    TRY(stores.outbox.Enqueue(txn, Notice{telling.kind, invitation.principal, ""}, now));
  }
  // Nobody, too, gets a notice: what is written must not tell whom the invitation has reached (L2).
  if (telling.contact) TRY(stores.outbox.Enqueue(txn, Notice{telling.kind, invitation.invitee, ""}, now));
  return absl::OkStatus();
}

absl::Status Tell(kv::Txn& txn, const Stores& stores, const Telling& telling, const LinkRow& row,
                  absl::Time now) {
  LinkPeople people = TRY(stores.links.Open(row));
  if (telling.principal) {
    TRY(stores.outbox.Enqueue(txn, Notice{telling.kind, row.link.principal, std::move(people.masked_contact)},
                              now));
  }
  if (telling.contact) {
    TRY(stores.outbox.Enqueue(txn, Notice{telling.kind, row.link.contact, std::move(people.masked_principal)},
                              now));
  }
  return absl::OkStatus();
}

absl::Status TakePlaces(kv::Txn& txn, const Stores& stores, const Link& link, Protection& protection) {
  protection.link = link.id;
  Duty duty = TRY(stores.links.DutyOf(txn, link.contact));
  duty.links.push_back(link.id);
  return stores.links.SaveDuty(txn, duty);
}

absl::Status FreePlaces(kv::Txn& txn, const Stores& stores, const Link& link, Protection& protection) {
  if (protection.link == link.id) protection.link = LinkId();
  Duty duty = TRY(stores.links.DutyOf(txn, link.contact));
  std::erase(duty.links, link.id);
  TRY(stores.links.SaveDuty(txn, duty));
  return stores.links.FileEnded(txn, link);
}

absl::Status Perform(kv::Txn& txn, const Stores& stores, Effect effect, const InvitationRow& row,
                     Protection& protection, absl::Time now) {
  const Invitation& invitation = row.invitation;
  if (const auto telling = TellingOf(effect)) return Tell(txn, stores, *telling, invitation, now);
  if (effect == Effect::kTakePlace) protection.pending = invitation.id;
  if (effect == Effect::kFreePlace && protection.pending == invitation.id) protection.pending = {};
  if (effect == Effect::kScheduleExpiry) return txn.Schedule(ExpireInvitationAt(invitation));
  return absl::OkStatus();
}

absl::Status Perform(kv::Txn& txn, const Stores& stores, Effect effect, const LinkRow& row,
                     Protection& protection, absl::Time now) {
  const Link& link = row.link;
  if (const auto telling = TellingOf(effect)) return Tell(txn, stores, *telling, row, now);
  if (effect == Effect::kTakePlace) return TakePlaces(txn, stores, link, protection);
  if (effect == Effect::kFreePlace) return FreePlaces(txn, stores, link, protection);
  if (effect == Effect::kScheduleRemoval) return txn.Schedule(CompleteRemovalAt(link.id, link.removal_at));
  if (effect == Effect::kScheduleReminder) return txn.Schedule(RemindAt(link.id, link.remind_at));
  if (effect == Effect::kRecheck) return stores.outbox.EnqueueRecheck(txn, link.id);
  if (effect == Effect::kFreezePrincipal) {
    return stores.outbox.Enqueue(txn, FreezeOrder{link.principal, protection.frozen_until});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Record(kv::Txn& txn, const Stores& stores, InvitationRow row, Protection& protection,
                    absl::Time now) {
  const std::vector<InvitationTransition> taken = std::exchange(row.invitation.taken, {});
  if (taken.empty()) return absl::OkStatus();
  TRY(taken.front().from == InvitationState::kNew ? stores.invitations.Insert(txn, row)
                                                  : stores.invitations.Save(txn, row));
  for (const InvitationTransition& step : taken) {
    for (const Effect effect : kAllEffects) {
      if (!step.effects.Has(effect)) continue;
      if (!EventType(effect).empty()) {
        TRY(Emit(txn, effect, row.invitation, now));
      } else if (&step == &taken.back()) {
        TRY(Perform(txn, stores, effect, row, protection, now));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Record(kv::Txn& txn, const Stores& stores, LinkRow row, Protection& protection, absl::Time now) {
  const std::vector<LinkTransition> taken = std::exchange(row.link.taken, {});
  if (taken.empty()) return absl::OkStatus();
  TRY(stores.links.Save(txn, row));
  for (const LinkTransition& step : taken) {
    for (const Effect effect : kAllEffects) {
      if (!step.effects.Has(effect)) continue;
      if (!EventType(effect).empty()) {
        TRY(Emit(txn, effect, row.link, protection, now));
      } else if (&step == &taken.back()) {
        TRY(Perform(txn, stores, effect, row, protection, now));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status EnterHold(kv::Txn& txn, const Protection& protection, const std::string& recovery,
                       absl::Time now) {
  kv::Event act = ActOn("GuardHeld", protection, recovery, now);
  // As it stands now: a later hold of the same recovery is not made shorter.
  for (const Hold& hold : protection.holds) {
    if (hold.recovery == recovery) act.attributes["until"] = absl::StrCat(absl::ToUnixMicros(hold.until));
  }
  return txn.Audit(std::move(act));
}

absl::Status EnterRelease(kv::Txn& txn, const Protection& protection, const std::string& recovery,
                          absl::Time now) {
  return txn.Audit(ActOn("GuardReleased", protection, recovery, now));
}

absl::Status EnterBlock(kv::Txn& txn, const Block& block) {
  kv::Event act;
  act.type = "SenderBlocked";
  act.resource = block.id.Name();
  act.attributes = {{"principal", block.principal.text()}};
  act.at = block.created_at;
  act.persons = {block.contact.text(), block.principal.text()};
  return txn.Audit(std::move(act));
}

absl::Status EnterUnblock(kv::Txn& txn, const AccountId& contact, const BlockId& id, absl::Time now) {
  kv::Event act;
  act.type = "SenderUnblocked";
  act.resource = id.Name();
  act.at = now;
  act.persons = {contact.text()};
  return txn.Audit(std::move(act));
}

}  // namespace tc::linking

#include "services/linking/rpc/convert.h"

#include <utility>

#include "common/base/mistakes.h"
#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::linking {
namespace {

using google::protobuf::Timestamp;

void Set(Timestamp& out, absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = absl::ToUnixSeconds(time);
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>((micros - seconds * 1000000) * 1000));
}

absl::Time FromProto(const Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

pb::InvitationState ToProto(InvitationState state) {
  switch (state) {
    case InvitationState::kPending:
      return pb::INVITATION_STATE_PENDING;
    case InvitationState::kAccepted:
      return pb::INVITATION_STATE_ACCEPTED;
    case InvitationState::kDeclined:
      return pb::INVITATION_STATE_DECLINED;
    case InvitationState::kCancelled:
      return pb::INVITATION_STATE_CANCELLED;
    case InvitationState::kExpired:
      return pb::INVITATION_STATE_EXPIRED;
    case InvitationState::kNew:
      break;
  }
  return pb::INVITATION_STATE_UNSPECIFIED;
}

pb::LinkState ToProto(LinkState state) {
  switch (state) {
    case LinkState::kActive:
      return pb::LINK_STATE_ACTIVE;
    case LinkState::kSuspended:
      return pb::LINK_STATE_SUSPENDED;
    case LinkState::kRemovalPending:
      return pb::LINK_STATE_REMOVAL_PENDING;
    case LinkState::kRemoved:
      return pb::LINK_STATE_REMOVED;
    case LinkState::kResigned:
      return pb::LINK_STATE_RESIGNED;
    case LinkState::kNew:
      break;
  }
  return pb::LINK_STATE_UNSPECIFIED;
}

pb::SuspendReason ToProto(SuspendReason reason) {
  switch (reason) {
    case SuspendReason::kNone:
      return pb::SUSPEND_REASON_UNSPECIFIED;
    case SuspendReason::kPrincipalNotEligible:
      return pb::SUSPEND_REASON_PRINCIPAL_NOT_ELIGIBLE;
    case SuspendReason::kContactNotEligible:
      return pb::SUSPEND_REASON_CONTACT_NOT_ELIGIBLE;
    case SuspendReason::kSamePhone:
      return pb::SUSPEND_REASON_SAME_PHONE;
    case SuspendReason::kSamePerson:
      return pb::SUSPEND_REASON_SAME_PERSON;
  }
  return pb::SUSPEND_REASON_UNSPECIFIED;
}

pb::LinkActor ToProto(Actor actor) {
  switch (actor) {
    case Actor::kPrincipal:
      return pb::LINK_ACTOR_PRINCIPAL;
    case Actor::kContact:
      return pb::LINK_ACTOR_CONTACT;
    case Actor::kTime:
      return pb::LINK_ACTOR_TIME;
    case Actor::kService:
      return pb::LINK_ACTOR_SERVICE;
  }
  return pb::LINK_ACTOR_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<WantedContact> Parse(const pb::CreateInvitationRequest& in) {
  Mistakes mistakes;
  WantedContact wanted;
  wanted.first_name = mistakes.Take(FirstName::Parse(in.contact_first_name(), "contact_first_name"));
  wanted.phone = mistakes.Take(Phone::Parse(in.contact_phone(), "contact_phone"));
  TRY(mistakes.status());
  return wanted;
}

absl::StatusOr<WantedHold> Parse(const pb::HoldGuardRequest& in, absl::Duration limit, absl::Time now) {
  Mistakes mistakes;
  WantedHold wanted;
  wanted.principal = mistakes.Take(AccountId::ParseName(in.principal(), "principal"));
  wanted.hold.recovery = mistakes.Take(RecoveryId::Parse(in.recovery(), "recovery")).text();
  if (!in.has_until()) {
    mistakes.Add("until", "TIME_MISSING", "a time is demanded");
  } else {
    wanted.hold.until = FromProto(in.until());
    if (wanted.hold.until > now + limit)
      mistakes.Add("until", "TIME_TOO_FAR", "a hold must not last so long");
  }
  TRY(mistakes.status());
  return wanted;
}

absl::StatusOr<WantedGuard> Parse(const pb::GetGuardRequest& in, absl::Time now) {
  Mistakes mistakes;
  WantedGuard wanted;
  wanted.principal = mistakes.Take(AccountId::ParseName(in.principal(), "principal"));
  wanted.at = now;
  if (in.has_at()) {
    wanted.at = FromProto(in.at());
    if (wanted.at > now) mistakes.Add("at", "TIME_FUTURE", "nobody knows who will guard");
  }
  TRY(mistakes.status());
  return wanted;
}

absl::StatusOr<WantedRemoval> Parse(const pb::RemoveGuardRequest& in) {
  Mistakes mistakes;
  WantedRemoval wanted;
  wanted.principal = mistakes.Take(AccountId::ParseName(in.principal(), "principal"));
  wanted.link = mistakes.Take(LinkId::ParseName(in.link(), "link"));
  wanted.recovery = mistakes.Take(RecoveryId::Parse(in.recovery(), "recovery")).text();
  TRY(mistakes.status());
  return wanted;
}

absl::StatusOr<Side> Parse(pb::InvitationView view) {
  if (view == pb::INVITATION_VIEW_SENT) return Side::kPrincipal;
  if (view == pb::INVITATION_VIEW_RECEIVED) return Side::kContact;
  return InvalidField("view", "ENUM_INVALID", "a view is SENT or RECEIVED");
}

absl::StatusOr<Side> Parse(pb::LinkView view) {
  if (view == pb::LINK_VIEW_AS_PRINCIPAL) return Side::kPrincipal;
  if (view == pb::LINK_VIEW_AS_CONTACT) return Side::kContact;
  return InvalidField("view", "ENUM_INVALID", "a view is AS_PRINCIPAL or AS_CONTACT");
}

pb::Invitation ToProto(const Invitation& invitation, const InvitationDetails& details, Side side,
                       absl::Time now) {
  const InvitationState state = StateAt(invitation, now);
  pb::Invitation out;
  out.set_name(invitation.id.Name());
  out.set_state(ToProto(state));
  if (side == Side::kPrincipal) {
    out.set_principal(invitation.principal.Name());
    out.set_contact_first_name(details.contact_first_name.text());
    out.set_masked_contact_phone(details.masked_contact_phone);
  } else {
    out.set_masked_principal(details.masked_principal);
  }
  Set(*out.mutable_create_time(), invitation.created_at);
  Set(*out.mutable_expire_time(), invitation.expire_at);
  if (state == InvitationState::kExpired) {
    Set(*out.mutable_end_time(), invitation.expire_at);
  } else if (state != InvitationState::kPending) {
    Set(*out.mutable_end_time(), invitation.ended_at);
  }
  if (invitation.link.has_value()) out.set_link(invitation.link.Name());
  Set(*out.mutable_server_time(), now);
  return out;
}

pb::Link ToProto(const Link& link, const Protection& protection, const LinkPeople& people, Side side,
                 absl::Time now) {
  const LinkState state = StateAt(link, protection, now);
  pb::Link out;
  out.set_name(link.id.Name());
  out.set_state(ToProto(state));
  out.set_suspend_reason(ToProto(link.suspend_reason));
  if (side != Side::kContact) out.set_principal(link.principal.Name());
  if (side != Side::kPrincipal) out.set_contact(link.contact.Name());
  if (side == Side::kContact) out.set_masked_principal(people.masked_principal);
  if (side == Side::kPrincipal) {
    out.set_masked_contact(people.masked_contact);
    out.set_masked_contact_phone(people.masked_contact_phone);
  }
  Set(*out.mutable_create_time(), link.created_at);
  if (state == LinkState::kRemovalPending) Set(*out.mutable_removal_time(), link.removal_at);
  if (!Guards(link.state)) {
    Set(*out.mutable_end_time(), link.ended_at);
  } else if (!Guards(state)) {
    Set(*out.mutable_end_time(), RemovalDue(link, protection));
  }
  return out;
}

void AddChanges(const Link& link, pb::Link& out) {
  for (const LinkChange& change : link.changes) {
    pb::LinkChange& added = *out.add_changes();
    Set(*added.mutable_change_time(), change.at);
    added.set_state(ToProto(change.to));
    added.set_actor(ToProto(change.actor));
  }
}

pb::BlockedSender ToProto(const Block& block, const std::string& masked_principal) {
  pb::BlockedSender out;
  out.set_name(block.id.Name());
  out.set_masked_principal(masked_principal);
  Set(*out.mutable_create_time(), block.created_at);
  return out;
}

pb::Guard Unguarded(const AccountId& principal) {
  pb::Guard out;
  out.set_principal(principal.Name());
  return out;
}

pb::Guard ToGuard(const Link& link, LinkState state, const LinkPeople& people) {
  pb::Guard out;
  out.set_principal(link.principal.Name());
  out.set_guarded(true);
  out.set_link(link.id.Name());
  out.set_contact(link.contact.Name());
  Set(*out.mutable_guard_since(), link.created_at);
  out.set_masked_contact(people.masked_contact);
  out.set_link_state(ToProto(state));
  return out;
}

pb::DangerReport ToProto(const Link& link, const Protection& protection) {
  pb::DangerReport out;
  out.set_link(link.id.Name());
  Set(*out.mutable_create_time(), link.danger_at);
  Set(*out.mutable_freeze_expire_time(), protection.frozen_until);
  return out;
}

}  // namespace tc::linking

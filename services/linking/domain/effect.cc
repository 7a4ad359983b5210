#include "services/linking/domain/effect.h"

#include "absl/strings/strip.h"
#include "services/linking/domain/actor.h"

namespace tc::linking {
namespace {

constexpr absl::string_view kEvent = "event ";

}  // namespace

absl::string_view ActorName(Actor actor) {
  switch (actor) {
    case Actor::kPrincipal:
      return "principal";
    case Actor::kContact:
      return "contact";
    case Actor::kTime:
      return "time";
    case Actor::kService:
      return "service";
  }
  return "";
}

absl::string_view GuardName(Guard guard) {
  switch (guard) {
    case Guard::kNone:
      return "";
    case Guard::kMayInvite:
      return "eligible, no contact, no open invitation, within the limits, not frozen";
    case Guard::kMayAccept:
      return "in time, both eligible, both places free, no recovery open, not frozen";
    case Guard::kBeforeDeadline:
      return "in time";
    case Guard::kTimeOver:
      return "time over";
    case Guard::kRequirementLost:
      return "a requirement is lost";
    case Guard::kRequirementsMet:
      return "all requirements met";
    case Guard::kMayRemove:
      return "no recovery open, not frozen, no confirmation demanded";
    case Guard::kNoRecoveryOpen:
      return "no recovery open";
    case Guard::kNoOtherRecovery:
      return "no other recovery open, not frozen";
    case Guard::kNotReportedToday:
      return "not reported within 24 hours";
  }
  return "";
}

absl::string_view EffectName(Effect effect) {
  switch (effect) {
    case Effect::kEventInvitationCreated:
      return "event InvitationCreated";
    case Effect::kEventInvitationAccepted:
      return "event InvitationAccepted";
    case Effect::kEventInvitationDeclined:
      return "event InvitationDeclined";
    case Effect::kEventInvitationCancelled:
      return "event InvitationCancelled";
    case Effect::kEventInvitationExpired:
      return "event InvitationExpired";
    case Effect::kEventLinkCreated:
      return "event LinkCreated";
    case Effect::kEventLinkSuspended:
      return "event LinkSuspended";
    case Effect::kEventLinkResumed:
      return "event LinkResumed";
    case Effect::kEventLinkRemovalPending:
      return "event LinkRemovalPending";
    case Effect::kEventLinkRemoved:
      return "event LinkRemoved";
    case Effect::kEventLinkResigned:
      return "event LinkResigned";
    case Effect::kEventDangerReported:
      return "event DangerReported";
    case Effect::kTellInvitationSent:
      return "tell the principal: sent";
    case Effect::kTellInvitationReceived:
      return "tell the invitee: received";
    case Effect::kTellInvitationEnded:
      return "tell the principal: ended";
    case Effect::kTellContactLinked:
      return "tell the principal: linked";
    case Effect::kTellPrincipalLinked:
      return "tell the contact: linked";
    case Effect::kTellSuspended:
      return "tell the principal: suspended";
    case Effect::kTellResumed:
      return "tell the principal: resumed";
    case Effect::kTellRemovalPending:
      return "tell both: removal pending";
    case Effect::kTellRemoved:
      return "tell both: removed";
    case Effect::kTellContactRemoved:
      return "tell the contact: removed";
    case Effect::kTellResigned:
      return "tell both: resigned";
    case Effect::kTellDanger:
      return "tell the principal: danger";
    case Effect::kTellReminder:
      return "tell the principal: reminder";
    case Effect::kTakePlace:
      return "take the place";
    case Effect::kFreePlace:
      return "free the place";
    case Effect::kScheduleExpiry:
      return "schedule the expiry";
    case Effect::kScheduleRemoval:
      return "schedule the removal";
    case Effect::kScheduleReminder:
      return "schedule the reminder";
    case Effect::kRecheck:
      return "check both again";
    case Effect::kFreezePrincipal:
      return "freeze the principal's account";
  }
  return "";
}

absl::string_view EventType(Effect effect) {
  absl::string_view name = EffectName(effect);
  return absl::ConsumePrefix(&name, kEvent) ? name : absl::string_view();
}

}  // namespace tc::linking

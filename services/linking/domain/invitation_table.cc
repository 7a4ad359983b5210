// The state machine of an invitation.

#include "services/linking/domain/invitation.h"

namespace tc::linking {
namespace {

constexpr InvitationTransition kInvitationTransitions[] = {
    {InvitationState::kNew,
     InvitationTrigger::kInvite,
     Actor::kPrincipal,
     Guard::kMayInvite,
     InvitationState::kPending,
     {Effect::kEventInvitationCreated, Effect::kTakePlace, Effect::kScheduleExpiry,
      Effect::kTellInvitationSent, Effect::kTellInvitationReceived}},
    {InvitationState::kPending,
     InvitationTrigger::kAccept,
     Actor::kContact,
     Guard::kMayAccept,
     InvitationState::kAccepted,
     {Effect::kEventInvitationAccepted, Effect::kFreePlace}},
    {InvitationState::kPending,
     InvitationTrigger::kDecline,
     Actor::kContact,
     Guard::kBeforeDeadline,
     InvitationState::kDeclined,
     {Effect::kEventInvitationDeclined, Effect::kFreePlace, Effect::kTellInvitationEnded}},
    {InvitationState::kPending,
     InvitationTrigger::kCancel,
     Actor::kPrincipal,
     Guard::kBeforeDeadline,
     InvitationState::kCancelled,
     {Effect::kEventInvitationCancelled, Effect::kFreePlace, Effect::kTellInvitationEnded}},
    {InvitationState::kPending,
     InvitationTrigger::kExpire,
     Actor::kTime,
     Guard::kTimeOver,
     InvitationState::kExpired,
     {Effect::kEventInvitationExpired, Effect::kFreePlace, Effect::kTellInvitationEnded}},
    {InvitationState::kPending,
     InvitationTrigger::kErasePrincipal,
     Actor::kService,
     Guard::kBeforeDeadline,
     InvitationState::kCancelled,
     {Effect::kEventInvitationCancelled, Effect::kFreePlace}},
};

}  // namespace

absl::Span<const InvitationTransition> InvitationTransitions() { return kInvitationTransitions; }

const InvitationTransition* FindRow(InvitationState from, InvitationTrigger trigger, Actor actor) {
  return FindTransition(kInvitationTransitions, from, trigger, actor);
}

}  // namespace tc::linking

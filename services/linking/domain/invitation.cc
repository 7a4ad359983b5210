#include "services/linking/domain/invitation.h"

#include <utility>

#include "common/base/refusal.h"

namespace tc::linking {
namespace {

absl::Status NotAllowed(InvitationState state) {
  using absl::StatusCode::kFailedPrecondition;
  switch (state) {
    case InvitationState::kNew:
    case InvitationState::kPending:
      return Refuse(kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                    "the invitation does not allow this")
          .With("state", StateName(state));
    case InvitationState::kExpired:
      return Refuse(kFailedPrecondition, Reason::kInvitationExpired, "the invitation has expired");
    case InvitationState::kAccepted:
    case InvitationState::kDeclined:
    case InvitationState::kCancelled:
      break;
  }
  return Refuse(kFailedPrecondition, Reason::kInvitationClosed, "the invitation has ended")
      .With("state", StateName(state));
}

}  // namespace

Invitation Offer(InvitationId id, AccountId principal, absl::Duration lifetime, absl::Time now) {
  Invitation invitation;
  invitation.id = std::move(id);
  invitation.principal = std::move(principal);
  invitation.created_at = now;
  invitation.expire_at = now + lifetime;
  invitation.state = InvitationState::kNew;
  return *Apply(std::move(invitation), InvitationTrigger::kInvite, Actor::kPrincipal, now);
}

InvitationState StateAt(const Invitation& invitation, absl::Time now) {
  const bool over = invitation.state == InvitationState::kPending && now >= invitation.expire_at;
  return over ? InvitationState::kExpired : invitation.state;
}

absl::StatusOr<Invitation> Apply(Invitation invitation, InvitationTrigger trigger, Actor actor,
                                 absl::Time now) {
  // Expiry acts on the stored state: by the clock the invitation has expired already.
  const bool expiry = trigger == InvitationTrigger::kExpire;
  const InvitationState from = expiry ? invitation.state : StateAt(invitation, now);
  const InvitationTransition* row = FindRow(from, trigger, actor);
  if (row == nullptr || (expiry && now < invitation.expire_at)) return NotAllowed(from);
  invitation.state = row->to;
  if (row->to != InvitationState::kPending) invitation.ended_at = expiry ? invitation.expire_at : now;
  invitation.taken.push_back(*row);
  return invitation;
}

absl::string_view StateName(InvitationState state) {
  switch (state) {
    case InvitationState::kPending:
      return "PENDING";
    case InvitationState::kAccepted:
      return "ACCEPTED";
    case InvitationState::kDeclined:
      return "DECLINED";
    case InvitationState::kCancelled:
      return "CANCELLED";
    case InvitationState::kExpired:
      return "EXPIRED";
    case InvitationState::kNew:
      return "(new)";
  }
  return "";
}

absl::string_view TriggerName(InvitationTrigger trigger) {
  switch (trigger) {
    case InvitationTrigger::kInvite:
      return "invite";
    case InvitationTrigger::kAccept:
      return "accept";
    case InvitationTrigger::kDecline:
      return "decline";
    case InvitationTrigger::kCancel:
      return "cancel";
    case InvitationTrigger::kExpire:
      return "expire";
    case InvitationTrigger::kErasePrincipal:
      return "the principal's account is erased";
  }
  return "";
}

}  // namespace tc::linking

#include "services/linking/domain/invitation.h"

#include "common/base/refusal.h"

namespace tc::linking {
namespace {

const InvitationTransition* Find(InvitationState from, InvitationTrigger trigger, Actor actor) {
  for (const InvitationTransition& row : kInvitationTransitions) {
    if (row.from == from && row.trigger == trigger && row.actor == actor) return &row;
  }
  return nullptr;
}

absl::Status NotAllowed(InvitationState state) {
  using absl::StatusCode::kFailedPrecondition;
  switch (state) {
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

InvitationState StateAt(const Invitation& invitation, absl::Time now) {
  const bool over = invitation.state == InvitationState::kPending && now >= invitation.expire_at;
  return over ? InvitationState::kExpired : invitation.state;
}

absl::StatusOr<Invitation> Apply(Invitation invitation, InvitationTrigger trigger, Actor actor,
                                 absl::Time now) {
  // Expiry acts on the stored state: by the clock the invitation has expired already.
  const bool expiry = trigger == InvitationTrigger::kExpire;
  const InvitationState from = expiry ? invitation.state : StateAt(invitation, now);
  const InvitationTransition* row = Find(from, trigger, actor);
  if (row == nullptr || (expiry && now < invitation.expire_at)) return NotAllowed(from);
  invitation.state = row->to;
  invitation.ended_at = expiry ? invitation.expire_at : now;
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
  }
  return "";
}

}  // namespace tc::linking

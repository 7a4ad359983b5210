#include "services/linking/domain/link.h"

#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::linking {
namespace {

const LinkTransition* Find(LinkState from, LinkTrigger trigger, Actor actor) {
  for (const LinkTransition& row : kLinkTransitions) {
    if (row.from == from && row.trigger == trigger && row.actor == actor) return &row;
  }
  return nullptr;
}

}  // namespace

Link Establish(LinkId id, const Invitation& accepted, absl::Time now) {
  Link link;
  link.id = std::move(id);
  link.principal = accepted.principal;
  link.contact = accepted.invitee;
  link.created_at = now;
  link.changes.push_back({now, LinkState::kActive, Actor::kContact});
  return link;
}

absl::StatusOr<Link> Apply(Link link, LinkTrigger trigger, Actor actor, absl::Time now) {
  const LinkTransition* row = Find(link.state, trigger, actor);
  if (row == nullptr) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                  "the link is in a state that does not allow this")
        .With("state", StateName(link.state));
  }
  link.state = row->to;
  link.suspend_reason = SuspendReason::kNone;
  if (!Guards(link.state)) link.ended_at = now;
  link.changes.push_back({now, row->to, actor});
  return link;
}

absl::StatusOr<Link> Remove(Link link, absl::Duration delay, absl::Time now) {
  link = TRY(Apply(std::move(link), LinkTrigger::kRemove, Actor::kPrincipal, now));
  link.removal_at = now + delay;
  if (delay > absl::ZeroDuration()) return link;
  return Apply(std::move(link), LinkTrigger::kCompleteRemoval, Actor::kTime, now);
}

bool Guards(LinkState state) {
  switch (state) {
    case LinkState::kActive:
    case LinkState::kSuspended:
    case LinkState::kRemovalPending:
      return true;
    case LinkState::kRemoved:
    case LinkState::kResigned:
      return false;
  }
  return true;
}

absl::string_view StateName(LinkState state) {
  switch (state) {
    case LinkState::kActive:
      return "ACTIVE";
    case LinkState::kSuspended:
      return "SUSPENDED";
    case LinkState::kRemovalPending:
      return "REMOVAL_PENDING";
    case LinkState::kRemoved:
      return "REMOVED";
    case LinkState::kResigned:
      return "RESIGNED";
  }
  return "";
}

}  // namespace tc::linking

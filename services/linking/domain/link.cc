#include "services/linking/domain/link.h"

#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/domain/history.h"

namespace tc::linking {
namespace {

// A report and a reminder leave the link as it is; a suspension for another reason does not.
bool ChangesLink(const LinkTransition& row) {
  return row.from != row.to || row.trigger == LinkTrigger::kSuspend;
}

}  // namespace

Link Establish(LinkId id, const Invitation& accepted, absl::Duration reminder_interval, absl::Time now) {
  Link link;
  link.id = std::move(id);
  link.principal = accepted.principal;
  link.contact = accepted.invitee;
  link.created_at = now;
  link.remind_at = now + reminder_interval;
  link.state = LinkState::kNew;
  return *Apply(std::move(link), LinkTrigger::kAccept, Actor::kContact, now);
}

absl::StatusOr<Link> Apply(Link link, LinkTrigger trigger, Actor actor, absl::Time now) {
  const LinkTransition* row = FindRow(link.state, trigger, actor);
  if (row == nullptr) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                  "the link is in a state that does not allow this")
        .With("state", StateName(link.state));
  }
  if (ChangesLink(*row)) {
    link.state = row->to;
    link.suspend_reason = SuspendReason::kNone;
    if (!Guards(link.state)) link.ended_at = now;
    Remember(link.changes, {now, row->to, actor});
  }
  link.taken.push_back(*row);
  return link;
}

absl::StatusOr<Link> Remove(Link link, absl::Duration delay, absl::Time now) {
  link = TRY(Apply(std::move(link), LinkTrigger::kRemove, Actor::kPrincipal, now));
  link.removal_at = now + delay;
  if (delay > absl::ZeroDuration()) return link;
  return Apply(std::move(link), LinkTrigger::kCompleteRemoval, Actor::kTime, now);
}

absl::StatusOr<Link> Remind(Link link, absl::Duration interval, absl::Time now) {
  link = TRY(Apply(std::move(link), LinkTrigger::kRemind, Actor::kTime, now));
  link.remind_at = now + interval;
  return link;
}

bool Guards(LinkState state) {
  switch (state) {
    case LinkState::kActive:
    case LinkState::kSuspended:
    case LinkState::kRemovalPending:
      return true;
    case LinkState::kRemoved:
    case LinkState::kResigned:
    case LinkState::kNew:
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
    case LinkState::kNew:
      return "(new)";
  }
  return "";
}

absl::string_view TriggerName(LinkTrigger trigger) {
  switch (trigger) {
    case LinkTrigger::kAccept:
      return "accept";
    case LinkTrigger::kSuspend:
      return "suspend";
    case LinkTrigger::kResume:
      return "resume";
    case LinkTrigger::kRemove:
      return "remove";
    case LinkTrigger::kCompleteRemoval:
      return "complete the removal";
    case LinkTrigger::kConfirmRemoval:
      return "remove, confirmed by the contact";
    case LinkTrigger::kResign:
      return "resign";
    case LinkTrigger::kReportDanger:
      return "report danger";
    case LinkTrigger::kRemind:
      return "remind";
    case LinkTrigger::kErasePrincipal:
      return "the principal's account is erased";
  }
  return "";
}

}  // namespace tc::linking

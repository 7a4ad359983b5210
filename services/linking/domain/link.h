#pragma once

// Link: the accepted relation principal → contact (L5, L8, L9, L10). Its states are the one table below; a
// trigger that is not in it is refused and changes nothing. ACTIVE, SUSPENDED and REMOVAL_PENDING guard.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/id.h"
#include "common/base/transition.h"
#include "services/linking/domain/actor.h"
#include "services/linking/domain/effect.h"
#include "services/linking/domain/invitation.h"

namespace tc::linking {

// kNew: before it is made; never stored.
enum class LinkState { kActive, kSuspended, kRemovalPending, kRemoved, kResigned, kNew };
enum class LinkTrigger {
  kAccept,
  kSuspend,
  kResume,
  kRemove,
  kCompleteRemoval,
  kConfirmRemoval,  // a recovery of purpose CONTACT_REMOVAL: the contact himself has agreed
  kResign,
  kReportDanger,
  kRemind,
  kErasePrincipal,  // his account was erased
};
enum class SuspendReason { kNone, kPrincipalNotEligible, kContactNotEligible, kSamePhone, kSamePerson };

using LinkTransition = Transition<LinkState, LinkTrigger, Actor, Guard, Effect>;

absl::Span<const LinkTransition> LinkTransitions();

// The row, or nullptr when the table has none.
const LinkTransition* FindRow(LinkState from, LinkTrigger trigger, Actor actor);

inline constexpr LinkState kAllLinkStates[] = {LinkState::kNew,       LinkState::kActive,
                                               LinkState::kSuspended, LinkState::kRemovalPending,
                                               LinkState::kRemoved,   LinkState::kResigned};
inline constexpr LinkTrigger kAllLinkTriggers[] = {
    LinkTrigger::kAccept,        LinkTrigger::kSuspend,         LinkTrigger::kResume,
    LinkTrigger::kRemove,        LinkTrigger::kCompleteRemoval, LinkTrigger::kConfirmRemoval,
    LinkTrigger::kResign,        LinkTrigger::kReportDanger,    LinkTrigger::kRemind,
    LinkTrigger::kErasePrincipal};

struct LinkChange {
  absl::Time at;
  LinkState to = LinkState::kActive;
  Actor actor = Actor::kContact;

  friend bool operator==(const LinkChange&, const LinkChange&) = default;
};

struct Link {
  LinkId id;
  AccountId principal;
  AccountId contact;
  LinkState state = LinkState::kActive;
  SuspendReason suspend_reason = SuspendReason::kNone;
  absl::Time created_at;
  absl::Time removal_at = absl::InfiniteFuture();  // REMOVAL_PENDING: not earlier does it take effect
  absl::Time ended_at = absl::InfiniteFuture();
  absl::Time remind_at = absl::InfiniteFuture();  // the principal is asked whether it is still his contact
  absl::Time danger_at = absl::InfiniteFuture();  // when danger was last reported; InfiniteFuture: never
  std::vector<LinkChange> changes;                // the history, oldest first; see history.h
  // The steps since it was read, not stored: what is to be recorded (rpc/steps.h).
  std::vector<LinkTransition> taken;

  friend bool operator==(const Link&, const Link&) = default;
};

// How each side sees the other; decides nothing, is kept sealed.
struct LinkPeople {
  std::string masked_principal;      // "Иван П."
  std::string masked_contact;        // "Мария С."
  std::string masked_contact_phone;  // "+7 9** ***-**-67"

  friend bool operator==(const LinkPeople&, const LinkPeople&) = default;
};

// The link that an accepted invitation makes.
Link Establish(LinkId id, const Invitation& accepted, absl::Duration reminder_interval, absl::Time now);

// The link after `trigger`, with a change of its state or reason added to its history. FAILED_PRECONDITION /
// STATE_TRANSITION_NOT_ALLOWED (metadata state).
absl::StatusOr<Link> Apply(Link link, LinkTrigger trigger, Actor actor, absl::Time now);

// The principal disconnects his contact: REMOVAL_PENDING until now + delay; without a delay REMOVED at once
// (L8).
absl::StatusOr<Link> Remove(Link link, absl::Duration delay, absl::Time now);

// The principal is asked (LNK-15), and will be again an interval after `now`.
absl::StatusOr<Link> Remind(Link link, absl::Duration interval, absl::Time now);

// ACTIVE, SUSPENDED, REMOVAL_PENDING.
bool Guards(LinkState state);

// "REMOVAL_PENDING": the name of the public enum's value without its prefix; "(new)" for kNew.
absl::string_view StateName(LinkState state);
// For people: "report danger".
absl::string_view TriggerName(LinkTrigger trigger);

}  // namespace tc::linking

#pragma once

// Link: the accepted relation principal → contact (L5, L8, L9). Its states are the one table below; a trigger
// that is not in it is refused and changes nothing. ACTIVE, SUSPENDED and REMOVAL_PENDING guard.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/linking/domain/actor.h"
#include "services/linking/domain/invitation.h"

namespace tc::linking {

enum class LinkState { kActive, kSuspended, kRemovalPending, kRemoved, kResigned };
enum class LinkTrigger { kSuspend, kResume, kRemove, kCompleteRemoval, kResign };
enum class SuspendReason { kNone, kPrincipalNotEligible, kContactNotEligible, kSamePhone, kSamePerson };

struct LinkTransition {
  LinkState from;
  LinkTrigger trigger;
  Actor actor;
  LinkState to;
};

inline constexpr LinkTransition kLinkTransitions[] = {
    {LinkState::kActive, LinkTrigger::kSuspend, Actor::kService, LinkState::kSuspended},
    {LinkState::kSuspended, LinkTrigger::kSuspend, Actor::kService, LinkState::kSuspended},  // another reason
    {LinkState::kSuspended, LinkTrigger::kResume, Actor::kService, LinkState::kActive},
    {LinkState::kActive, LinkTrigger::kRemove, Actor::kPrincipal, LinkState::kRemovalPending},
    {LinkState::kSuspended, LinkTrigger::kRemove, Actor::kPrincipal, LinkState::kRemovalPending},
    {LinkState::kRemovalPending, LinkTrigger::kCompleteRemoval, Actor::kTime, LinkState::kRemoved},
    {LinkState::kActive, LinkTrigger::kResign, Actor::kContact, LinkState::kResigned},
    {LinkState::kSuspended, LinkTrigger::kResign, Actor::kContact, LinkState::kResigned},
};

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
  std::vector<LinkChange> changes;  // every state it ever had, oldest first: the history

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
Link Establish(LinkId id, const Invitation& accepted, absl::Time now);

// The link after `trigger`, with the change added to its history. FAILED_PRECONDITION /
// STATE_TRANSITION_NOT_ALLOWED (metadata state).
absl::StatusOr<Link> Apply(Link link, LinkTrigger trigger, Actor actor, absl::Time now);

// The principal disconnects his contact: REMOVAL_PENDING until now + delay; without a delay REMOVED at once
// (L8).
absl::StatusOr<Link> Remove(Link link, absl::Duration delay, absl::Time now);

// ACTIVE, SUSPENDED, REMOVAL_PENDING.
bool Guards(LinkState state);

// "REMOVAL_PENDING": the name of the public enum's value without its prefix.
absl::string_view StateName(LinkState state);

}  // namespace tc::linking

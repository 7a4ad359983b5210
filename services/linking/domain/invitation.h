#pragma once

// Invitation: an open offer of a link (L1–L4). Its states are the one table below; a trigger that is not in
// it is refused and changes nothing. Expiry is judged by `now` at every reading; the trigger kExpire only
// makes it durable.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "services/linking/domain/actor.h"
#include "services/linking/domain/first_name.h"

namespace tc::linking {

enum class InvitationState { kPending, kAccepted, kDeclined, kCancelled, kExpired };
enum class InvitationTrigger { kAccept, kDecline, kCancel, kExpire };

struct InvitationTransition {
  InvitationState from;
  InvitationTrigger trigger;
  Actor actor;
  InvitationState to;
};

inline constexpr InvitationTransition kInvitationTransitions[] = {
    {InvitationState::kPending, InvitationTrigger::kAccept, Actor::kContact, InvitationState::kAccepted},
    {InvitationState::kPending, InvitationTrigger::kDecline, Actor::kContact, InvitationState::kDeclined},
    {InvitationState::kPending, InvitationTrigger::kCancel, Actor::kPrincipal, InvitationState::kCancelled},
    {InvitationState::kPending, InvitationTrigger::kExpire, Actor::kTime, InvitationState::kExpired},
};

struct Invitation {
  InvitationId id;
  AccountId principal;
  AccountId invitee;  // empty: it reached nobody, which the principal cannot tell (L2)
  InvitationState state = InvitationState::kPending;
  absl::Time created_at;
  absl::Time expire_at;
  absl::Time ended_at = absl::InfiniteFuture();
  LinkId link;  // when accepted

  friend bool operator==(const Invitation&, const Invitation&) = default;
};

// The personal side of an invitation; decides nothing, is kept sealed.
struct InvitationDetails {
  FirstName contact_first_name;
  Phone contact_phone;
  std::string masked_principal;  // "Иван П."

  friend bool operator==(const InvitationDetails&, const InvitationDetails&) = default;
};

// The state at `now`: EXPIRED from expire_at on (LNK-01: valid while now < expire_at).
InvitationState StateAt(const Invitation& invitation, absl::Time now);

// The invitation after `trigger`. FAILED_PRECONDITION / INVITATION_EXPIRED, INVITATION_CLOSED (metadata
// state), or STATE_TRANSITION_NOT_ALLOWED for an actor whose trigger it is not and for an expiry before its
// time.
absl::StatusOr<Invitation> Apply(Invitation invitation, InvitationTrigger trigger, Actor actor,
                                 absl::Time now);

// "PENDING": the name of the public enum's value without its prefix.
absl::string_view StateName(InvitationState state);

}  // namespace tc::linking

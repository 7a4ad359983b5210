#pragma once

// Invitation: an open offer of a link (L1–L4). Its states are the one table below; a trigger that is not in
// it is refused and changes nothing. Expiry is judged by `now` at every reading; the trigger kExpire only
// makes it durable.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "common/base/transition.h"
#include "services/linking/domain/actor.h"
#include "services/linking/domain/effect.h"
#include "services/linking/domain/first_name.h"

namespace tc::linking {

// kNew: before it is made; never stored.
enum class InvitationState { kPending, kAccepted, kDeclined, kCancelled, kExpired, kNew };
enum class InvitationTrigger {
  kInvite,
  kAccept,
  kDecline,
  kCancel,
  kExpire,
  kErasePrincipal,  // his account was erased
};

using InvitationTransition = Transition<InvitationState, InvitationTrigger, Actor, Guard, Effect>;

absl::Span<const InvitationTransition> InvitationTransitions();

// The row, or nullptr when the table has none.
const InvitationTransition* FindRow(InvitationState from, InvitationTrigger trigger, Actor actor);

inline constexpr InvitationState kAllInvitationStates[] = {
    InvitationState::kNew,      InvitationState::kPending,   InvitationState::kAccepted,
    InvitationState::kDeclined, InvitationState::kCancelled, InvitationState::kExpired};
inline constexpr InvitationTrigger kAllInvitationTriggers[] = {
    InvitationTrigger::kInvite, InvitationTrigger::kAccept, InvitationTrigger::kDecline,
    InvitationTrigger::kCancel, InvitationTrigger::kExpire, InvitationTrigger::kErasePrincipal};

struct Invitation {
  InvitationId id;
  AccountId principal;
  AccountId invitee;  // empty: it reached nobody, which the principal cannot tell (L2)
  InvitationState state = InvitationState::kPending;
  absl::Time created_at;
  absl::Time expire_at;
  absl::Time ended_at = absl::InfiniteFuture();
  LinkId link;  // when accepted
  // The steps since it was read, not stored: what is to be recorded (rpc/steps.h).
  std::vector<InvitationTransition> taken;

  friend bool operator==(const Invitation&, const Invitation&) = default;
};

// The personal side of an invitation; decides nothing, is kept sealed.
struct InvitationDetails {
  FirstName contact_first_name;
  Phone contact_phone;
  std::string masked_contact_phone;  // "+7 9** ***-**-67": stays when the number itself is erased
  std::string masked_principal;      // "Иван П."

  friend bool operator==(const InvitationDetails&, const InvitationDetails&) = default;
};

// A PENDING invitation by `principal`, good until now + lifetime; whom it reaches is still open.
Invitation Offer(InvitationId id, AccountId principal, absl::Duration lifetime, absl::Time now);

// The state at `now`: EXPIRED from expire_at on (LNK-01: valid while now < expire_at).
InvitationState StateAt(const Invitation& invitation, absl::Time now);

// The invitation after `trigger`. FAILED_PRECONDITION / INVITATION_EXPIRED, INVITATION_CLOSED (metadata
// state), or STATE_TRANSITION_NOT_ALLOWED for an actor whose trigger it is not and for an expiry before its
// time.
absl::StatusOr<Invitation> Apply(Invitation invitation, InvitationTrigger trigger, Actor actor,
                                 absl::Time now);

// "PENDING": the name of the public enum's value without its prefix; "(new)" for kNew.
absl::string_view StateName(InvitationState state);
// For people: "accept".
absl::string_view TriggerName(InvitationTrigger trigger);

}  // namespace tc::linking

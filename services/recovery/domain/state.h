#pragma once

// The state machine of a recovery: one table, by which the service takes its steps and does what follows from
// them, which the tests walk, and from which docs/state-machines.md is printed. What is not in the table is
// refused and writes nothing (REC-03). Only the contact, or officers in person, lead a guarded recovery to
// APPROVED; time leads to EXPIRED and nowhere else (REC-04).

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/transition.h"

namespace tc::recovery {

// Numbers are those of the public enum and of the stored record; never reused.
enum class State {
  kAwaitingOwnCode = 1,
  kAwaitingContact = 2,
  kContactCodeSent = 3,
  kHeld = 4,
  kInPerson = 5,
  kApproved = 6,
  kCompleted = 7,
  kRejected = 8,
  kExpired = 9,
  kCancelled = 10,
  kLocked = 11,
};

enum class Trigger {
  kResendOwnCode,
  kProveUnguarded,  // own code right, nobody guards
  kProveGuarded,    // own code right, somebody guards
  kAcknowledge,
  kSendContactCode,
  kApprove,
  kReject,
  kHold,
  kRelease,
  kStartInPerson,    // documents fit, somebody guards
  kProveInPerson,    // documents fit, nobody guards
  kConfirmInPerson,  // the second officer
  kRedeem,           // the grant is being used
  kComplete,         // and was
  kBurnGrant,
  kExhaustAttempts,
  kCancel,
  kExpire,
};

enum class Actor { kClaimant, kContact, kPrincipal, kOperator, kOfficer, kSystem };

// What must hold besides; the domain function of the trigger checks it.
enum class Guard {
  kNone,
  kOwnCodeNobodyGuards,  // ProveClaim
  kOwnCodeSomebodyGuards,
  kSomethingWrong,  // an account or a link that is not as it was
  kWarningRead,     // acknowledged with every answer "yes", thinking time over
  kAllEvidence,     // R5: session, link, phones, eligibility, code, match code, version
  kAttemptsUsedUp,
  kContactThere,  // somebody must still answer
  kDocumentsSomebodyGuards,
  kDocumentsNobodyGuards,
  kSecondOfficer,  // another one than the first, documents fit, delay over
  kGrantFits,
  kActionDone,  // identity or linking has done it
  kPasswordsUsedUp,
  kNotCompleting,  // the grant is not being used at this moment
  kTimeOver,
};

// What follows from a step, in the same transaction. A claim that was never proved tells nobody, a decoy
// leaves no event.
enum class Effect {
  kTellStarted,    // principal, with the not-me way
  kAskContact,     // contact; reminders are set
  kTellApproved,   // principal
  kTellRejected,   // principal
  kTellHeld,       // both
  kTellInPerson,   // both; principal with the not-me way
  kTellEnded,      // both
  kTellCompleted,  // both
  kCancelOwnCode,
  kCancelContactCode,
  kFreezeOnFraud,  // the account, when the reason is fraud (R6)
  kEventAwaitingContact,
  kEventHeld,
  kEventInPerson,
  kEventApproved,
  kEventRejected,
  kEventCompleted,
  kEventEnded,  // linking's hold is over
};

using RecoveryTransition = Transition<State, Trigger, Actor, Guard, Effect>;

absl::Span<const RecoveryTransition> Transitions();

// The row of `trigger` by `actor`, or nullptr when the table has none.
const RecoveryTransition* FindRow(State from, Trigger trigger, Actor actor);

bool IsFinal(State state);
// "AWAITING_CONTACT": for error metadata, events and logs.
absl::string_view StateName(State state);
// For people: "send contact code".
absl::string_view TriggerName(Trigger trigger);
absl::string_view ActorName(Actor actor);
absl::string_view GuardName(Guard guard);  // empty for kNone
absl::string_view EffectName(Effect effect);

inline constexpr State kAllStates[] = {
    State::kAwaitingOwnCode, State::kAwaitingContact, State::kContactCodeSent, State::kHeld,
    State::kInPerson,        State::kApproved,        State::kCompleted,       State::kRejected,
    State::kExpired,         State::kCancelled,       State::kLocked};
inline constexpr Trigger kAllTriggers[] = {
    Trigger::kResendOwnCode,   Trigger::kProveUnguarded, Trigger::kProveGuarded,  Trigger::kAcknowledge,
    Trigger::kSendContactCode, Trigger::kApprove,        Trigger::kReject,        Trigger::kHold,
    Trigger::kRelease,         Trigger::kStartInPerson,  Trigger::kProveInPerson, Trigger::kConfirmInPerson,
    Trigger::kRedeem,          Trigger::kComplete,       Trigger::kBurnGrant,     Trigger::kExhaustAttempts,
    Trigger::kCancel,          Trigger::kExpire};
inline constexpr Actor kAllActors[] = {Actor::kClaimant, Actor::kContact, Actor::kPrincipal,
                                       Actor::kOperator, Actor::kOfficer, Actor::kSystem};
inline constexpr Effect kAllEffects[] = {
    Effect::kTellStarted,       Effect::kAskContact,     Effect::kTellApproved,
    Effect::kTellRejected,      Effect::kTellHeld,       Effect::kTellInPerson,
    Effect::kTellEnded,         Effect::kTellCompleted,  Effect::kCancelOwnCode,
    Effect::kCancelContactCode, Effect::kFreezeOnFraud,  Effect::kEventAwaitingContact,
    Effect::kEventHeld,         Effect::kEventInPerson,  Effect::kEventApproved,
    Effect::kEventRejected,     Effect::kEventCompleted, Effect::kEventEnded};

}  // namespace tc::recovery

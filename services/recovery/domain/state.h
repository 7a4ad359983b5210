#pragma once

// The state machine of a recovery: one table, used by the service, walked by the tests and printed in
// docs/recovery.md. What is not in the table is refused and writes nothing (REC-03). Only the contact, or
// officers in person, lead a guarded recovery to APPROVED; time leads to EXPIRED and nowhere else (REC-04).

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"

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
  kStartInPerson,
  kConfirmInPerson,
  kRedeem,    // a password is being tried with the grant
  kComplete,  // and was set
  kBurnGrant,
  kExhaustAttempts,
  kCancel,
  kExpire,
};

enum class Actor { kClaimant, kContact, kPrincipal, kOperator, kOfficer, kSystem };

struct Transition {
  State from;
  Trigger trigger;
  Actor actor;
  State to;
};

const std::vector<Transition>& Transitions();

// Where `trigger` by `actor` leads, or nullopt when the table has no such row.
std::optional<State> Next(State from, Trigger trigger, Actor actor);

bool IsFinal(State state);
// "AWAITING_CONTACT": for error metadata, events and logs.
absl::string_view StateName(State state);
absl::string_view TriggerName(Trigger trigger);
absl::string_view ActorName(Actor actor);

inline constexpr State kAllStates[] = {
    State::kAwaitingOwnCode, State::kAwaitingContact, State::kContactCodeSent, State::kHeld,
    State::kInPerson,        State::kApproved,        State::kCompleted,       State::kRejected,
    State::kExpired,         State::kCancelled,       State::kLocked};
inline constexpr Trigger kAllTriggers[] = {
    Trigger::kResendOwnCode,   Trigger::kProveUnguarded, Trigger::kProveGuarded,    Trigger::kAcknowledge,
    Trigger::kSendContactCode, Trigger::kApprove,        Trigger::kReject,          Trigger::kHold,
    Trigger::kRelease,         Trigger::kStartInPerson,  Trigger::kConfirmInPerson, Trigger::kRedeem,
    Trigger::kComplete,        Trigger::kBurnGrant,      Trigger::kExhaustAttempts, Trigger::kCancel,
    Trigger::kExpire};
inline constexpr Actor kAllActors[] = {Actor::kClaimant, Actor::kContact, Actor::kPrincipal,
                                       Actor::kOperator, Actor::kOfficer, Actor::kSystem};

}  // namespace tc::recovery

#include "services/recovery/domain/state.h"

#include <algorithm>

namespace tc::recovery {

const std::vector<Transition>& Transitions() {
  using S = State;
  using T = Trigger;
  using A = Actor;
  static const auto& table = *new std::vector<Transition>{
      {S::kAwaitingOwnCode, T::kResendOwnCode, A::kClaimant, S::kAwaitingOwnCode},
      {S::kAwaitingOwnCode, T::kProveUnguarded, A::kClaimant, S::kApproved},
      {S::kAwaitingOwnCode, T::kProveGuarded, A::kClaimant, S::kAwaitingContact},
      {S::kAwaitingOwnCode, T::kHold, A::kSystem, S::kHeld},
      {S::kAwaitingOwnCode, T::kExhaustAttempts, A::kClaimant, S::kLocked},
      {S::kAwaitingOwnCode, T::kCancel, A::kClaimant, S::kCancelled},
      {S::kAwaitingOwnCode, T::kCancel, A::kPrincipal, S::kCancelled},
      {S::kAwaitingOwnCode, T::kCancel, A::kOperator, S::kCancelled},
      {S::kAwaitingOwnCode, T::kCancel, A::kSystem, S::kCancelled},
      {S::kAwaitingOwnCode, T::kExpire, A::kSystem, S::kExpired},

      {S::kAwaitingContact, T::kAcknowledge, A::kContact, S::kAwaitingContact},
      {S::kAwaitingContact, T::kSendContactCode, A::kContact, S::kContactCodeSent},
      {S::kAwaitingContact, T::kReject, A::kContact, S::kRejected},
      {S::kAwaitingContact, T::kHold, A::kSystem, S::kHeld},
      {S::kAwaitingContact, T::kHold, A::kOperator, S::kHeld},
      {S::kAwaitingContact, T::kStartInPerson, A::kOfficer, S::kInPerson},
      {S::kAwaitingContact, T::kCancel, A::kClaimant, S::kCancelled},
      {S::kAwaitingContact, T::kCancel, A::kPrincipal, S::kCancelled},
      {S::kAwaitingContact, T::kCancel, A::kOperator, S::kCancelled},
      {S::kAwaitingContact, T::kCancel, A::kSystem, S::kCancelled},
      {S::kAwaitingContact, T::kExpire, A::kSystem, S::kExpired},

      {S::kContactCodeSent, T::kAcknowledge, A::kContact, S::kContactCodeSent},
      {S::kContactCodeSent, T::kSendContactCode, A::kContact, S::kContactCodeSent},
      {S::kContactCodeSent, T::kApprove, A::kContact, S::kApproved},
      {S::kContactCodeSent, T::kReject, A::kContact, S::kRejected},
      {S::kContactCodeSent, T::kExhaustAttempts, A::kContact, S::kLocked},
      {S::kContactCodeSent, T::kHold, A::kSystem, S::kHeld},
      {S::kContactCodeSent, T::kHold, A::kOperator, S::kHeld},
      {S::kContactCodeSent, T::kStartInPerson, A::kOfficer, S::kInPerson},
      {S::kContactCodeSent, T::kCancel, A::kClaimant, S::kCancelled},
      {S::kContactCodeSent, T::kCancel, A::kPrincipal, S::kCancelled},
      {S::kContactCodeSent, T::kCancel, A::kOperator, S::kCancelled},
      {S::kContactCodeSent, T::kCancel, A::kSystem, S::kCancelled},
      {S::kContactCodeSent, T::kExpire, A::kSystem, S::kExpired},

      {S::kHeld, T::kRelease, A::kOperator, S::kAwaitingContact},
      {S::kHeld, T::kReject, A::kContact, S::kRejected},
      {S::kHeld, T::kStartInPerson, A::kOfficer, S::kInPerson},
      {S::kHeld, T::kCancel, A::kClaimant, S::kCancelled},
      {S::kHeld, T::kCancel, A::kPrincipal, S::kCancelled},
      {S::kHeld, T::kCancel, A::kOperator, S::kCancelled},
      {S::kHeld, T::kCancel, A::kSystem, S::kCancelled},
      {S::kHeld, T::kExpire, A::kSystem, S::kExpired},

      {S::kInPerson, T::kConfirmInPerson, A::kOfficer, S::kApproved},
      {S::kInPerson, T::kCancel, A::kClaimant, S::kCancelled},
      {S::kInPerson, T::kCancel, A::kPrincipal, S::kCancelled},
      {S::kInPerson, T::kCancel, A::kOperator, S::kCancelled},
      {S::kInPerson, T::kCancel, A::kSystem, S::kCancelled},
      {S::kInPerson, T::kExpire, A::kSystem, S::kExpired},

      {S::kApproved, T::kRedeem, A::kClaimant, S::kApproved},
      {S::kApproved, T::kComplete, A::kClaimant, S::kCompleted},
      {S::kApproved, T::kBurnGrant, A::kClaimant, S::kLocked},
      {S::kApproved, T::kCancel, A::kClaimant, S::kCancelled},
      {S::kApproved, T::kCancel, A::kPrincipal, S::kCancelled},
      {S::kApproved, T::kCancel, A::kOperator, S::kCancelled},
      {S::kApproved, T::kCancel, A::kSystem, S::kCancelled},
      {S::kApproved, T::kExpire, A::kSystem, S::kExpired},
  };
  return table;
}

std::optional<State> Next(State from, Trigger trigger, Actor actor) {
  const auto& table = Transitions();
  const auto row = std::find_if(table.begin(), table.end(), [&](const Transition& t) {
    return t.from == from && t.trigger == trigger && t.actor == actor;
  });
  if (row == table.end()) return std::nullopt;
  return row->to;
}

bool IsFinal(State state) {
  switch (state) {
    case State::kAwaitingOwnCode:
    case State::kAwaitingContact:
    case State::kContactCodeSent:
    case State::kHeld:
    case State::kInPerson:
    case State::kApproved:
      return false;
    case State::kCompleted:
    case State::kRejected:
    case State::kExpired:
    case State::kCancelled:
    case State::kLocked:
      return true;
  }
  return true;
}

absl::string_view StateName(State state) {
  switch (state) {
    case State::kAwaitingOwnCode:
      return "AWAITING_OWN_CODE";
    case State::kAwaitingContact:
      return "AWAITING_CONTACT";
    case State::kContactCodeSent:
      return "CONTACT_CODE_SENT";
    case State::kHeld:
      return "HELD";
    case State::kInPerson:
      return "IN_PERSON";
    case State::kApproved:
      return "APPROVED";
    case State::kCompleted:
      return "COMPLETED";
    case State::kRejected:
      return "REJECTED";
    case State::kExpired:
      return "EXPIRED";
    case State::kCancelled:
      return "CANCELLED";
    case State::kLocked:
      return "LOCKED";
  }
  return "UNKNOWN";
}

absl::string_view TriggerName(Trigger trigger) {
  static constexpr const char* kNames[] = {"resend own code",
                                           "prove unguarded",
                                           "prove guarded",
                                           "acknowledge",
                                           "send contact code",
                                           "approve",
                                           "reject",
                                           "hold",
                                           "release",
                                           "start in person",
                                           "confirm in person",
                                           "redeem",
                                           "complete",
                                           "burn grant",
                                           "exhaust attempts",
                                           "cancel",
                                           "expire"};
  return kNames[static_cast<size_t>(trigger)];
}

absl::string_view ActorName(Actor actor) {
  static constexpr const char* kNames[] = {"claimant", "contact", "principal",
                                           "operator", "officer", "system"};
  return kNames[static_cast<size_t>(actor)];
}

}  // namespace tc::recovery

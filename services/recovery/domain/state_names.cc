#include "services/recovery/domain/state.h"

namespace tc::recovery {

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
                                           "prove own code, nobody guards",
                                           "prove own code, somebody guards",
                                           "acknowledge the warning",
                                           "send contact code",
                                           "approve",
                                           "reject",
                                           "hold",
                                           "release",
                                           "show documents, somebody guards",
                                           "show documents, nobody guards",
                                           "confirm in person",
                                           "redeem the grant",
                                           "complete",
                                           "burn the grant",
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

absl::string_view GuardName(Guard guard) {
  static constexpr const char* kNames[] = {
      "",
      "own code right; nobody guards",
      "own code right; somebody guards; account, addresses and eligibility as they must be",
      "an account, an address, a link or a device is not as it must be",
      "warning acknowledged, no answer is no, thinking time over, phone old enough",
      "session fresh, link and addresses unchanged, both eligible, code and match code right",
      "no attempt is left",
      "somebody is there to answer",
      "documents fit; account active; somebody guards",
      "documents fit; account active; nobody guards",
      "another officer than the first; documents fit; account active; delay over",
      "the grant is this one's, and lives",
      "the password is set, or the purpose's action done",
      "as many refused passwords as allowed",
      "the grant is not being used at this moment",
      "now is not before the end of this state"};
  return kNames[static_cast<size_t>(guard)];
}

absl::string_view EffectName(Effect effect) {
  static constexpr const char* kNames[] = {"tell principal: started",
                                           "ask contact, set reminders",
                                           "tell principal: approved",
                                           "tell principal: rejected",
                                           "tell both: held",
                                           "tell both: in person",
                                           "tell both: ended",
                                           "tell both: completed",
                                           "cancel own code",
                                           "cancel contact code",
                                           "freeze account if fraud",
                                           "RecoveryAwaitingContact",
                                           "RecoveryHeld",
                                           "RecoveryInPerson",
                                           "RecoveryApproved",
                                           "RecoveryRejected",
                                           "RecoveryCompleted",
                                           "RecoveryEnded"};
  return kNames[static_cast<size_t>(effect)];
}

}  // namespace tc::recovery

#include "services/recovery/domain/state.h"

namespace tc::recovery {
namespace {

using S = State;
using T = Trigger;
using A = Actor;
using G = Guard;
using E = Effect;

// clang-format off
constexpr RecoveryTransition kTransitions[] = {
    {S::kAwaitingOwnCode, T::kResendOwnCode, A::kClaimant, G::kNone, S::kAwaitingOwnCode, {}},
    {S::kAwaitingOwnCode, T::kProveUnguarded, A::kClaimant, G::kOwnCodeNobodyGuards, S::kApproved,
     {E::kTellStarted, E::kEventApproved}},
    {S::kAwaitingOwnCode, T::kProveGuarded, A::kClaimant, G::kOwnCodeSomebodyGuards, S::kAwaitingContact,
     {E::kTellStarted, E::kAskContact, E::kEventAwaitingContact}},
    {S::kAwaitingOwnCode, T::kHold, A::kSystem, G::kSomethingWrong, S::kHeld,
     {E::kTellStarted, E::kTellHeld, E::kEventHeld}},
    {S::kAwaitingOwnCode, T::kExhaustAttempts, A::kClaimant, G::kAttemptsUsedUp, S::kLocked,
     {E::kEventEnded}},
    {S::kAwaitingOwnCode, T::kStartInPerson, A::kOfficer, G::kDocumentsSomebodyGuards, S::kInPerson,
     {E::kTellInPerson, E::kCancelOwnCode, E::kEventInPerson}},
    {S::kAwaitingOwnCode, T::kProveInPerson, A::kOfficer, G::kDocumentsNobodyGuards, S::kApproved,
     {E::kTellStarted, E::kCancelOwnCode, E::kEventApproved}},
    {S::kAwaitingOwnCode, T::kCancel, A::kClaimant, G::kNone, S::kCancelled,
     {E::kCancelOwnCode, E::kEventEnded}},
    {S::kAwaitingOwnCode, T::kCancel, A::kPrincipal, G::kNone, S::kCancelled,
     {E::kCancelOwnCode, E::kEventEnded}},
    {S::kAwaitingOwnCode, T::kCancel, A::kSystem, G::kNone, S::kCancelled,
     {E::kCancelOwnCode, E::kEventEnded}},
    {S::kAwaitingOwnCode, T::kExpire, A::kSystem, G::kTimeOver, S::kExpired,
     {E::kCancelOwnCode, E::kEventEnded}},

    {S::kAwaitingContact, T::kAcknowledge, A::kContact, G::kNone, S::kAwaitingContact, {}},
    {S::kAwaitingContact, T::kSendContactCode, A::kContact, G::kWarningRead, S::kContactCodeSent, {}},
    {S::kAwaitingContact, T::kReject, A::kContact, G::kNone, S::kRejected,
     {E::kTellRejected, E::kFreezeOnFraud, E::kEventRejected, E::kEventEnded}},
    {S::kAwaitingContact, T::kHold, A::kSystem, G::kSomethingWrong, S::kHeld, {E::kTellHeld, E::kEventHeld}},
    {S::kAwaitingContact, T::kHold, A::kOperator, G::kNone, S::kHeld, {E::kTellHeld, E::kEventHeld}},
    {S::kAwaitingContact, T::kStartInPerson, A::kOfficer, G::kDocumentsSomebodyGuards, S::kInPerson,
     {E::kTellInPerson, E::kEventInPerson}},
    {S::kAwaitingContact, T::kProveInPerson, A::kOfficer, G::kDocumentsNobodyGuards, S::kApproved,
     {E::kTellStarted, E::kEventApproved}},
    {S::kAwaitingContact, T::kCancel, A::kClaimant, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kAwaitingContact, T::kCancel, A::kPrincipal, G::kNone, S::kCancelled,
     {E::kTellEnded, E::kEventEnded}},
    {S::kAwaitingContact, T::kCancel, A::kSystem, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kAwaitingContact, T::kExpire, A::kSystem, G::kTimeOver, S::kExpired, {E::kTellEnded, E::kEventEnded}},

    {S::kContactCodeSent, T::kAcknowledge, A::kContact, G::kNone, S::kContactCodeSent, {}},
    {S::kContactCodeSent, T::kSendContactCode, A::kContact, G::kWarningRead, S::kContactCodeSent, {}},
    {S::kContactCodeSent, T::kApprove, A::kContact, G::kAllEvidence, S::kApproved,
     {E::kTellApproved, E::kEventApproved}},
    {S::kContactCodeSent, T::kReject, A::kContact, G::kNone, S::kRejected,
     {E::kTellRejected, E::kCancelContactCode, E::kFreezeOnFraud, E::kEventRejected, E::kEventEnded}},
    {S::kContactCodeSent, T::kExhaustAttempts, A::kContact, G::kAttemptsUsedUp, S::kLocked,
     {E::kTellEnded, E::kEventEnded}},
    {S::kContactCodeSent, T::kHold, A::kSystem, G::kSomethingWrong, S::kHeld,
     {E::kTellHeld, E::kCancelContactCode, E::kEventHeld}},
    {S::kContactCodeSent, T::kHold, A::kOperator, G::kNone, S::kHeld,
     {E::kTellHeld, E::kCancelContactCode, E::kEventHeld}},
    {S::kContactCodeSent, T::kStartInPerson, A::kOfficer, G::kDocumentsSomebodyGuards, S::kInPerson,
     {E::kTellInPerson, E::kCancelContactCode, E::kEventInPerson}},
    {S::kContactCodeSent, T::kProveInPerson, A::kOfficer, G::kDocumentsNobodyGuards, S::kApproved,
     {E::kTellStarted, E::kCancelContactCode, E::kEventApproved}},
    {S::kContactCodeSent, T::kCancel, A::kClaimant, G::kNone, S::kCancelled,
     {E::kTellEnded, E::kCancelContactCode, E::kEventEnded}},
    {S::kContactCodeSent, T::kCancel, A::kPrincipal, G::kNone, S::kCancelled,
     {E::kTellEnded, E::kCancelContactCode, E::kEventEnded}},
    {S::kContactCodeSent, T::kCancel, A::kSystem, G::kNone, S::kCancelled,
     {E::kTellEnded, E::kCancelContactCode, E::kEventEnded}},
    {S::kContactCodeSent, T::kExpire, A::kSystem, G::kTimeOver, S::kExpired,
     {E::kTellEnded, E::kCancelContactCode, E::kEventEnded}},

    {S::kHeld, T::kRelease, A::kOperator, G::kContactThere, S::kAwaitingContact,
     {E::kAskContact, E::kEventAwaitingContact}},
    {S::kHeld, T::kReject, A::kContact, G::kNone, S::kRejected,
     {E::kTellRejected, E::kFreezeOnFraud, E::kEventRejected, E::kEventEnded}},
    {S::kHeld, T::kStartInPerson, A::kOfficer, G::kDocumentsSomebodyGuards, S::kInPerson,
     {E::kTellInPerson, E::kEventInPerson}},
    {S::kHeld, T::kProveInPerson, A::kOfficer, G::kDocumentsNobodyGuards, S::kApproved,
     {E::kTellStarted, E::kEventApproved}},
    {S::kHeld, T::kCancel, A::kClaimant, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kHeld, T::kCancel, A::kPrincipal, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kHeld, T::kCancel, A::kSystem, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kHeld, T::kExpire, A::kSystem, G::kTimeOver, S::kExpired, {E::kTellEnded, E::kEventEnded}},

    {S::kInPerson, T::kConfirmInPerson, A::kOfficer, G::kSecondOfficer, S::kApproved,
     {E::kTellApproved, E::kEventApproved}},
    {S::kInPerson, T::kHold, A::kSystem, G::kSomethingWrong, S::kHeld, {E::kTellHeld, E::kEventHeld}},
    {S::kInPerson, T::kHold, A::kOperator, G::kNone, S::kHeld, {E::kTellHeld, E::kEventHeld}},
    {S::kInPerson, T::kCancel, A::kClaimant, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kInPerson, T::kCancel, A::kPrincipal, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kInPerson, T::kCancel, A::kSystem, G::kNone, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kInPerson, T::kExpire, A::kSystem, G::kTimeOver, S::kExpired, {E::kTellEnded, E::kEventEnded}},

    {S::kApproved, T::kRedeem, A::kClaimant, G::kGrantFits, S::kApproved, {}},
    {S::kApproved, T::kComplete, A::kClaimant, G::kActionDone, S::kCompleted,
     {E::kTellCompleted, E::kEventCompleted, E::kEventEnded}},
    {S::kApproved, T::kBurnGrant, A::kClaimant, G::kPasswordsUsedUp, S::kLocked,
     {E::kTellEnded, E::kEventEnded}},
    {S::kApproved, T::kStartInPerson, A::kOfficer, G::kDocumentsSomebodyGuards, S::kInPerson,
     {E::kTellInPerson, E::kEventInPerson}},
    {S::kApproved, T::kProveInPerson, A::kOfficer, G::kDocumentsNobodyGuards, S::kApproved,
     {E::kTellStarted, E::kEventApproved}},
    {S::kApproved, T::kCancel, A::kClaimant, G::kNotCompleting, S::kCancelled,
     {E::kTellEnded, E::kEventEnded}},
    {S::kApproved, T::kCancel, A::kPrincipal, G::kNotCompleting, S::kCancelled,
     {E::kTellEnded, E::kEventEnded}},
    {S::kApproved, T::kCancel, A::kSystem, G::kNotCompleting, S::kCancelled, {E::kTellEnded, E::kEventEnded}},
    {S::kApproved, T::kExpire, A::kSystem, G::kTimeOver, S::kExpired, {E::kTellEnded, E::kEventEnded}},
};
// clang-format on

}  // namespace

absl::Span<const RecoveryTransition> Transitions() { return kTransitions; }

const RecoveryTransition* FindRow(State from, Trigger trigger, Actor actor) {
  return FindTransition(kTransitions, from, trigger, actor);
}

}  // namespace tc::recovery

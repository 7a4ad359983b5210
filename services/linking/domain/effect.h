#pragma once

// The columns of linking's two state machines besides states and triggers: what must hold for a step, and
// what follows from it in the same transaction.

#include "absl/strings/string_view.h"

namespace tc::linking {

// Checked by the domain function that is named; it has a refusal of its own.
enum class Guard {
  kNone,
  kMayInvite,         // RequireEligible, RefuseConflicts, MayInvite
  kMayAccept,         // MayAccept, MayBeGuarded, MayGuardAnother; before the deadline
  kBeforeDeadline,    // now < expire_at
  kTimeOver,          // the deadline, the removal's time, the reminder's time
  kRequirementLost,   // Judge
  kRequirementsMet,   // Judge
  kMayRemove,         // MayRemove
  kNoRecoveryOpen,    // RequireNoOpenRecovery
  kNoOtherRecovery,   // MayConfirmRemoval
  kNotReportedToday,  // ReportDanger
};

enum class Effect {
  // What followers are told.
  kEventInvitationCreated,
  kEventInvitationAccepted,
  kEventInvitationDeclined,
  kEventInvitationCancelled,
  kEventInvitationExpired,
  kEventLinkCreated,
  kEventLinkSuspended,
  kEventLinkResumed,
  kEventLinkRemovalPending,
  kEventLinkRemoved,
  kEventLinkResigned,
  kEventDangerReported,
  // What people are told (L11); see notice.h for whom.
  kTellInvitationSent,
  kTellInvitationReceived,
  kTellInvitationEnded,
  kTellContactLinked,
  kTellPrincipalLinked,
  kTellSuspended,
  kTellResumed,
  kTellRemovalPending,
  kTellRemoved,
  kTellContactRemoved,
  kTellResigned,
  kTellDanger,
  kTellReminder,
  // What is written besides.
  kTakePlace,  // of the principal's one, and of the contact's five
  kFreePlace,
  kScheduleExpiry,
  kScheduleRemoval,
  kScheduleReminder,
  kRecheck,          // both sides, by identity
  kFreezePrincipal,  // his account at identity
};

// For people: "no recovery open"; empty for kNone.
absl::string_view GuardName(Guard guard);
// For people: "event LinkCreated", "tell both: removed".
absl::string_view EffectName(Effect effect);
// "LinkCreated"; empty when the effect is no event.
absl::string_view EventType(Effect effect);

inline constexpr Guard kAllGuards[] = {
    Guard::kNone,           Guard::kMayInvite,       Guard::kMayAccept,       Guard::kBeforeDeadline,
    Guard::kTimeOver,       Guard::kRequirementLost, Guard::kRequirementsMet, Guard::kMayRemove,
    Guard::kNoRecoveryOpen, Guard::kNoOtherRecovery, Guard::kNotReportedToday};
inline constexpr Effect kAllEffects[] = {Effect::kEventInvitationCreated,
                                         Effect::kEventInvitationAccepted,
                                         Effect::kEventInvitationDeclined,
                                         Effect::kEventInvitationCancelled,
                                         Effect::kEventInvitationExpired,
                                         Effect::kEventLinkCreated,
                                         Effect::kEventLinkSuspended,
                                         Effect::kEventLinkResumed,
                                         Effect::kEventLinkRemovalPending,
                                         Effect::kEventLinkRemoved,
                                         Effect::kEventLinkResigned,
                                         Effect::kEventDangerReported,
                                         Effect::kTellInvitationSent,
                                         Effect::kTellInvitationReceived,
                                         Effect::kTellInvitationEnded,
                                         Effect::kTellContactLinked,
                                         Effect::kTellPrincipalLinked,
                                         Effect::kTellSuspended,
                                         Effect::kTellResumed,
                                         Effect::kTellRemovalPending,
                                         Effect::kTellRemoved,
                                         Effect::kTellContactRemoved,
                                         Effect::kTellResigned,
                                         Effect::kTellDanger,
                                         Effect::kTellReminder,
                                         Effect::kTakePlace,
                                         Effect::kFreePlace,
                                         Effect::kScheduleExpiry,
                                         Effect::kScheduleRemoval,
                                         Effect::kScheduleReminder,
                                         Effect::kRecheck,
                                         Effect::kFreezePrincipal};

}  // namespace tc::linking

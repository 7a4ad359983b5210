// The state machine of a link.

#include "services/linking/domain/link.h"

namespace tc::linking {
namespace {

using Act = Actor;
using Do = Effect;
using If = Guard;
using On = LinkTrigger;
using In = LinkState;

constexpr Effects<Do> kRemovalBegun = {Do::kEventLinkRemovalPending, Do::kTellRemovalPending,
                                       Do::kScheduleRemoval};
constexpr Effects<Do> kGone = {Do::kEventLinkRemoved, Do::kFreePlace, Do::kTellRemoved};
constexpr Effects<Do> kPrincipalGone = {Do::kEventLinkRemoved, Do::kFreePlace, Do::kTellContactRemoved};
constexpr Effects<Do> kLeft = {Do::kEventLinkResigned, Do::kFreePlace, Do::kTellResigned};
constexpr Effects<Do> kDanger = {Do::kEventDangerReported, Do::kFreezePrincipal, Do::kTellDanger};
constexpr Effects<Do> kAsked = {Do::kTellReminder, Do::kScheduleReminder};

constexpr LinkTransition kLinkTransitions[] = {
    {In::kNew,
     On::kAccept,
     Act::kContact,
     If::kMayAccept,
     In::kActive,
     {Do::kEventLinkCreated, Do::kTakePlace, Do::kTellContactLinked, Do::kTellPrincipalLinked,
      Do::kScheduleReminder, Do::kRecheck}},

    {In::kActive,
     On::kSuspend,
     Act::kService,
     If::kRequirementLost,
     In::kSuspended,
     {Do::kEventLinkSuspended, Do::kTellSuspended}},
    // For another reason: the principal has been told that the contact cannot confirm.
    {In::kSuspended,
     On::kSuspend,
     Act::kService,
     If::kRequirementLost,
     In::kSuspended,
     {Do::kEventLinkSuspended}},
    {In::kSuspended,
     On::kResume,
     Act::kService,
     If::kRequirementsMet,
     In::kActive,
     {Do::kEventLinkResumed, Do::kTellResumed}},

    {In::kActive, On::kRemove, Act::kPrincipal, If::kMayRemove, In::kRemovalPending, kRemovalBegun},
    {In::kSuspended, On::kRemove, Act::kPrincipal, If::kMayRemove, In::kRemovalPending, kRemovalBegun},
    {In::kRemovalPending, On::kCompleteRemoval, Act::kTime, If::kTimeOver, In::kRemoved, kGone},

    {In::kActive, On::kConfirmRemoval, Act::kService, If::kNoOtherRecovery, In::kRemoved, kGone},
    {In::kSuspended, On::kConfirmRemoval, Act::kService, If::kNoOtherRecovery, In::kRemoved, kGone},
    {In::kRemovalPending, On::kConfirmRemoval, Act::kService, If::kNoOtherRecovery, In::kRemoved, kGone},

    {In::kActive, On::kResign, Act::kContact, If::kNoRecoveryOpen, In::kResigned, kLeft},
    {In::kSuspended, On::kResign, Act::kContact, If::kNoRecoveryOpen, In::kResigned, kLeft},

    {In::kActive, On::kReportDanger, Act::kContact, If::kNotReportedToday, In::kActive, kDanger},
    {In::kSuspended, On::kReportDanger, Act::kContact, If::kNotReportedToday, In::kSuspended, kDanger},
    {In::kRemovalPending, On::kReportDanger, Act::kContact, If::kNotReportedToday, In::kRemovalPending,
     kDanger},

    {In::kActive, On::kRemind, Act::kTime, If::kTimeOver, In::kActive, kAsked},
    {In::kSuspended, On::kRemind, Act::kTime, If::kTimeOver, In::kSuspended, kAsked},

    {In::kActive, On::kErasePrincipal, Act::kService, If::kNone, In::kRemoved, kPrincipalGone},
    {In::kSuspended, On::kErasePrincipal, Act::kService, If::kNone, In::kRemoved, kPrincipalGone},
    {In::kRemovalPending, On::kErasePrincipal, Act::kService, If::kNone, In::kRemoved, kPrincipalGone},
};

}  // namespace

absl::Span<const LinkTransition> LinkTransitions() { return kLinkTransitions; }

const LinkTransition* FindRow(LinkState from, LinkTrigger trigger, Actor actor) {
  return FindTransition(kLinkTransitions, from, trigger, actor);
}

}  // namespace tc::linking

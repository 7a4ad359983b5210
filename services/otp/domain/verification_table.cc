// The state machine of a verification.

#include "services/otp/domain/verification.h"

namespace tc::otp {
namespace {

using Act = VerificationActor;
using Do = VerificationEffect;
using If = VerificationGuard;
using On = VerificationTrigger;
using In = VerificationState;

constexpr VerificationTransition kTransitions[] = {
    {In::kPending, On::kCharge, Act::kCaller, If::kMayTry, In::kPending, {}},
    {In::kPending,
     On::kApprove,
     Act::kCaller,
     If::kCodeRight,
     In::kApproved,
     {Do::kEventApproved, Do::kScheduleEndOfApproval}},
    {In::kPending,
     On::kResend,
     Act::kCaller,
     If::kMayResend,
     In::kPending,
     {Do::kEventResent, Do::kScheduleEnd}},
    {In::kPending, On::kCancel, Act::kCaller, If::kInTime, In::kCancelled, {Do::kEventCancelled}},
    {In::kPending, On::kExpire, Act::kTime, If::kTimeOver, In::kExpired, {Do::kEventExpired}},
    {In::kPending, On::kLock, Act::kTime, If::kAttemptsUsedUp, In::kLocked, {Do::kEventLocked}},

    {In::kApproved, On::kConsume, Act::kCaller, If::kInTime, In::kConsumed, {Do::kEventConsumed}},
    {In::kApproved, On::kCancel, Act::kCaller, If::kInTime, In::kCancelled, {Do::kEventCancelled}},
    {In::kApproved, On::kExpire, Act::kTime, If::kTimeOver, In::kExpired, {Do::kEventExpired}},
};

}  // namespace

absl::Span<const VerificationTransition> VerificationTransitions() { return kTransitions; }

}  // namespace tc::otp

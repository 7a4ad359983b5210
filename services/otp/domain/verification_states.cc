// The names of a verification's parts; its machine is in verification_table.cc, the rules of the steps in
// verification.cc.

#include "absl/strings/strip.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {
namespace {

using S = VerificationState;

constexpr absl::string_view kEvent = "event ";

}  // namespace

bool IsFinal(S state) { return state != S::kPending && state != S::kApproved; }

absl::string_view PurposeName(Purpose purpose) {
  switch (purpose) {
    case Purpose::kPhoneBinding:
      return "PHONE_BINDING";
    case Purpose::kEmailBinding:
      return "EMAIL_BINDING";
    case Purpose::kRecoveryClaim:
      return "RECOVERY_CLAIM";
    case Purpose::kRecoveryApproval:
      return "RECOVERY_APPROVAL";
    case Purpose::kSecondFactor:
      return "SECOND_FACTOR";
  }
  return "";
}

absl::string_view StateName(S state) {
  switch (state) {
    case S::kPending:
      return "PENDING";
    case S::kApproved:
      return "APPROVED";
    case S::kConsumed:
      return "CONSUMED";
    case S::kExpired:
      return "EXPIRED";
    case S::kLocked:
      return "LOCKED";
    case S::kCancelled:
      return "CANCELLED";
  }
  return "";
}

absl::string_view TriggerName(VerificationTrigger trigger) {
  switch (trigger) {
    case VerificationTrigger::kCharge:
      return "try a code";
    case VerificationTrigger::kApprove:
      return "approve";
    case VerificationTrigger::kResend:
      return "send a new code";
    case VerificationTrigger::kCancel:
      return "cancel, or make another";
    case VerificationTrigger::kConsume:
      return "consume";
    case VerificationTrigger::kExpire:
      return "expire";
    case VerificationTrigger::kLock:
      return "lock";
  }
  return "";
}

absl::string_view ActorName(VerificationActor actor) {
  switch (actor) {
    case VerificationActor::kCaller:
      return "caller";
    case VerificationActor::kTime:
      return "time";
  }
  return "";
}

absl::string_view GuardName(VerificationGuard guard) {
  switch (guard) {
    case VerificationGuard::kMayTry:
      return "in time, an attempt left, the delay over, within the limits of person and address, challenge "
             "passed if one is due";
    case VerificationGuard::kCodeRight:
      return "the code is right, in time and not replaced";
    case VerificationGuard::kMayResend:
      return "in time, an attempt and a send left, the delay over, within the limits";
    case VerificationGuard::kInTime:
      return "in time";
    case VerificationGuard::kTimeOver:
      return "time over";
    case VerificationGuard::kAttemptsUsedUp:
      return "time over, no attempt left";
  }
  return "";
}

absl::string_view EffectName(VerificationEffect effect) {
  switch (effect) {
    case VerificationEffect::kEventResent:
      return "event VerificationResent";
    case VerificationEffect::kEventApproved:
      return "event VerificationApproved";
    case VerificationEffect::kEventConsumed:
      return "event VerificationConsumed";
    case VerificationEffect::kEventCancelled:
      return "event VerificationCancelled";
    case VerificationEffect::kEventExpired:
      return "event VerificationExpired";
    case VerificationEffect::kEventLocked:
      return "event VerificationLocked";
    case VerificationEffect::kScheduleEnd:
      return "schedule the end";
    case VerificationEffect::kScheduleEndOfApproval:
      return "schedule the approval's end";
  }
  return "";
}

absl::string_view EventType(VerificationEffect effect) {
  absl::string_view name = EffectName(effect);
  return absl::ConsumePrefix(&name, kEvent) ? name : absl::string_view();
}

bool Allows(Purpose purpose, Channel channel) {
  if (channel == Channel::kPush) return false;
  if (purpose == Purpose::kRecoveryClaim) return true;
  return (purpose == Purpose::kEmailBinding) == (channel == Channel::kEmail);
}

}  // namespace tc::otp

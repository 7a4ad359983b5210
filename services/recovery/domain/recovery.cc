#include "services/recovery/domain/recovery.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "services/recovery/domain/grant.h"

namespace tc::recovery {
namespace {

absl::Status RefuseStep(const Recovery& recovery, Trigger trigger) {
  using enum absl::StatusCode;
  const absl::string_view state = StateName(recovery.state);
  if (recovery.state == State::kExpired) {
    return Refuse(kFailedPrecondition, Reason::kRecoveryExpired, "the recovery has expired")
        .With("state", state);
  }
  if (IsFinal(recovery.state)) {
    return Refuse(kFailedPrecondition, Reason::kRecoveryClosed, "the recovery has ended")
        .With("state", state);
  }
  if (recovery.state == State::kHeld) {
    return Refuse(kFailedPrecondition, Reason::kRecoveryHeld, "the recovery is held").With("state", state);
  }
  return Refuse(kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                absl::StrCat("the recovery does not allow this step (", TriggerName(trigger), ") now"))
      .With("state", state);
}

}  // namespace

absl::Time ExpiresAt(const Recovery& recovery) {
  if (IsFinal(recovery.state)) return absl::InfiniteFuture();
  if (!recovery.grant.redemption.has_value()) return recovery.expires_at;
  return std::max(recovery.expires_at, recovery.grant.redemption->started_at + kRedemptionSettles);
}

Recovery AsOf(const Recovery& recovery, absl::Time now) {
  const absl::Time end = ExpiresAt(recovery);
  if (now < end) return recovery;
  const RecoveryTransition* row = FindRow(recovery.state, Trigger::kExpire, Actor::kSystem);
  if (row == nullptr) return recovery;
  Recovery expired = recovery;
  expired.ended_from = recovery.state;
  expired.state = row->to;
  expired.ended_at = end;
  expired.taken.push_back(*row);
  return expired;
}

absl::StatusOr<Recovery> Move(const Recovery& recovery, Trigger trigger, Actor actor, absl::Time now) {
  const Recovery current = AsOf(recovery, now);
  const RecoveryTransition* row = FindRow(current.state, trigger, actor);
  if (row == nullptr) return RefuseStep(current, trigger);
  Recovery next = current;
  next.state = row->to;
  next.taken.push_back(*row);
  if (IsFinal(row->to)) {
    next.ended_at = now;
    next.ended_from = current.state;
  }
  return next;
}

bool IsProved(const Recovery& recovery) { return recovery.proved_at != absl::InfiniteFuture(); }

absl::Time KeptUntil(const Recovery& recovery) {
  const absl::Time end = recovery.ended_at.value_or(recovery.expires_at);
  return end + (IsProved(recovery) ? recovery.policy.retention : absl::Hours(24));
}

bool IsBeforeContact(const Recovery& recovery) {
  return recovery.state == State::kAwaitingContact || recovery.state == State::kContactCodeSent ||
         recovery.state == State::kHeld;
}

absl::string_view PurposeName(Purpose purpose) {
  static constexpr const char* kNames[] = {"", "PASSWORD", "PHONE_CHANGE", "CONTACT_REMOVAL", "UNFREEZE"};
  return kNames[static_cast<size_t>(purpose)];
}

absl::string_view RejectReasonName(RejectReason reason) {
  static constexpr const char* kNames[] = {"", "FRAUD", "UNKNOWN_PERSON", "NOT_REACHED", "OTHER"};
  return kNames[static_cast<size_t>(reason)];
}

absl::string_view HoldReasonName(HoldReason reason) {
  static constexpr const char* kNames[] = {"",
                                           "PRINCIPAL_NOT_ELIGIBLE",
                                           "CONTACT_NOT_ELIGIBLE",
                                           "PRINCIPAL_ADDRESS_CHANGED",
                                           "CONTACT_PHONE_CHANGED",
                                           "CONTACT_PHONE_TOO_NEW",
                                           "GUARD_CHANGED",
                                           "ACCOUNT_NOT_ACTIVE",
                                           "MUTUAL_RECOVERY",
                                           "SAME_DEVICE",
                                           "OPERATOR"};
  return kNames[static_cast<size_t>(reason)];
}

absl::string_view CancellerName(Canceller canceller) {
  static constexpr const char* kNames[] = {"", "CLAIMANT", "PRINCIPAL", "NOT_ME", "OPERATOR", "SYSTEM"};
  return kNames[static_cast<size_t>(canceller)];
}

}  // namespace tc::recovery

#include "services/recovery/domain/grant.h"

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/secret.h"
#include "common/base/status.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;

bool IsSame(const Recovery& recovery, const Redemption& redemption) {
  const std::optional<Redemption>& marked = recovery.grant.redemption;
  return marked.has_value() && marked->redeemer == redemption.redeemer &&
         marked->started_at == redemption.started_at;
}

bool IsBurnt(const Recovery& recovery) {
  return recovery.state == State::kLocked && recovery.grant.refused >= recovery.policy.refused_passwords;
}

}  // namespace

absl::Status RefuseBurnt() {
  return Refuse(kFailedPrecondition, Reason::kGrantBurnt, "too many refused passwords: the grant is void");
}

absl::Status RefuseUsed() {
  return Refuse(kFailedPrecondition, Reason::kGrantUsed, "the grant has set a password already");
}

int PasswordsLeft(const Recovery& recovery) {
  return std::max(0, recovery.policy.refused_passwords - recovery.grant.refused);
}

absl::StatusOr<Recovery> BeginRedemption(const Recovery& recovery, const std::string& grant_hash,
                                         const std::string& redeemer, absl::Time now) {
  const Recovery current = AsOf(recovery, now);
  if (current.grant.hash.empty()) {
    TRY(Move(current, Trigger::kRedeem, Actor::kClaimant, now));  // says why there is no grant
  }
  if (Secret(current.grant.hash) != Secret(grant_hash)) {
    return Refuse(kPermissionDenied, Reason::kGrantInvalid, "this is not the grant of this recovery");
  }
  if (current.state == State::kCompleted) return RefuseUsed();
  if (current.state == State::kExpired) {
    return Refuse(kFailedPrecondition, Reason::kGrantExpired, "the grant has expired");
  }
  if (IsBurnt(current)) return RefuseBurnt();
  Recovery next = TRY(Move(current, Trigger::kRedeem, Actor::kClaimant, now));
  const std::optional<Redemption>& marked = current.grant.redemption;
  if (!marked.has_value()) {
    next.grant.redemption = Redemption{redeemer, now, false};
    return next;
  }
  const absl::Duration age = now - marked->started_at;
  if (marked->redeemer == redeemer) {
    if (age >= kSameProofFor) next.grant.redemption->started_at = now;
    return next;
  }
  if (age < kTakeOverAfter) {
    return Refuse(kFailedPrecondition, Reason::kRecoveryCompleting,
                  "a new password is being set with this grant")
        .RetryAfter(kTakeOverAfter - age);
  }
  next.grant.redemption = Redemption{redeemer, now, true};
  return next;
}

absl::StatusOr<Recovery> Complete(const Recovery& recovery, absl::Time now) {
  // Judged as of the redemption: the clock must not take away what identity has done already.
  const absl::Time judged = std::min(now, ExpiresAt(recovery) - absl::Microseconds(1));
  Recovery next = TRY(Move(recovery, Trigger::kComplete, Actor::kClaimant, judged));
  next.ended_at = now;
  next.grant.redemption.reset();
  return next;
}

absl::StatusOr<Recovery> RefusePassword(const Recovery& recovery, const Redemption& redemption,
                                        absl::Time now) {
  if (!IsSame(recovery, redemption)) return recovery;
  Recovery next = recovery;
  next.grant.redemption.reset();
  next.grant.refused += 1;
  if (next.grant.refused < recovery.policy.refused_passwords) return next;
  // Burnt in any case: one that expired in the same moment needs no second end.
  if (AsOf(next, now).state == State::kExpired) return AsOf(next, now);
  return Move(next, Trigger::kBurnGrant, Actor::kClaimant, now);
}

Recovery AbandonRedemption(const Recovery& recovery, const Redemption& redemption) {
  if (!IsSame(recovery, redemption)) return recovery;
  Recovery next = recovery;
  next.grant.redemption.reset();
  return next;
}

}  // namespace tc::recovery

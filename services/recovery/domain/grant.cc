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
         marked->started_at == redemption.started_at && marked->asked_at == redemption.asked_at;
}

bool IsBurnt(const Recovery& recovery) {
  return recovery.state == State::kLocked && recovery.grant.refused >= recovery.policy.refused_passwords;
}

}  // namespace

absl::Status RefuseBurnt() {
  return Refuse(kFailedPrecondition, Reason::kGrantBurnt, "too many refused passwords: the grant is void");
}

absl::Status RefuseUsed() {
  return Refuse(kFailedPrecondition, Reason::kGrantUsed, "the grant has been used already");
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
    next.grant.redemption = Redemption{redeemer, now, now, absl::InfinitePast(), false};
    return next;
  }
  const bool by_proof = recovery.purpose == Purpose::kPassword;
  if (marked->redeemer == redeemer) {
    Redemption& again = *next.grant.redemption;
    if (by_proof && now - marked->started_at >= kSameProofFor) again.started_at = now;
    again.asked_before = marked->asked_at;
    again.asked_at = now;
    return next;
  }
  const absl::Duration quiet = now - marked->asked_at;
  if (quiet < kTakeOverAfter) {
    return Refuse(kFailedPrecondition, Reason::kRecoveryCompleting, "this grant is being used")
        .RetryAfter(kTakeOverAfter - quiet);
  }
  const absl::Time started_at = by_proof ? now : marked->started_at;
  next.grant.redemption = Redemption{redeemer, started_at, now, absl::InfinitePast(), true};
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

absl::StatusOr<UsedBefore> CompleteUsed(const Recovery& recovery, const Redemption& redemption,
                                        absl::Time now) {
  const std::optional<Redemption>& marked = recovery.grant.redemption;
  const bool mine = marked.has_value() && marked->redeemer == redemption.redeemer && !marked->mixed;
  return UsedBefore{mine, TRY(Complete(recovery, now))};
}

Recovery AbandonRedemption(const Recovery& recovery, const Redemption& redemption, absl::Time now) {
  const bool earlier_under_way = now - redemption.asked_before < kTakeOverAfter;
  if (!IsSame(recovery, redemption) || earlier_under_way) return recovery;
  Recovery next = recovery;
  next.grant.redemption.reset();
  return next;
}

}  // namespace tc::recovery

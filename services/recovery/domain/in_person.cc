#include "services/recovery/domain/in_person.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/recovery/domain/grant.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;

// A password may still be on its way when the grant ends (kRedemptionSettles); linking's clock is not ours.
constexpr absl::Duration kHoldMargin = absl::Minutes(2);

absl::StatusOr<Recovery> MoveByOfficer(const Recovery& recovery, Trigger trigger, absl::Time now) {
  Recovery next = TRY(Move(recovery, trigger, Actor::kOfficer, now));
  if (recovery.grant.redemption.has_value()) {
    return Refuse(kFailedPrecondition, Reason::kRecoveryCompleting,
                  "a new password is being set; it is too late for the way in person");
  }
  if (recovery.decoy)
    return Refuse(kInternal, Reason::kInternal, "a decoy belongs to nobody who could come in person");
  return next;
}

// What was known or half done of the way before.
void ForgetFormerWay(Recovery& recovery) {
  recovery.purpose = Purpose::kPassword;
  recovery.grant = Grant();
  recovery.match_code.clear();
  recovery.match_misses.clear();
  // Serials stay: they name what is to be cancelled, and must not be used again.
  recovery.own_code.status = CodeStatus();
  recovery.contact_code.status = CodeStatus();
  recovery.warning_version.clear();
  recovery.acknowledged_at.reset();
  recovery.answers.clear();
  recovery.hold_reason = HoldReason::kNone;
  recovery.early_news = HoldReason::kNone;
  recovery.client = ClientContext();
}

void SetGuard(Recovery& recovery, const InPersonStart& start, absl::Time now) {
  if (SameGuard(recovery, start.guard)) return;  // the number that he had when he was asked stays (REC-21)
  const bool guarded = start.guard.guarded;
  recovery.link = guarded ? start.guard.link : LinkId();
  recovery.contact = guarded ? start.guard.contact : AccountId();
  recovery.contact_phone_index = guarded ? start.contact_phone_index : std::string();
  recovery.assigned_at = guarded ? now : absl::Time();
}

}  // namespace

absl::Time HoldInPersonUntil(const Policy& policy, absl::Time now) {
  return now + policy.in_person_delay + policy.in_person_window + policy.grant_lifetime + kHoldMargin;
}

absl::StatusOr<Recovery> TakeHoldInPerson(const Recovery& recovery, absl::Time now) {
  // Both ways are open from the same states; the table is asked for one of them.
  TRY(MoveByOfficer(recovery, Trigger::kStartInPerson, now));
  Recovery next = recovery;
  next.hold_taken = true;
  return next;
}

absl::StatusOr<Recovery> StartInPerson(const Recovery& recovery, const InPersonStart& start, absl::Time now) {
  const bool guarded = start.guard.guarded;
  Recovery next =
      TRY(MoveByOfficer(recovery, guarded ? Trigger::kStartInPerson : Trigger::kProveInPerson, now));
  ForgetFormerWay(next);
  SetGuard(next, start, now);
  next.nonce = start.nonce;
  next.capability_hash = start.capability_hash;
  next.not_me_hash = start.not_me_hash;
  next.proved_at = std::min(recovery.proved_at, now);
  next.in_person = InPerson();
  next.in_person->officer = start.visit.officer;
  next.in_person->peer = start.visit.peer;
  next.in_person->visit = start.visit.number;
  next.in_person->started_at = now;
  if (guarded) {
    next.in_person->confirm_at = now + recovery.policy.in_person_delay;
    next.expires_at = next.in_person->confirm_at + recovery.policy.in_person_window;
    next.deadline = next.expires_at + recovery.policy.grant_lifetime;
  } else {
    next.grant.hash = start.grant_hash;
    next.expires_at = now + recovery.policy.grant_lifetime;
    next.deadline = next.expires_at;
  }
  return next;
}

absl::StatusOr<Recovery> ConfirmInPerson(const Recovery& recovery, const Visit& visit,
                                         const std::string& grant_hash, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kConfirmInPerson, Actor::kOfficer, now));
  // Also at another organisation: that they are two must be beyond doubt.
  if (absl::EqualsIgnoreCase(visit.officer, recovery.in_person->officer)) {
    return Refuse(kFailedPrecondition, Reason::kSamePerson, "another officer must confirm");
  }
  const absl::Duration wait = recovery.in_person->confirm_at - now;
  if (wait > absl::ZeroDuration()) {
    return Refuse(kFailedPrecondition, Reason::kDelayNotOver,
                  "the time in which everybody concerned can object is not over")
        .RetryAfter(wait);
  }
  next.in_person->second_officer = visit.officer;
  next.in_person->second_peer = visit.peer;
  next.in_person->second_visit = visit.number;
  next.in_person->confirmed_at = now;
  next.grant = Grant{grant_hash, 0, std::nullopt};
  next.expires_at = std::min(now + recovery.policy.grant_lifetime, recovery.deadline);
  return next;
}

}  // namespace tc::recovery

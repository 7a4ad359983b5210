#include "services/linking/domain/protection.h"

#include <algorithm>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/domain/limits.h"
#include "services/linking/domain/verdict.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kResourceExhausted;

constexpr size_t kMaxHolds = 8;
constexpr absl::Duration kBetweenReports = absl::Hours(24);  // L10: once a day

absl::Status RecoveryIsOpen() {
  return Refuse(kFailedPrecondition, Reason::kRecoveryOpen,
                "a recovery is open; the link can be ended after it");
}

}  // namespace

bool RecoveryOpen(const Protection& protection, absl::Time now) {
  return std::any_of(protection.holds.begin(), protection.holds.end(),
                     [now](const Hold& hold) { return now < hold.until; });
}

absl::Status RequireNoOpenRecovery(const Protection& protection, absl::Time now) {
  return RecoveryOpen(protection, now) ? RecoveryIsOpen() : absl::OkStatus();
}

absl::Status AddHold(Protection& protection, Hold hold, absl::Time now) {
  std::vector<Hold>& holds = protection.holds;
  for (const Hold& h : holds) {
    // A call that was late must not shorten what a later step of the same recovery needs.
    if (h.recovery == hold.recovery) hold.until = std::max(hold.until, h.until);
  }
  std::erase_if(holds, [&](const Hold& h) { return h.until <= now || h.recovery == hold.recovery; });
  if (holds.size() >= kMaxHolds) {
    return Refuse(kResourceExhausted, Reason::kRateLimited, "too many recoveries hold this link")
        .RetryAfter(holds.front().until - now);
  }
  holds.push_back(std::move(hold));
  return absl::OkStatus();
}

bool EndHold(Protection& protection, absl::string_view recovery) {
  return std::erase_if(protection.holds, [&](const Hold& h) { return h.recovery == recovery; }) > 0;
}

void Freeze(Protection& protection, absl::Time until, absl::Time now) {
  protection.frozen_until = std::max(protection.frozen_until, std::min(until, now + kLongestFreeze));
}

void Restrict(Protection& protection, absl::Time until, absl::Time now) {
  protection.restricted_until = std::max(protection.restricted_until, std::min(until, now + kLongestFreeze));
}

absl::Status RequireNotFrozen(const Protection& protection, absl::Time now) {
  if (now >= protection.frozen_until) return absl::OkStatus();
  return Refuse(kFailedPrecondition, Reason::kAccountFrozen,
                "danger was reported; the trusted contact cannot be changed yet")
      .RetryAfter(protection.frozen_until - now);
}

absl::Status RefuseRestricted(absl::Time until, absl::Time now) {
  if (now >= until) return absl::OkStatus();
  return Refuse(kFailedPrecondition, Reason::kRestrictedAfterRecovery,
                "the password was recovered just now; the trusted contact cannot be changed yet")
      .RetryAfter(until - now);
}

absl::Status RequireChangeable(const Protection& protection, absl::Time now) {
  TRY(RequireNotFrozen(protection, now));
  return RefuseRestricted(protection.restricted_until, now);
}

absl::Time RemovalDue(const Link& link, const Protection& protection) {
  if (link.state != LinkState::kRemovalPending) return absl::InfiniteFuture();
  absl::Time due = std::max({link.removal_at, protection.frozen_until, protection.restricted_until});
  for (const Hold& hold : protection.holds) due = std::max(due, hold.until);
  return due;
}

LinkState StateAt(const Link& link, const Protection& protection, absl::Time now) {
  return now >= RemovalDue(link, protection) ? LinkState::kRemoved : link.state;
}

absl::Status MayInvite(const Protection& protection, const Policy& policy, absl::Time now) {
  TRY(RequireChangeable(protection, now));
  if (protection.link.has_value()) {
    return Refuse(kFailedPrecondition, Reason::kContactAlreadyLinked, "there is a trusted contact already");
  }
  if (protection.pending.has_value()) {
    return Refuse(kFailedPrecondition, Reason::kInvitationPending, "an invitation is open; cancel it first");
  }
  return WithinLimit(protection.recent_invitations, policy.invitations_per_principal, now);
}

absl::Status MayBeGuarded(const Protection& protection, absl::Time now) {
  if (protection.link.has_value()) {
    return Refuse(kFailedPrecondition, Reason::kContactAlreadyLinked, "there is a trusted contact already");
  }
  const bool bound = RecoveryOpen(protection, now) || !RequireChangeable(protection, now).ok();
  return bound ? NotForYouNow() : absl::OkStatus();
}

absl::Status MayRemove(const Protection& protection, const Policy& policy, absl::Time now) {
  TRY(RequireNoOpenRecovery(protection, now));
  TRY(RequireChangeable(protection, now));
  if (!policy.removal_confirmed) return absl::OkStatus();
  return Refuse(kFailedPrecondition, Reason::kConfirmationRequired,
                "the trusted contact must agree: start a recovery of this purpose")
      .With("purpose", "CONTACT_REMOVAL");
}

absl::Status MayConfirmRemoval(const Protection& protection, absl::string_view recovery, absl::Time now) {
  for (const Hold& hold : protection.holds) {
    if (now < hold.until && hold.recovery != recovery) return RecoveryIsOpen();
  }
  return RequireNotFrozen(protection, now);
}

absl::StatusOr<Link> ReportDanger(Link link, Protection& protection, const Policy& policy, absl::Time now) {
  link = TRY(Apply(std::move(link), LinkTrigger::kReportDanger, Actor::kContact, now));
  if (link.danger_at != absl::InfiniteFuture() && now < link.danger_at + kBetweenReports) {
    return Refuse(kResourceExhausted, Reason::kRateLimited, "danger can be reported once in 24 hours")
        .RetryAfter(link.danger_at + kBetweenReports - now);
  }
  link.danger_at = now;
  Freeze(protection, now + policy.danger_freeze, now);
  return link;
}

}  // namespace tc::linking

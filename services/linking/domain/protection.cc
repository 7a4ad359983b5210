#include "services/linking/domain/protection.h"

#include <algorithm>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/domain/limits.h"

namespace tc::linking {
namespace {

constexpr size_t kMaxHolds = 8;

}  // namespace

bool RecoveryOpen(const Protection& protection, absl::Time now) {
  return std::any_of(protection.holds.begin(), protection.holds.end(),
                     [now](const Hold& hold) { return now < hold.until; });
}

absl::Status RequireNoOpenRecovery(const Protection& protection, absl::Time now) {
  if (!RecoveryOpen(protection, now)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kRecoveryOpen,
                "a recovery is open; the link can be ended after it");
}

absl::Status AddHold(Protection& protection, Hold hold, absl::Time now) {
  std::vector<Hold>& holds = protection.holds;
  std::erase_if(holds, [&](const Hold& h) { return h.until <= now || h.recovery == hold.recovery; });
  if (holds.size() >= kMaxHolds) {
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kRateLimited,
                  "too many recoveries hold this link")
        .RetryAfter(holds.front().until - now);
  }
  holds.push_back(std::move(hold));
  return absl::OkStatus();
}

bool EndHold(Protection& protection, absl::string_view recovery) {
  return std::erase_if(protection.holds, [&](const Hold& h) { return h.recovery == recovery; }) > 0;
}

absl::Time RemovalDue(const Link& link, const Protection& protection) {
  if (link.state != LinkState::kRemovalPending) return absl::InfiniteFuture();
  absl::Time due = link.removal_at;
  for (const Hold& hold : protection.holds) due = std::max(due, hold.until);
  return due;
}

LinkState StateAt(const Link& link, const Protection& protection, absl::Time now) {
  return now >= RemovalDue(link, protection) ? LinkState::kRemoved : link.state;
}

absl::Status MayInvite(const Protection& protection, const Policy& policy, absl::Time now) {
  TRY(MayBeGuarded(protection));
  if (protection.pending.has_value()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kInvitationPending,
                  "an invitation is open; cancel it first");
  }
  return WithinLimit(protection.recent_invitations, policy.invitations_per_principal, now);
}

absl::Status MayBeGuarded(const Protection& protection) {
  if (!protection.link.has_value()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kContactAlreadyLinked,
                "there is a trusted contact already");
}

}  // namespace tc::linking

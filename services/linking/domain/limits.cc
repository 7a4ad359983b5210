#include "services/linking/domain/limits.h"

#include "common/base/refusal.h"

namespace tc::linking {

void DropOld(std::vector<absl::Time>& recent, absl::Time now) {
  std::erase_if(recent, [now](absl::Time t) { return now >= t + kWindow; });
}

absl::Status WithinLimit(const std::vector<absl::Time>& recent, int64_t limit, absl::Time now) {
  std::vector<absl::Time> counted = recent;
  DropOld(counted, now);
  const auto over = static_cast<int64_t>(counted.size()) - limit;
  if (over < 0) return absl::OkStatus();
  const absl::Time free_at = counted[static_cast<size_t>(over)] + kWindow;
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kInvitationLimitReached,
                "too many invitations within 24 hours")
      .RetryAfter(absl::Ceil(free_at - now, absl::Minutes(1)));
}

bool Full(const Duty& duty, const Policy& policy) {
  return static_cast<int64_t>(duty.links.size()) >= policy.principals_per_contact;
}

absl::Status MayGuardAnother(const Duty& duty, const Policy& policy) {
  if (!Full(duty, policy)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kPrincipalLimitReached,
                "you guard as many principals as one contact may");
}

}  // namespace tc::linking

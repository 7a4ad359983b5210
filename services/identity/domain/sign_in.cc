#include "services/identity/domain/sign_in.h"

#include <algorithm>

namespace tc::identity {

bool MaySignIn(const Account& account, absl::Time now) {
  const State state = StateAt(account, now);
  const bool locked = account.lock.has_value() && now < account.lock->until;
  return !locked && (state == State::kActive || state == State::kFrozen);
}

WrongPassword CountWrong(SignIn sign_in, const SignInPolicy& policy) {
  sign_in.wrong += 1;
  const int threshold = sign_in.locks == 0 ? policy.threshold : policy.threshold_after_lock;
  if (sign_in.wrong < threshold) return {sign_in, std::nullopt};
  absl::Duration lock = policy.lock;
  for (int i = 0; i < sign_in.locks && lock < policy.lock_max; ++i) lock *= 2;
  return {SignIn{0, sign_in.locks + 1}, std::min(lock, std::max(policy.lock, policy.lock_max))};
}

absl::Time PasswordExpiry(absl::Time set_at, const PasswordPolicy& policy) {
  return policy.max_age == absl::ZeroDuration() ? absl::InfiniteFuture() : set_at + policy.max_age;
}

std::vector<absl::Time> ExpiryWarnings(absl::Time set_at, const PasswordPolicy& policy) {
  std::vector<absl::Time> warnings;
  if (policy.max_age == absl::ZeroDuration()) return warnings;
  for (const int days : {14, 7, 1}) {
    const absl::Time at = PasswordExpiry(set_at, policy) - absl::Hours(24) * days;
    if (at > set_at) warnings.push_back(at);
  }
  return warnings;
}

}  // namespace tc::identity

#pragma once

// The numbers of the otp service: keys "otp.*" with bounds and both profiles (docs/policy.md), and the typed
// values that rules take.

#include <array>
#include <vector>

#include "absl/time/time.h"
#include "common/base/policy.h"

namespace tc::otp {

struct Policy {
  int code_digits = 6;
  absl::Duration code_lifetime = absl::Seconds(300);
  absl::Duration approval_lifetime = absl::Seconds(600);
  int attempts_per_code = 5;
  int attempts_per_request = 10;
  // After the n-th wrong code of a request; the last one goes on.
  std::array<absl::Duration, 5> attempt_delays = {absl::ZeroDuration(), absl::ZeroDuration(),
                                                  absl::Seconds(5), absl::Seconds(30), absl::Seconds(60)};
  // After the n-th send; the last one goes on.
  std::array<absl::Duration, 3> resend_delays = {absl::Seconds(60), absl::Seconds(120), absl::Seconds(300)};
  int sends_per_verification = 3;
  int sends_per_number = 10;
  int sends_per_number_without_sign_in = 5;
  absl::Duration notification_lifetime = absl::Hours(24);
  absl::Duration verification_kept = absl::Hours(25);
  absl::Duration delivery_kept = absl::Hours(24 * 30);
};

std::vector<PolicyKey> PolicyKeys();
// `values` holds every key of PolicyKeys(), as ResolvePolicy gives them.
Policy MakePolicy(const PolicyValues& values);

}  // namespace tc::otp

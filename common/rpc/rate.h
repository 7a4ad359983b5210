#pragma once

// Rate: how often somebody may call. A token bucket: it fills at a steady rate up to its burst, and each call
// takes one token. Pure functions; time is monotonic and an argument.

#include <chrono>

#include "absl/time/time.h"

namespace tc::rpc {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;       // calls at once after a rest; at least 1 where there is a limit
};

struct Bucket {
  double tokens = 0;
  SteadyTime filled;  // up to when
};

Bucket FullBucket(const Rate& rate, SteadyTime now);

// The tokens that have come since `bucket.filled`. A time before it changes nothing.
void Fill(const Rate& rate, Bucket& bucket, SteadyTime now);

// Zero: a token was taken. Else nothing was, and this is how long it takes until there is one.
absl::Duration TakeToken(const Rate& rate, Bucket& bucket, SteadyTime now);

}  // namespace tc::rpc

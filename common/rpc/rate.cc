#include "common/rpc/rate.h"

#include <algorithm>
#include <cmath>

namespace tc::rpc {

Bucket FullBucket(const Rate& rate, SteadyTime now) { return {rate.burst, now}; }

void Fill(const Rate& rate, Bucket& bucket, SteadyTime now) {
  // Threads read the clock before they come here: one may come with an older time than the last.
  if (now <= bucket.filled) return;
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.tokens = std::min(rate.burst, bucket.tokens + passed.count() * rate.per_second);
  bucket.filled = now;
}

absl::Duration TakeToken(const Rate& rate, Bucket& bucket, SteadyTime now) {
  if (rate.per_second <= 0) return absl::ZeroDuration();
  Fill(rate, bucket, now);
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return absl::ZeroDuration();
  }
  // Whole milliseconds, rounded up: who waits as long as he was told is let in.
  return absl::Milliseconds(std::floor((1 - bucket.tokens) / rate.per_second * 1000) + 1);
}

}  // namespace tc::rpc

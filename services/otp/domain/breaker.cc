#include "services/otp/domain/breaker.h"

#include <algorithm>
#include <bit>

namespace tc::otp {
namespace {

bool IsProbing(const Breaker& breaker, absl::Time now) {
  return breaker.probe != 0 && now < breaker.probe_since + Breaker::kProbeLimit;
}

Breaker Opened(Breaker breaker, absl::Duration pause, absl::Time now) {
  breaker.failures = 0;
  breaker.pause = std::min(pause, Breaker::kLongestPause);
  breaker.open_until = now + breaker.pause;
  breaker.probe = 0;
  return breaker;
}

Breaker Closed(Breaker breaker) {
  breaker.failures = 0;
  breaker.pause = absl::ZeroDuration();
  breaker.open_until = absl::InfinitePast();
  breaker.probe = 0;
  return breaker;
}

}  // namespace

absl::Time OpensAt(const Breaker& breaker, absl::Time now) {
  if (breaker.closed()) return absl::InfinitePast();
  if (now < breaker.open_until) return breaker.open_until;
  return IsProbing(breaker, now) ? now + Breaker::kProbePause : absl::InfinitePast();
}

std::optional<Passage> Admit(const Breaker& breaker, absl::Time now) {
  if (breaker.closed()) return Passage{breaker};
  if (now < breaker.open_until || IsProbing(breaker, now)) return std::nullopt;
  Passage passage{breaker};
  passage.probe = ++passage.after.probes;
  passage.after.probe = passage.probe;
  passage.after.probe_since = now;
  return passage;
}

Breaker Record(const Breaker& breaker, uint64_t probe, BreakerOutcome outcome, absl::Time now) {
  if (probe != 0) {
    if (probe != breaker.probe) return breaker;
    return outcome == BreakerOutcome::kSuccess ? Closed(breaker) : Opened(breaker, breaker.pause * 2, now);
  }
  if (!breaker.closed()) return breaker;
  Breaker after = breaker;
  const uint32_t newest = outcome == BreakerOutcome::kFailure ? 1 : 0;
  after.failures = (breaker.failures << 1 | newest) & ((1u << Breaker::kWindow) - 1);
  if (std::popcount(after.failures) < Breaker::kFailures) return after;
  return Opened(after, Breaker::kFirstPause, now);
}

Breaker Release(const Breaker& breaker, uint64_t probe) {
  Breaker after = breaker;
  if (probe != 0 && probe == breaker.probe) after.probe = 0;
  return after;
}

}  // namespace tc::otp

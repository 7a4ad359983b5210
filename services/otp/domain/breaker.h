#pragma once

// Breaker: keeps messages away from a provider that fails (SND-12). Pure; a value for each provider.
//
// Closed: everybody passes. Five failures among the last ten outcomes open it for 15 s, then one probe at a
// time passes: a success closes it, a failure opens it for twice as long, at most five minutes.

#include <cstdint>
#include <optional>

#include "absl/time/time.h"

namespace tc::otp {

// A failure is the provider's (unreachable, 5xx, timed out, broken), never a refusal of one message.
enum class BreakerOutcome { kSuccess, kFailure };

struct Breaker {
  static constexpr int kWindow = 10;
  static constexpr int kFailures = 5;
  static constexpr absl::Duration kFirstPause = absl::Seconds(15);
  static constexpr absl::Duration kLongestPause = absl::Minutes(5);
  // A probe that has not told its outcome by then is given up. Longer than a provider's time-out.
  static constexpr absl::Duration kProbeLimit = absl::Seconds(30);
  // When to ask again while a probe is under way.
  static constexpr absl::Duration kProbePause = absl::Seconds(2);

  uint32_t failures = 0;  // one bit for each of the last outcomes, the newest lowest; 1 is a failure
  absl::Duration pause = absl::ZeroDuration();   // zero: closed
  absl::Time open_until = absl::InfinitePast();  // probes pass from then on
  uint64_t probe = 0;                            // the one under way; 0: none
  uint64_t probes = 0;                           // made so far
  absl::Time probe_since = absl::InfinitePast();
  friend bool operator==(const Breaker&, const Breaker&) = default;

  bool closed() const { return pause == absl::ZeroDuration(); }
};

// When the next one may pass: InfinitePast where one may now.
absl::Time OpensAt(const Breaker& breaker, absl::Time now);

struct Passage {
  Breaker after;
  uint64_t probe = 0;  // to be told with the outcome; 0: no probe
};
// nullopt: not now.
std::optional<Passage> Admit(const Breaker& breaker, absl::Time now);
// `probe` as Admit gave it. What is no probe counts while the breaker is closed only.
Breaker Record(const Breaker& breaker, uint64_t probe, BreakerOutcome outcome, absl::Time now);
// The one that was admitted did not ask after all.
Breaker Release(const Breaker& breaker, uint64_t probe);

}  // namespace tc::otp

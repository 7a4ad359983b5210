#pragma once

// Clock: the only door to the time of day. Handlers and domains never see it; the gate stamps Call::now once.
// Whole microseconds, as records keep them: a time that was written and read again is the same time.
// Thread-safe.

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace tc {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(absl::GetCurrentTimeNanos() / 1000); }
};

}  // namespace tc

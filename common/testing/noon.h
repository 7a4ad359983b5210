#pragma once

// Noon: the moment at which a test's time stands still. Apart from the fakes, so that a domain test can use
// it.

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace tc::testing {

inline absl::Time Noon() {
  return absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone());
}

}  // namespace tc::testing

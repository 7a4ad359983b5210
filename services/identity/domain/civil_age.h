#pragma once

// Age by the calendar (E3): a year is complete at 00:00 of the birthday in the civil time zone; who was born
// on 29 February completes it on 1 March in common years. Pure.

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace tc::identity {

// The date that a wall calendar shows at `now`.
absl::CivilDay Today(absl::Time now, absl::TimeZone zone);

// Full years on `today`; negative before birth.
int FullYears(absl::CivilDay birth, absl::CivilDay today);

}  // namespace tc::identity

#pragma once

// The rule of every action that changes how an account can be recovered or reached: the person has signed in
// a short time ago, so that a session left open is not enough.

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tc {

// OK up to and including `max_age`; else UNAUTHENTICATED / REAUTHENTICATION_REQUIRED with max_age_seconds.
absl::Status RequireRecentSignIn(absl::Duration age, absl::Duration max_age);

}  // namespace tc

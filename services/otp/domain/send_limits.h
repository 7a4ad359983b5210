#pragma once

// How many codes one address may be sent within any 24 hours, over all purposes, callers and principals
// (SND-02). Pure.

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/otp/domain/policy.h"

namespace tc::otp {

struct Send {
  absl::Time at;
  bool signed_in = true;  // a signed-in person asked for it
  friend bool operator==(const Send&, const Send&) = default;
};

inline constexpr absl::Duration kSendWindow = absl::Hours(24);

// The sends that count at `now`, with one more; oldest first. RESOURCE_EXHAUSTED / NUMBER_LIMIT_REACHED with
// the time until the next one would be let through.
absl::StatusOr<std::vector<Send>> CountSend(const std::vector<Send>& before, Send next, const Policy& policy);

// The sends that still count at `now`.
std::vector<Send> Recent(const std::vector<Send>& sends, absl::Time now);

}  // namespace tc::otp

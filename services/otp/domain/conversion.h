#pragma once

// Conversion: how many of the codes that were sent were entered (SND-08). Who sends codes to numbers of his
// own for the gateways' money never enters them. Pure.

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/policy.h"
#include "services/otp/domain/window.h"

namespace tc::otp {

// The settled codes of one purpose to one prefix, to one range or through one provider, and what came of it.
// A code is settled once: when it is entered, or when it ends unentered (SND-09).
struct Conversion {
  Window entered;
  Window not_entered;
  absl::Time blocked_until = absl::InfinitePast();
  int blocks = 0;  // in a row
  absl::Time alarmed = absl::InfinitePast();
  friend bool operator==(const Conversion&, const Conversion&) = default;
};

void CountSettled(Conversion& conversion, bool entered, absl::Time now);
// Of the codes settled within 24 hours, those that were entered; nullopt when there were none.
std::optional<double> EnteredRatio(const Conversion& conversion, absl::Time now);

// Enough codes are settled within an hour or 24, fewer than conversion_block percent of them were entered,
// and no block is running.
bool BlockDue(const Conversion& conversion, absl::Time now, const Policy& policy);
// Blocks it: for an hour, and for twice as long as before within 24 hours of the last block's end, up to 24.
void Block(Conversion& conversion, absl::Time now);
// Whether one more code may be sent now. `live` is how many, at most, are sent and not settled. While those
// that are settled look like a block, no more are sent than it takes to be sure. RESOURCE_EXHAUSTED /
// PREFIX_THROTTLED with the time to wait.
absl::Status CheckConversion(const Conversion& conversion, int64_t live, absl::Time now,
                             const Policy& policy);

// Fewer than conversion_alarm percent were entered, and nobody was told within the last hour.
bool AlarmDue(const Conversion& conversion, absl::Time now, const Policy& policy);

// When nothing of it matters any more.
absl::Time ForgottenAt(const Conversion& conversion);

// Which provider took the message of a code, or may have taken it; the last of several. nullopt: it was kept
// back, withdrawn in time or refused by everyone, so that its code says nothing.
std::optional<std::string> TakenBy(const Delivery& delivery);

}  // namespace tc::otp

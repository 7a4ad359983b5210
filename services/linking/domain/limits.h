#pragma once

// How many: principals of one contact (L5), invitations in a sliding window of 24 hours (LNK-08).

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/linking/domain/policy.h"

namespace tc::linking {

inline constexpr absl::Duration kWindow = absl::Hours(24);

// Drops the times that have left the window: `t` counts while now < t + 24 h.
void DropOld(std::vector<absl::Time>& recent, absl::Time now);

// RESOURCE_EXHAUSTED / INVITATION_LIMIT_REACHED when `limit` times lie within the window; RetryInfo tells
// when one will have left, rounded up to a whole minute. `recent` is oldest first.
absl::Status WithinLimit(const std::vector<absl::Time>& recent, int64_t limit, absl::Time now);

// Duty: all that is decided about one contact, kept in one record so that a sixth principal cannot slip in
// (LNK-03).
struct Duty {
  AccountId contact;
  std::vector<LinkId> links;  // those by which he guards, oldest first

  friend bool operator==(const Duty&, const Duty&) = default;
};

bool Full(const Duty& duty, const Policy& policy);

// FAILED_PRECONDITION / PRINCIPAL_LIMIT_REACHED.
absl::Status MayGuardAnother(const Duty& duty, const Policy& policy);

}  // namespace tc::linking

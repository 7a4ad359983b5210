#pragma once

// Policy: the numbers that rules use. A service lists its keys in domain/policy.cc; a profile gives every key
// a value, an override changes one, and a value outside the hard bounds stops the start with a message that
// names the key (docs/policy.md). All values are integers: durations in seconds, switches 0 or 1.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc {

struct PolicyKey {
  const char* name;   // "link.invitation_lifetime"
  int64_t gosuslugi;  // the default profile
  int64_t strict;
  int64_t min;
  int64_t max;
  const char* meaning;  // one sentence with the unit
};

using PolicyValues = std::map<std::string, int64_t>;

// What a service was started with: its keys and the value of each.
struct PolicyInForce {
  std::vector<PolicyKey> keys;
  PolicyValues values;
};

// INVALID_ARGUMENT / FIELD_INVALID with one violation a mistake: unknown profile, unknown key, no number,
// outside the bounds. Keys of other services of the suite (another known prefix before the first dot) are
// ignored when `ignore_foreign`, so that one file serves all four; a prefix that none of them has is a
// mistake.
absl::StatusOr<PolicyValues> ResolvePolicy(const std::vector<PolicyKey>& keys, absl::string_view profile,
                                           const std::map<std::string, std::string>& overrides,
                                           bool ignore_foreign = false);

}  // namespace tc

#pragma once

// Policy: the numbers that rules use. A service lists its keys in domain/policy.cc; a profile gives every key
// a value, an override changes one, and a value outside the hard bounds stops the start with a message that
// names the key (product.md §3). All values are integers: durations in seconds, switches 0 or 1.

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

// INVALID_ARGUMENT / FIELD_INVALID with one violation a mistake: unknown profile, unknown key, no number,
// outside the bounds. Keys of other services (another prefix before the first dot) are ignored when
// `ignore_foreign`, so that one file serves all four.
absl::StatusOr<PolicyValues> ResolvePolicy(const std::vector<PolicyKey>& keys, absl::string_view profile,
                                           const std::map<std::string, std::string>& overrides,
                                           bool ignore_foreign = false);

}  // namespace tc

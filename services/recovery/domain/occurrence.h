#pragma once

// What others learn of a change, as events (docs/recovery.md lists them). Ids and reasons only.

#include <map>
#include <string>
#include <vector>

#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

struct Occurrence {
  std::string type;  // "RecoveryApproved"
  std::map<std::string, std::string> attributes;
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

// For a change of state. None for decoys, and none for a claim that was not proved: but once a hold may have
// been taken, its end is told whatever happens.
std::vector<Occurrence> OccurrencesFor(const Recovery& before, const Recovery& after);
// The hold of this recovery is over; harmless when told twice.
Occurrence EndOf(const Recovery& recovery);

}  // namespace tc::recovery

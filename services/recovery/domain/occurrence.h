#pragma once

// What others learn of a change, as events (docs/recovery.md lists them). Ids, reasons and times only.

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

// One for each event effect of the rows that `after` took, the end last. None for decoys, and none for a
// claim that was not proved: but once a hold may have been taken, its end is told whatever happens.
std::vector<Occurrence> OccurrencesFor(const Recovery& after);
// The hold of this recovery is over; harmless when told twice.
Occurrence EndOf(const Recovery& recovery);

// Until when identity and linking refuse changes of contact, phone and e-mail (REC-18); InfinitePast: no
// restriction. Of a recovery that has ended with a password set, or perhaps set.
absl::Time RestrictedUntil(const Recovery& ended);
// Until when the account is frozen after a reject for fraud (R6); InfinitePast: it is not. Of a REJECTED one.
absl::Time FrozenUntil(const Recovery& rejected);

}  // namespace tc::recovery

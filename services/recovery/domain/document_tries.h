#pragma once

// How often documents may be shown that do not fit: nobody may try out passport numbers. Counted for the
// principal, whoever asks and whether or not he exists, and for the organisation. A try is charged before
// identity is asked and given back when the documents fit.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tc::recovery {

inline constexpr absl::Duration kDocumentTryCounts = absl::Hours(24);
inline constexpr int kDocumentTriesForPrincipal = 5;
inline constexpr int kDocumentTriesOfOrganisation = 50;

struct DocumentTry {
  std::string check;  // tells one call (and its repetitions) from another
  absl::Time at;
  friend bool operator==(const DocumentTry&, const DocumentTry&) = default;
};
// Of one principal or organisation, oldest first.
using DocumentTries = std::vector<DocumentTry>;

// Those that still count at `now`.
DocumentTries Counting(const DocumentTries& tries, absl::Time now);
// One more, unless this very check is among them. RESOURCE_EXHAUSTED / RATE_LIMITED with RetryInfo when
// `limit` of them count already.
absl::StatusOr<DocumentTries> Charge(const DocumentTries& tries, absl::string_view check, int limit,
                                     absl::Time now);
DocumentTries GiveBack(const DocumentTries& tries, absl::string_view check);

}  // namespace tc::recovery

#include "services/recovery/domain/document_tries.h"

#include <algorithm>

#include "common/base/refusal.h"

namespace tc::recovery {
namespace {

auto IsOf(absl::string_view check) {
  return [check](const DocumentTry& made) { return made.check == check; };
}

}  // namespace

DocumentTries Counting(const DocumentTries& tries, absl::Time now) {
  DocumentTries counting;
  for (const DocumentTry& made : tries) {
    if (now - made.at < kDocumentTryCounts) counting.push_back(made);
  }
  return counting;
}

absl::StatusOr<DocumentTries> Charge(const DocumentTries& tries, absl::string_view check, int limit,
                                     absl::Time now) {
  DocumentTries counting = Counting(tries, now);
  if (std::any_of(counting.begin(), counting.end(), IsOf(check))) return counting;
  if (counting.size() >= static_cast<size_t>(limit)) {
    const DocumentTry& frees = counting[counting.size() - static_cast<size_t>(limit)];
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kRateLimited,
                  "too many documents that did not fit")
        .RetryAfter(frees.at + kDocumentTryCounts - now);
  }
  counting.push_back({std::string(check), now});
  return counting;
}

DocumentTries GiveBack(const DocumentTries& tries, absl::string_view check) {
  DocumentTries left = tries;
  left.erase(std::remove_if(left.begin(), left.end(), IsOf(check)), left.end());
  return left;
}

}  // namespace tc::recovery

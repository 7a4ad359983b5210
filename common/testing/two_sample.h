#pragma once

// Two samples of durations: can one tell from which of them a duration is? For tests that an answer's time
// gives nothing away (REC-01, LNK-07).

#include <algorithm>
#include <vector>

#include "absl/time/time.h"

namespace tc::testing {

using Durations = std::vector<absl::Duration>;

inline absl::Duration Median(Durations sample) {
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
  std::nth_element(sample.begin(), middle, sample.end());
  return *middle;
}

// The probability that one of `b` took longer than one of `a` (ties count half): the area under the curve of
// the best guesser that knows one duration. 0.5: nothing can be told; with 2,000 each its own spread is
// 0.009.
inline double AreaUnderCurve(Durations a, Durations b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double longer = 0;
  size_t below = 0, upto = 0;
  for (const absl::Duration duration : b) {
    while (below < a.size() && a[below] < duration) ++below;
    while (upto < a.size() && a[upto] <= duration) ++upto;
    longer += static_cast<double>(below + upto) / 2;
  }
  return longer / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

}  // namespace tc::testing

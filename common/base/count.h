#pragma once

#include <limits>

namespace tc {

// Whether a number that was kept can be a count: not below zero, and one more can be counted. A negative one
// would be further attempts, calls or sends for somebody.
template <typename Integer>
constexpr bool IsCount(Integer number) {
  return number >= 0 && number < std::numeric_limits<Integer>::max();
}

}  // namespace tc

#pragma once

// Window: how often something happened lately, counted in fixed buckets of time, so that the record stays
// small however often it happens. Pure.

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace tc::otp {

struct Bucket {
  absl::Time start;  // a multiple of the width since the epoch
  int64_t count = 0;
  friend bool operator==(const Bucket&, const Bucket&) = default;
};

struct Window {
  std::vector<Bucket> buckets;  // ascending; none is empty
  friend bool operator==(const Window&, const Window&) = default;
};

// What the buckets hold that begin after now - window. Who must never count too little passes a window that
// is longer by the width of a bucket: then nothing is forgotten before its time, and everything within a
// width afterwards. Buckets of the future, which a clock that was set back leaves, count.
int64_t CountIn(const Window& window, absl::Time now, absl::Duration length);
// Adds `by` to the bucket of `now` and forgets the buckets that begin at or before now - keep. A negative
// `by` takes back what was added at `now`: never below zero, and nothing once that bucket is forgotten.
void Add(Window& window, absl::Time now, absl::Duration width, absl::Duration keep, int64_t by = 1);
// When CountIn is first below `limit` (at least 1) if nothing is added; `now` when it is so already.
absl::Time FreeAt(const Window& window, absl::Time now, absl::Duration length, int64_t limit);
// When CountIn is first 0 if nothing is added; InfinitePast for an empty window.
absl::Time EmptyAt(const Window& window, absl::Duration length);

}  // namespace tc::otp

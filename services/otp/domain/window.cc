#include "services/otp/domain/window.h"

#include <algorithm>

namespace tc::otp {

int64_t CountIn(const Window& window, absl::Time now, absl::Duration length) {
  int64_t count = 0;
  for (const Bucket& bucket : window.buckets) {
    if (bucket.start > now - length) count += bucket.count;
  }
  return count;
}

void Add(Window& window, absl::Time now, absl::Duration width, absl::Duration keep, int64_t by) {
  std::vector<Bucket>& buckets = window.buckets;
  std::erase_if(buckets, [&](const Bucket& bucket) { return bucket.start <= now - keep; });
  const absl::Time start = absl::UnixEpoch() + absl::Floor(now - absl::UnixEpoch(), width);
  auto place = std::lower_bound(buckets.begin(), buckets.end(), start,
                                [](const Bucket& bucket, absl::Time at) { return bucket.start < at; });
  if (place == buckets.end() || place->start != start) {
    if (by <= 0) return;
    place = buckets.insert(place, {start, 0});
  }
  place->count = std::max<int64_t>(0, place->count + by);
  if (place->count == 0) buckets.erase(place);
}

absl::Time FreeAt(const Window& window, absl::Time now, absl::Duration length, int64_t limit) {
  int64_t newer = 0;
  for (auto bucket = window.buckets.rbegin(); bucket != window.buckets.rend(); ++bucket) {
    newer += bucket->count;
    if (newer >= limit) return std::max(now, bucket->start + length);
  }
  return now;
}

absl::Time EmptyAt(const Window& window, absl::Duration length) {
  return window.buckets.empty() ? absl::InfinitePast() : window.buckets.back().start + length;
}

}  // namespace tc::otp

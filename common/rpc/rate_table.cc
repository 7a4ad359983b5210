#include "common/rpc/rate_table.h"

#include <iterator>

namespace tc::rpc {

RateTable::RateTable(Rate rate, size_t capacity) : rate_(rate), capacity_(capacity) {}

absl::Duration RateTable::Take(const std::string& key, SteadyTime now) {
  if (rate_.per_second <= 0) return absl::ZeroDuration();
  const std::lock_guard lock(mutex_);
  return TakeToken(rate_, Find(key, now), now);
}

Bucket& RateTable::Find(const std::string& key, SteadyTime now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().bucket;
  }
  if (entries_.size() < capacity_) {
    entries_.push_front({key, FullBucket(rate_, now)});
  } else {
    by_key_.erase(entries_.back().key);
    entries_.splice(entries_.begin(), entries_, std::prev(entries_.end()));
    entries_.front().key = key;
  }
  by_key_.emplace(entries_.front().key, entries_.begin());
  return entries_.front().bucket;
}

size_t RateTable::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace tc::rpc

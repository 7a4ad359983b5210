#pragma once

// RateTable: a token bucket for each of those who call, in bounded memory. Of a full table the bucket that
// was idle longest goes to the newcomer as it is: whoever lets others push his own bucket out finds
// it again no fuller than theirs, so nobody gets tokens by flooding the table. Thread-safe.

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/time/time.h"
#include "common/rpc/rate.h"

namespace tc::rpc {

class RateTable {
 public:
  RateTable(Rate rate, size_t capacity);

  // As TakeToken, of the bucket of `key`.
  absl::Duration Take(const std::string& key, SteadyTime now);

  size_t size() const;

 private:
  struct Entry {
    std::string key;
    Bucket bucket;
  };
  using Entries = std::list<Entry>;

  // Its bucket becomes the first of entries_.
  Bucket& Find(const std::string& key, SteadyTime now);

  const Rate rate_;
  const size_t capacity_;
  mutable std::mutex mutex_;
  Entries entries_;                                                 // asked for last: first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;  // views of the entries' keys
};

}  // namespace tc::rpc

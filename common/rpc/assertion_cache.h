#pragma once

// AssertionCache: assertions that were verified, by their SHA-256, until they expire. A verification costs
// three empty calls; a look-up a microsecond. Bounded: when full, those go that were not used for longest.
// Thread-safe.

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/jwt.h"

namespace tc::rpc {

class AssertionCache {
 public:
  explicit AssertionCache(size_t capacity = 16384) : generation_(capacity / 2) {}

  // The claims under `digest`; null when unknown or expired at `now`.
  std::shared_ptr<const crypto::Claims> Find(const std::string& digest, absl::Time now);
  // Claims without an expiry are not kept.
  void Keep(const std::string& digest, std::shared_ptr<const crypto::Claims> claims);
  size_t size() const;

 private:
  using Generation = std::unordered_map<std::string, std::shared_ptr<const crypto::Claims>>;
  void Add(const std::string& digest, std::shared_ptr<const crypto::Claims> claims);

  const size_t generation_;  // the size of one
  mutable std::mutex mutex_;
  Generation young_;
  Generation old_;  // what was not asked for since the young generation began goes with it
};

}  // namespace tc::rpc

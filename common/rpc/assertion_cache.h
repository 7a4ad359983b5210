#pragma once

// AssertionCache: assertions that were verified, by their SHA-256, until they expire. A verification costs
// three empty calls; a look-up a microsecond. Bounded: when full, those go that were not used for longest.
// Thread-safe.

#include <cstddef>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/base/recent.h"
#include "common/crypto/jwt.h"

namespace tc::rpc {

class AssertionCache {
 public:
  explicit AssertionCache(size_t capacity = 16384) : recent_(capacity) {}

  // The claims under `digest`; null when unknown or expired at `now`.
  std::shared_ptr<const crypto::Claims> Find(const std::string& digest, absl::Time now);
  // Claims without an expiry are not kept.
  void Keep(const std::string& digest, std::shared_ptr<const crypto::Claims> claims);
  size_t size() const { return recent_.size(); }

 private:
  Recent<std::shared_ptr<const crypto::Claims>> recent_;
};

}  // namespace tc::rpc

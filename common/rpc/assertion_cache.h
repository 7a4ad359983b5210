#pragma once

// AssertionCache: assertions that were verified, by their SHA-256, until they expire. A verification costs
// three empty calls; a look-up a microsecond. Bounded. Thread-safe.

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/jwt.h"

namespace tc::rpc {

class AssertionCache {
 public:
  explicit AssertionCache(size_t capacity = 4096) : capacity_(capacity) {}

  // The claims under `digest`; nullopt when unknown or expired at `now`.
  std::optional<crypto::Claims> Find(const std::string& digest, absl::Time now);
  // Claims without an expiry are not kept.
  void Keep(const std::string& digest, const crypto::Claims& claims, absl::Time now);
  size_t size() const;

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::map<std::string, crypto::Claims> verified_;
};

}  // namespace tc::rpc

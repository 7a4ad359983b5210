#include "common/rpc/assertion_cache.h"

namespace tc::rpc {

std::optional<crypto::Claims> AssertionCache::Find(const std::string& digest, absl::Time now) {
  const std::lock_guard lock(mutex_);
  const auto it = verified_.find(digest);
  if (it == verified_.end()) return std::nullopt;
  if (now >= *it->second.expires_at) {
    verified_.erase(it);
    return std::nullopt;
  }
  return it->second;
}

void AssertionCache::Keep(const std::string& digest, const crypto::Claims& claims, absl::Time now) {
  if (!claims.expires_at.has_value()) return;
  const std::lock_guard lock(mutex_);
  if (verified_.size() >= capacity_) {
    for (auto it = verified_.begin(); it != verified_.end();) {
      it = now >= *it->second.expires_at ? verified_.erase(it) : std::next(it);
    }
    // Still full of live ones: starting anew costs some verifications, an eviction order would cost every
    // look-up.
    if (verified_.size() >= capacity_) verified_.clear();
  }
  verified_.emplace(digest, claims);
}

size_t AssertionCache::size() const {
  const std::lock_guard lock(mutex_);
  return verified_.size();
}

}  // namespace tc::rpc

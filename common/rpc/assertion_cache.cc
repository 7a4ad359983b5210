#include "common/rpc/assertion_cache.h"

#include <utility>

namespace tc::rpc {

std::shared_ptr<const crypto::Claims> AssertionCache::Find(const std::string& digest, absl::Time now) {
  const std::lock_guard lock(mutex_);
  const auto young = young_.find(digest);
  if (young != young_.end()) {
    if (now < *young->second->expires_at) return young->second;
    young_.erase(young);
    return nullptr;
  }
  const auto old = old_.find(digest);
  if (old == old_.end()) return nullptr;
  std::shared_ptr<const crypto::Claims> claims = std::move(old->second);
  old_.erase(old);
  if (now >= *claims->expires_at) return nullptr;
  Add(digest, claims);
  return claims;
}

void AssertionCache::Keep(const std::string& digest, std::shared_ptr<const crypto::Claims> claims) {
  if (!claims->expires_at.has_value()) return;
  const std::lock_guard lock(mutex_);
  Add(digest, std::move(claims));
}

void AssertionCache::Add(const std::string& digest, std::shared_ptr<const crypto::Claims> claims) {
  if (young_.size() >= generation_) old_ = std::exchange(young_, {});
  young_.emplace(digest, std::move(claims));
}

size_t AssertionCache::size() const {
  const std::lock_guard lock(mutex_);
  return young_.size() + old_.size();
}

}  // namespace tc::rpc

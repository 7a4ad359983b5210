#include "common/rpc/assertion_cache.h"

#include <utility>

namespace tc::rpc {

std::shared_ptr<const crypto::Claims> AssertionCache::Find(const std::string& digest, absl::Time now) {
  std::shared_ptr<const crypto::Claims> claims = recent_.Find(digest).value_or(nullptr);
  if (claims == nullptr || now < *claims->expires_at) return claims;
  recent_.Forget(digest);
  return nullptr;
}

void AssertionCache::Keep(const std::string& digest, std::shared_ptr<const crypto::Claims> claims) {
  if (claims->expires_at.has_value()) recent_.Keep(digest, std::move(claims));
}

}  // namespace tc::rpc

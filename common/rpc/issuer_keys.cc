#include "common/rpc/issuer_keys.h"

#include <mutex>
#include <shared_mutex>
#include <utility>

namespace tc::rpc {

struct IssuerKeys::Shared {
  mutable std::shared_mutex mutex;
  InForce now;
};

IssuerKeys::IssuerKeys(crypto::JwtVerifier verifier) : shared_(std::make_shared<Shared>()) {
  Replace(std::move(verifier));
}

IssuerKeys::InForce IssuerKeys::Now() const {
  const std::shared_lock lock(shared_->mutex);
  return shared_->now;
}

void IssuerKeys::Replace(crypto::JwtVerifier verifier) {
  auto next = std::make_shared<const crypto::JwtVerifier>(std::move(verifier));
  const std::unique_lock lock(shared_->mutex);
  shared_->now.verifier.swap(next);
  ++shared_->now.generation;
}

}  // namespace tc::rpc

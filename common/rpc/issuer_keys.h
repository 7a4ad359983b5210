#pragma once

// IssuerKeys: the public keys of those who sign persons' assertions, as they are now (SES-06). Copies share
// what is in force. Thread-safe.

#include <cstdint>
#include <memory>

#include "common/crypto/jwt.h"

namespace tc::rpc {

class IssuerKeys {
 public:
  // Implicit: a verifier that never changes.
  IssuerKeys(crypto::JwtVerifier verifier);

  struct InForce {
    std::shared_ptr<const crypto::JwtVerifier> verifier;
    uint64_t generation = 0;  // another one for each replacement: what an older one has verified is void
  };
  InForce Now() const;
  void Replace(crypto::JwtVerifier verifier);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace tc::rpc

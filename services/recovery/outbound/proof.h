#pragma once

// ProofSigner: recovery's word to identity that this account's password may be set anew. A JWT (EdDSA): iss
// "recovery", aud "identity", sub the account, jti the recovery's public id (identity accepts one reset for
// it), purpose "PASSWORD_RECOVERY". Copies share the key. Thread-safe.

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/crypto/jwt.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

class ProofSigner {
 public:
  explicit ProofSigner(crypto::JwtSigner signer);
  // The same arguments give the same bytes, so that a repeated request is the same request, also across one
  // Replace. Valid for 60 seconds from `made_at`.
  std::string Sign(const AccountId& account, const PublicId& recovery, absl::Time made_at) const;
  // What is made from `now` on is signed with this key.
  void Replace(crypto::JwtSigner signer, absl::Time now);

 private:
  struct Keys;
  std::shared_ptr<Keys> keys_;
};

}  // namespace tc::recovery

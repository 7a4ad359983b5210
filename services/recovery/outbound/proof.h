#pragma once

// ProofSigner: recovery's word to identity that this account's password may be set anew. A JWT (EdDSA): iss
// "recovery", aud "identity", sub the account, jti the recovery's public id (identity accepts one reset for
// it), purpose "PASSWORD_RECOVERY". Thread-safe.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/crypto/jwt.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

class ProofSigner {
 public:
  explicit ProofSigner(crypto::JwtSigner signer) : signer_(std::move(signer)) {}
  // The same arguments give the same bytes, so that a repeated request is the same request. Valid for 60
  // seconds from `made_at`.
  std::string Sign(const AccountId& account, const PublicId& recovery, absl::Time made_at) const;

 private:
  crypto::JwtSigner signer_;
};

// Reads the key (PEM, not readable by others); its kid is the file's name without the extension, so a new key
// has a new name. When it is absent and `create`: makes one, and beside it "<name>.jwks" with its public half
// for identity. FAILED_PRECONDITION names the file that is missing, readable by others or malformed.
absl::StatusOr<ProofSigner> LoadProofSigner(const std::string& path, bool create);

}  // namespace tc::recovery

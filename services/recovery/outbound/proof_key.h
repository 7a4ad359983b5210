#pragma once

// ProofKey: the file with the key that signs proofs, watched: a new key that is good is taken without a
// restart (CFG-03), and one that is not leaves the last good one in use. Metric:
// tc_proof_key_reloads_total{outcome}.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/obs/reload_log.h"
#include "services/recovery/outbound/proof.h"

namespace tc::recovery {

class ProofKey {
 public:
  // Reads the key (PEM, guarded as a key file: common/crypto/guarded_file.h); its kid is its thumbprint. When
  // it is absent and `create`: makes one, and beside it "<name>.jwks" with its public half for identity.
  // FAILED_PRECONDITION names the file that is missing, readable by others or malformed.
  // `on_taking` is told of what comes in force, now and later: see ReloadLog::Taking.
  static absl::StatusOr<std::unique_ptr<ProofKey>> Open(std::string path, bool create,
                                                        obs::OnTaking on_taking = {});

  const ProofSigner& signer() const { return signer_; }
  // One look by a watch: takes a new key, tells the log what came of it. One thread at a time.
  void Look(absl::Time now);

 private:
  ProofKey(std::string path, const crypto::JwtSigner& signer, obs::OnTaking on_taking);
  // True when a new one is in use. `seen` tells apart what was found.
  absl::StatusOr<bool> TakeNew(absl::Time now, std::string& seen);

  const std::string path_;
  std::string kid_;
  ProofSigner signer_;
  obs::ReloadLog log_;
};

}  // namespace tc::recovery

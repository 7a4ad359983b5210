#pragma once

// ProofRotation: another key for recovery's proofs to identity, without a proof that is refused: identity
// learns the new public key first, then recovery signs with it. Both services read their files again within a
// second. Files are replaced whole.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tc::ctl {

struct ProofFiles {
  std::string key;   // recovery's --proof-key
  std::string jwks;  // identity's --recovery-jwks
};

class ProofRotation {
 public:
  // FAILED_PRECONDITION naming the file: not there, no key, or the list does not hold the key that signs now.
  static absl::StatusOr<ProofRotation> Begin(const ProofFiles& files);

  const std::string& kid() const { return kid_; }  // of the new key
  // Identity's list with the new key besides what is in it.
  absl::Status Publish() const;
  // Recovery's file with the new key, mode 0600.
  absl::Status Use() const;

 private:
  ProofRotation(ProofFiles files, std::string kid, std::string pem, std::string published);

  ProofFiles files_;
  std::string kid_;
  std::string pem_;
  std::string published_;
};

// Takes out of identity's list whatever does not sign any more; returns how many. FAILED_PRECONDITION as
// Begin.
absl::StatusOr<int> PruneProofKeys(const ProofFiles& files);

}  // namespace tc::ctl

#pragma once

// Sealer: AES-256-GCM with a random 96-bit nonce; blob = algorithm(1) ‖ kid length(1) ‖ kid ‖ nonce(12) ‖
// ciphertext ‖ tag(16) (CRY-01). `context` is authenticated, not stored: a blob opens only where it was made
// ("account/42/phone"). Thread-safe.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/keyring.h"
#include "common/env/random.h"

namespace tc::crypto {

class Sealer {
 public:
  // NOT_FOUND without a key for the purpose. `random` outlives the sealer.
  static absl::StatusOr<Sealer> Create(const Keyring& keys, absl::string_view purpose, Random& random);

  std::string Seal(absl::string_view plain, absl::string_view context) const;
  // DATA_LOSS, without detail, when the blob is not genuine, was made for another context or its key is gone
  // (CRY-12).
  absl::StatusOr<std::string> Open(absl::string_view blob, absl::string_view context) const;

 private:
  std::vector<Key> keys_;  // oldest first
  Random* random_ = nullptr;
};

}  // namespace tc::crypto

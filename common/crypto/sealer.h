#pragma once

// Sealer: AES-256-GCM with a random 96-bit nonce; blob = algorithm(1) ‖ kid length(1) ‖ kid ‖ nonce(12) ‖
// ciphertext ‖ tag(16) (CRY-01). `context` is authenticated, not stored: a blob opens only where it was made
// ("account/42/phone"). Thread-safe.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/keyring.h"
#include "common/env/random.h"

namespace tc::crypto {

class Sealer {
 public:
  // NOT_FOUND without a key for the purpose. `random` outlives the sealer. Follows the keyring's rotations.
  static absl::StatusOr<Sealer> Create(const Keyring& keys, absl::string_view purpose, Random& random);

  // Under the newest key.
  std::string Seal(absl::string_view plain, absl::string_view context) const;
  // DATA_LOSS, without detail, when the blob is not genuine, was made for another context or its key is gone
  // (CRY-12).
  absl::StatusOr<std::string> Open(absl::string_view blob, absl::string_view context) const;

 private:
  Sealer(Keyring keys, absl::string_view purpose, Random& random)
      : keys_(std::move(keys)), purpose_(purpose), random_(&random) {}

  Keyring keys_;
  std::string purpose_;
  Random* random_;
};

// The same form under one explicit key of 32 bytes.
std::string SealWith(const Key& key, absl::string_view plain, absl::string_view context, Random& random);
// DATA_LOSS like Open, and when the blob bears another kid.
absl::StatusOr<std::string> OpenWith(const Key& key, absl::string_view blob, absl::string_view context);
// The kid that the blob bears, not authenticated; DATA_LOSS when this is no blob.
absl::StatusOr<std::string> KidOf(absl::string_view blob);

}  // namespace tc::crypto

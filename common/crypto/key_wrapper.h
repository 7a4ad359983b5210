#pragma once

// KeyWrapper: keeps keys that lie in the database (one a person) unreadable without a key from outside. This
// is the seam where a key management service or a PKCS#11 module takes the place of the key files: an
// implementation asks it over the network or through its library, and the key that wraps never comes here.
// What is wrapped bears the kid of the key that wrapped it. Thread-safe.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/secret.h"
#include "common/crypto/keyring.h"
#include "common/env/random.h"

namespace tc::crypto {

// Every method: UNAVAILABLE when the outside holder of the key cannot be reached or does not answer; the
// caller refuses and tries again later. Wrap may block on a network and is never called inside a transaction.
// Unwrap may block, too: who uses many keys keeps the unwrapped ones at hand, and pays for the first touch of
// each wherever that happens. IsCurrent answers at once, from what it knows.
class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;

  // Under the newest key. `context` is authenticated, not stored: unwrapping needs the same.
  virtual absl::StatusOr<std::string> Wrap(const Secret& key, absl::string_view context) = 0;
  // DATA_LOSS, without detail, when it is not genuine, was wrapped for another context or its wrapping key is
  // gone for ever (CRY-12).
  virtual absl::StatusOr<Secret> Unwrap(absl::string_view wrapped, absl::string_view context) = 0;
  // Whether today's newest key wrapped it; false: wrap it anew (CRY-05). DATA_LOSS when it is nothing
  // wrapped.
  virtual absl::StatusOr<bool> IsCurrent(absl::string_view wrapped) = 0;
};

// Over a purpose of the keyring, as a Sealer seals; never UNAVAILABLE and never blocking. Every call answers
// NOT_FOUND when the keyring has had no key for the purpose. `random` outlives it.
std::unique_ptr<KeyWrapper> LocalKeyWrapper(const Keyring& keys, absl::string_view purpose, Random& random);

}  // namespace tc::crypto

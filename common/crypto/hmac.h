#pragma once

// KeyedHash: HMAC-SHA-256 under a key outside the database, over length-prefixed fields (OTP-15, CRY-04).
// Thread-safe.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/keyring.h"

namespace tc::crypto {

struct Mac {
  std::string kid;
  std::string tag;  // 32 bytes
};

class KeyedHash {
 public:
  // `label` separates domains ("tc/otp/v1"): equal fields under different labels have unrelated tags.
  // NOT_FOUND without a key. Follows the keyring's rotations.
  static absl::StatusOr<KeyedHash> Create(const Keyring& keys, absl::string_view purpose,
                                          absl::string_view label);

  Mac Make(const std::vector<absl::string_view>& fields) const;
  // Constant time. False for an unknown kid.
  bool Verify(const std::vector<absl::string_view>& fields, const Mac& mac) const;
  // Blind index of 32 bytes, under the newest key; never equal to what Make gives. It changes with a
  // rotation: who writes under Index reads under all of Indexes until what is older is written anew (CRY-05).
  std::string Index(absl::string_view value) const;
  // The index under every key, newest first: Index comes first, StableIndex last.
  std::vector<std::string> Indexes(absl::string_view value) const;
  // The index under the oldest key: the same while that key lives, whatever newer ones come. For what must
  // not be forgotten by a rotation and is not written anew: limits, attempts, derived ids.
  std::string StableIndex(absl::string_view value) const;

 private:
  KeyedHash(Keyring keys, absl::string_view purpose, absl::string_view label)
      : keys_(std::move(keys)), purpose_(purpose), label_(label) {}

  Keyring keys_;
  std::string purpose_;
  std::string label_;
};

// The bare function (RFC 2104) where a foreign protocol prescribes it. `key` is not empty.
std::string HmacSha256(absl::string_view key, absl::string_view message);
// The same with SHA-1 (RFC 2202): where a foreign protocol knows nothing newer.
std::string HmacSha1(absl::string_view key, absl::string_view message);
std::string Sha256(absl::string_view bytes);
// Constant time for equal lengths.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);
// A UUID (version 8) derived from the fields: the request id of a step that may be repeated.
std::string DerivedUuid(const std::vector<absl::string_view>& fields);

}  // namespace tc::crypto

#pragma once

// Vault: the two ways in which personal data may touch the disk: sealed, or as a keyed blind index by which
// it is found (CRY-01, CRY-04). Immutable, thread-safe.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/id.h"
#include "common/crypto/hmac.h"
#include "common/crypto/keyring.h"
#include "common/crypto/sealer.h"
#include "common/env/random.h"

namespace tc::identity {

class Vault {
 public:
  // Purposes of keys that the keyring must hold.
  static std::vector<std::string> Purposes();
  static absl::StatusOr<Vault> Open(const crypto::Keyring& keys, Random& random);

  // `field` is what the blob is: "person", "phone/7". A blob opens for its account and field only.
  std::string Seal(absl::string_view plain, const AccountId& account, absl::string_view field) const;
  absl::StatusOr<std::string> Open(absl::string_view blob, const AccountId& account,
                                   absl::string_view field) const;

  std::string PhoneIndex(absl::string_view e164) const { return phone_.Index(e164); }
  std::string EmailIndex(absl::string_view canonical) const { return email_.Index(canonical); }
  std::string SnilsIndex(absl::string_view digits) const { return snils_.Index(digits); }
  std::string PassportIndex(absl::string_view number) const { return passport_.Index(number); }

 private:
  Vault(crypto::Sealer sealer, crypto::KeyedHash phone, crypto::KeyedHash email, crypto::KeyedHash snils,
        crypto::KeyedHash passport)
      : sealer_(std::move(sealer)),
        phone_(std::move(phone)),
        email_(std::move(email)),
        snils_(std::move(snils)),
        passport_(std::move(passport)) {}

  crypto::Sealer sealer_;
  crypto::KeyedHash phone_;
  crypto::KeyedHash email_;
  crypto::KeyedHash snils_;
  crypto::KeyedHash passport_;
};

}  // namespace tc::identity

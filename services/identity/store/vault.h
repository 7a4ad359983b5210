#pragma once

// Vault: the ways in which personal data may touch the disk: sealed under the person's own key, or as a keyed
// blind index by which it is found (CRY-01, CRY-04); and for a short while, in the outbox, sealed under the
// service's key. Immutable, thread-safe.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/id.h"
#include "common/crypto/hmac.h"
#include "common/crypto/keyring.h"
#include "common/crypto/sealer.h"
#include "common/env/random.h"
#include "services/identity/store/person_keys.h"

namespace tc::identity {

class Vault {
 public:
  // Purposes of keys that the keyring must hold for it, kWrapping apart.
  static std::vector<std::string> Purposes();
  static constexpr char kWrapping[] = "wrap-person";  // wraps people's keys: what PersonKeys is given
  static absl::StatusOr<Vault> Open(const crypto::Keyring& keys, PersonKeys& people, Random& random);

  // `field` is what the blob is: "person", "phone/7". A blob opens for its account and field only. Refuse as
  // PersonKeys::Get does; Open: DATA_LOSS when the blob is not genuine.
  absl::StatusOr<std::string> Seal(absl::string_view plain, const AccountId& account,
                                   absl::string_view field) const;
  absl::StatusOr<std::string> Open(absl::string_view blob, const AccountId& account,
                                   absl::string_view field) const;

  // Under the service's own key: for what must be told even when the person's key is gone.
  std::string SealInTransit(absl::string_view plain, const AccountId& account, absl::string_view field) const;
  absl::StatusOr<std::string> OpenInTransit(absl::string_view blob, const AccountId& account,
                                            absl::string_view field) const;

  // Blind indexes under every index key, newest first: write under the first, look under all, delete all.
  std::vector<std::string> PhoneIndexes(absl::string_view e164) const { return phone_.Indexes(e164); }
  std::vector<std::string> EmailIndexes(absl::string_view canonical) const {
    return email_.Indexes(canonical);
  }
  std::vector<std::string> SnilsIndexes(absl::string_view digits) const { return snils_.Indexes(digits); }
  std::vector<std::string> DocumentIndexes(absl::string_view number) const {
    return document_.Indexes(number);
  }

  PersonKeys& people() const { return *people_; }

 private:
  Vault(PersonKeys& people, Random& random, crypto::Sealer transit, crypto::KeyedHash phone,
        crypto::KeyedHash email, crypto::KeyedHash snils, crypto::KeyedHash document)
      : people_(&people),
        random_(&random),
        transit_(std::move(transit)),
        phone_(std::move(phone)),
        email_(std::move(email)),
        snils_(std::move(snils)),
        document_(std::move(document)) {}

  PersonKeys* people_;
  Random* random_;
  crypto::Sealer transit_;
  crypto::KeyedHash phone_;
  crypto::KeyedHash email_;
  crypto::KeyedHash snils_;
  crypto::KeyedHash document_;
};

}  // namespace tc::identity

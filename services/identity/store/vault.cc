#include "services/identity/store/vault.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::identity {
namespace {

std::string Context(const AccountId& account, absl::string_view field) {
  return absl::StrCat("account/", account.text(), "/", field);
}

}  // namespace

std::vector<std::string> Vault::Purposes() {
  return {"seal-account", "index-phone", "index-email", "index-snils", "index-passport"};
}

absl::StatusOr<Vault> Vault::Open(const crypto::Keyring& keys, Random& random) {
  return Vault(TRY(crypto::Sealer::Create(keys, "seal-account", random)),
               TRY(crypto::KeyedHash::Create(keys, "index-phone", "tc/identity/phone/v1")),
               TRY(crypto::KeyedHash::Create(keys, "index-email", "tc/identity/email/v1")),
               TRY(crypto::KeyedHash::Create(keys, "index-snils", "tc/identity/snils/v1")),
               TRY(crypto::KeyedHash::Create(keys, "index-passport", "tc/identity/passport/v1")));
}

std::string Vault::Seal(absl::string_view plain, const AccountId& account, absl::string_view field) const {
  return sealer_.Seal(plain, Context(account, field));
}

absl::StatusOr<std::string> Vault::Open(absl::string_view blob, const AccountId& account,
                                        absl::string_view field) const {
  return sealer_.Open(blob, Context(account, field));
}

}  // namespace tc::identity

#include "services/identity/store/vault.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::identity {
namespace {

constexpr char kTransit[] = "seal-notice";

std::string Context(const AccountId& account, absl::string_view field) {
  return absl::StrCat("account/", account.text(), "/", field);
}

}  // namespace

std::vector<std::string> Vault::Purposes() {
  return {kTransit, "index-phone", "index-email", "index-snils", "index-passport"};
}

absl::StatusOr<Vault> Vault::Open(const crypto::Keyring& keys, PersonKeys& people, Random& random) {
  return Vault(people, random, TRY(crypto::Sealer::Create(keys, kTransit, random)),
               TRY(crypto::KeyedHash::Create(keys, "index-phone", "tc/identity/phone/v1")),
               TRY(crypto::KeyedHash::Create(keys, "index-email", "tc/identity/email/v1")),
               TRY(crypto::KeyedHash::Create(keys, "index-snils", "tc/identity/snils/v1")),
               TRY(crypto::KeyedHash::Create(keys, "index-passport", "tc/identity/passport/v1")));
}

absl::StatusOr<std::string> Vault::Seal(absl::string_view plain, const AccountId& account,
                                        absl::string_view field) const {
  const std::shared_ptr<const crypto::Key> key = TRY(people_->Get(account));
  return crypto::SealWith(*key, plain, Context(account, field), *random_);
}

absl::StatusOr<std::string> Vault::Open(absl::string_view blob, const AccountId& account,
                                        absl::string_view field) const {
  const std::shared_ptr<const crypto::Key> key = TRY(people_->Get(account));
  return crypto::OpenWith(*key, blob, Context(account, field));
}

std::string Vault::SealInTransit(absl::string_view plain, const AccountId& account,
                                 absl::string_view field) const {
  return transit_.Seal(plain, Context(account, field));
}

absl::StatusOr<std::string> Vault::OpenInTransit(absl::string_view blob, const AccountId& account,
                                                 absl::string_view field) const {
  return transit_.Open(blob, Context(account, field));
}

}  // namespace tc::identity

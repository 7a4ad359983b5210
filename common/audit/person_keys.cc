#include "common/audit/person_keys.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/kv/table.h"

namespace tc::audit {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr char kKid[] = "a1";  // a person has one key in all his life
constexpr char kDestroyed[] = "";

// Pseudonym → the wrapped key; empty: destroyed.
const kv::Table<std::string>& Wrapped() {
  static const auto& table = *new kv::Table<std::string>("audit-person");
  return table;
}

kv::Key KeyOf(const std::string& pseudonym) { return Wrapped().At().Str(pseudonym); }
std::string Context(const std::string& pseudonym) { return absl::StrCat("audit-person/", pseudonym); }

}  // namespace

absl::StatusOr<PersonKeys> PersonKeys::Open(const crypto::Keyring& keys, Random& random) {
  TRY(keys.Newest(kWrapping));
  return PersonKeys(crypto::LocalKeyWrapper(keys, kWrapping, random),
                    TRY(crypto::KeyedHash::Create(keys, kPseudonyms, "tc/audit/person/v1")), random);
}

std::string PersonKeys::PseudonymOf(absl::string_view account) const {
  const std::string id(account);
  if (std::optional<std::string> known = memory_->pseudonyms.Find(id)) return *std::move(known);
  std::string pseudonym = pseudonyms_.StableIndex(id);
  memory_->pseudonyms.Keep(id, pseudonym);
  return pseudonym;
}

absl::StatusOr<PersonKeys::SharedKey> PersonKeys::Ensure(kv::Txn& txn, const std::string& pseudonym) const {
  const std::optional<std::string> present = TRY(Wrapped().Find(txn, KeyOf(pseudonym)));
  if (present.has_value()) return Unwrap(*present, pseudonym);
  auto fresh = std::make_shared<const crypto::Key>(crypto::Key{kKid, Secret(random_->Bytes(kKeyBytes))});
  TRY(Wrapped().Put(txn, KeyOf(pseudonym), TRY(wrapper_->Wrap(fresh->bytes, Context(pseudonym)))));
  return fresh;
}

absl::StatusOr<PersonKeys::SharedKey> PersonKeys::Get(kv::ReadTxn& txn, const std::string& pseudonym) const {
  const std::optional<std::string> present = TRY(Wrapped().Find(txn, KeyOf(pseudonym)));
  if (!present.has_value()) return absl::DataLossError("a person's key is missing from the audit log");
  return Unwrap(*present, pseudonym);
}

absl::StatusOr<bool> PersonKeys::Destroy(kv::Txn& txn, const std::string& pseudonym) const {
  const std::optional<std::string> present = TRY(Wrapped().Find(txn, KeyOf(pseudonym)));
  if (present == kDestroyed) return false;
  TRY(Wrapped().Put(txn, KeyOf(pseudonym), kDestroyed));
  if (present.has_value()) memory_->keys.Forget(absl::StrCat(pseudonym, *present));
  return present.has_value();
}

absl::StatusOr<PersonKeys::SharedKey> PersonKeys::Unwrap(const std::string& wrapped,
                                                         const std::string& pseudonym) const {
  if (wrapped == kDestroyed) return SharedKey();
  // The same blob under another pseudonym must not open: it is remembered with it.
  const std::string name = absl::StrCat(pseudonym, wrapped);
  if (std::optional<SharedKey> known = memory_->keys.Find(name)) return *std::move(known);
  auto key = std::make_shared<const crypto::Key>(
      crypto::Key{kKid, TRY(wrapper_->Unwrap(wrapped, Context(pseudonym)))});
  memory_->keys.Keep(name, key);
  return SharedKey(std::move(key));
}

}  // namespace tc::audit

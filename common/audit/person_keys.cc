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
constexpr char kNobody[] = "";  // no account's id; its pseudonym is the mark of the key that makes them

// Pseudonym → the wrapped key; empty: destroyed.
const kv::Table<std::string>& Wrapped() {
  static const auto& table = *new kv::Table<std::string>("audit-person");
  return table;
}

// Which key makes pseudonyms: its kid, and its mark.
const kv::Table<std::string>& Binding() {
  static const auto& table = *new kv::Table<std::string>("audit-index-key");
  return table;
}

kv::Key KeyOf(const std::string& pseudonym) { return Wrapped().At().Str(pseudonym); }
std::string Context(const std::string& pseudonym) { return absl::StrCat("audit-person/", pseudonym); }

}  // namespace

absl::StatusOr<PersonKeys> PersonKeys::Open(const crypto::Keyring& keys, Random& random) {
  TRY(keys.Newest(kWrapping));
  crypto::Keyring own = keys;
  own.KeepOldest(kPseudonyms);
  return PersonKeys(std::move(own), crypto::LocalKeyWrapper(keys, kWrapping, random),
                    TRY(crypto::KeyedHash::Create(keys, kPseudonyms, "tc/audit/person/v1")), random);
}

absl::Status PersonKeys::Bind(kv::Txn& txn) const {
  const std::string kid = keys_.Live()->Of(kPseudonyms)->front().kid;
  const kv::Key kid_key = Binding().At().Str("kid");
  const kv::Key mark_key = Binding().At().Str("mark");
  const std::optional<std::string> bound = TRY(Binding().Find(txn, kid_key));
  const std::string mark = pseudonyms_.StableIndex(kNobody);
  if (!bound.has_value()) {
    TRY(Binding().Put(txn, kid_key, kid));
    return Binding().Put(txn, mark_key, mark);
  }
  if (*bound == kid && TRY(Binding().Find(txn, mark_key)) == mark) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the audit log of this store makes its pseudonyms with the key ", kPseudonyms, ".", *bound,
                   ", and the oldest key that --keys has is ",
                   *bound == kid ? "another one of that name" : absl::StrCat(kPseudonyms, ".", kid), ": put ",
                   kPseudonyms, ".", *bound, " back as it was, as the oldest"));
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

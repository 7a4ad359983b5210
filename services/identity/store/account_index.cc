#include "services/identity/store/account_index.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

namespace tc::identity {
namespace {

// blind index → id
const kv::Table<std::string>& ByEmail() {
  static const auto& t = *new kv::Table<std::string>("account-email");
  return t;
}
// (blind index, id) → id
const kv::Table<std::string>& BySnils() {
  static const auto& t = *new kv::Table<std::string>("account-snils");
  return t;
}
const kv::Table<std::string>& ByDocument() {
  static const auto& t = *new kv::Table<std::string>("account-document");
  return t;
}

using Indexes = std::vector<std::string>;  // newest first; empty: there is nothing to find it by

Indexes SnilsOf(const Vault& vault, const Account& account) {
  return account.person.snils.empty() ? Indexes() : vault.SnilsIndexes(account.person.snils);
}
Indexes DocumentOf(const Vault& vault, const Document& document) {
  return vault.DocumentIndexes(absl::StrCat(static_cast<int>(document.type), "/", document.Number()));
}
Indexes DocumentOf(const Vault& vault, const Account& account) {
  return account.person.document.has_value() ? DocumentOf(vault, *account.person.document) : Indexes();
}

absl::Status MoveShared(kv::Txn& txn, const kv::Table<std::string>& table, const Indexes& from,
                        const Indexes& to, const AccountId& id) {
  for (const std::string& index : from) TRY(table.Delete(txn, table.At().Str(index).Str(id.text())));
  if (to.empty()) return absl::OkStatus();
  return table.Put(txn, table.At().Str(to.front()).Str(id.text()), id.text());
}

absl::StatusOr<std::vector<AccountId>> IdsUnder(kv::ReadTxn& txn, const kv::Table<std::string>& table,
                                                const Indexes& indexes) {
  std::vector<AccountId> ids;
  for (const std::string& index : indexes) {
    TRY(table.Scan(txn, table.At().Str(index), "", [&](absl::string_view, std::string text) {
      const AccountId id = AccountId::FromTrusted(std::move(text));
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
      return true;
    }));
  }
  return ids;
}

}  // namespace

absl::StatusOr<std::optional<AccountId>> AccountIndex::FindByEmail(kv::ReadTxn& txn,
                                                                   const Email& email) const {
  for (const std::string& index : vault_->EmailIndexes(email.Canonical())) {
    std::optional<std::string> id = TRY(ByEmail().Find(txn, ByEmail().At().Str(index)));
    if (id.has_value()) return std::optional(AccountId::FromTrusted(*std::move(id)));
  }
  return std::optional<AccountId>();
}

absl::StatusOr<std::vector<AccountId>> AccountIndex::FindBySnils(kv::ReadTxn& txn,
                                                                 absl::string_view snils) const {
  return IdsUnder(txn, BySnils(), vault_->SnilsIndexes(snils));
}

absl::StatusOr<std::vector<AccountId>> AccountIndex::FindByDocument(kv::ReadTxn& txn,
                                                                    const Document& document) const {
  return IdsUnder(txn, ByDocument(), DocumentOf(*vault_, document));
}

bool AccountIndex::SameDocument(const Document& a, const Document& b) const {
  return crypto::ConstantTimeEquals(DocumentOf(*vault_, a).front(), DocumentOf(*vault_, b).front());
}

absl::Status AccountIndex::Move(kv::Txn& txn, const Account& before, const Account& after) const {
  TRY(MoveShared(txn, BySnils(), SnilsOf(*vault_, before), SnilsOf(*vault_, after), after.id));
  TRY(MoveShared(txn, ByDocument(), DocumentOf(*vault_, before), DocumentOf(*vault_, after), after.id));
  if (before.email.has_value()) {
    for (const std::string& index : vault_->EmailIndexes(before.email.Canonical()))
      TRY(ByEmail().Delete(txn, ByEmail().At().Str(index)));
  }
  if (!after.email.has_value()) return absl::OkStatus();
  if (TRY(FindByEmail(txn, after.email)).has_value()) {
    return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists,
                  "the e-mail address belongs to another account")
        .With("field", "email");
  }
  return ByEmail().Put(txn, ByEmail().At().Str(vault_->EmailIndexes(after.email.Canonical()).front()),
                       after.id.text());
}

}  // namespace tc::identity

#include "services/identity/store/accounts.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/account_record.h"
#include "services/identity/store/codec.h"

namespace tc::identity {
namespace {

using store::rec::AccountRecord;
using store::rec::PersonalRecord;

const kv::Table<AccountRecord>& Records() {
  static const auto& t = *new kv::Table<AccountRecord>("account");
  return t;
}

kv::Key RecordKey(const AccountId& id) { return Records().At().Str(id.text()); }

// Nothing but that it was, since when, and in which language its owner was told.
Account Erased(const Account& account) {
  Account erased;
  erased.id = account.id;
  erased.type = account.type;
  erased.locale = account.locale;
  erased.deleted = true;
  erased.version = account.version;
  erased.created_at = account.created_at;
  erased.updated_at = account.updated_at;
  return erased;
}

bool SameIndexes(const Account& a, const Account& b) {
  return a.person.snils == b.person.snils && a.person.document == b.person.document && a.email == b.email;
}

}  // namespace

absl::StatusOr<Account> Accounts::Decode(const AccountId& id, absl::string_view bytes) const {
  const AccountRecord record = TRY(kv::Codec<AccountRecord>::Decode(bytes));
  Account account = TRY(store::FromOpenPart(id, record));
  if (account.deleted) return account;
  const absl::StatusOr<std::string> plain = vault_->Open(record.sealed_personal(), id, "person");
  if (!plain.ok()) {
    // A copy from before the erasure has been restored.
    if (HasReason(plain.status(), Reason::kAccountDeleted)) return Erased(account);
    return plain.status();
  }
  PersonalRecord personal;
  if (!personal.ParseFromString(*plain)) return store::Unreadable("PersonalRecord");
  TRY(store::SetPersonalPart(account, personal));
  return account;
}

absl::StatusOr<std::optional<Account>> Accounts::Find(kv::ReadTxn& txn, const AccountId& id) const {
  const std::optional<std::string> bytes = TRY(txn.Get(RecordKey(id).bytes()));
  if (!bytes.has_value()) return std::optional<Account>();
  return std::optional<Account>(TRY(Decode(id, *bytes)));
}

absl::StatusOr<Account> Accounts::Get(kv::ReadTxn& txn, const AccountId& id) const {
  std::optional<Account> account = TRY(Find(txn, id));
  if (!account.has_value()) return NotFound("account");
  return *std::move(account);
}

absl::Status Accounts::Save(kv::Txn& txn, const Account& account) const {
  AccountRecord record = store::OpenPartOf(account);
  if (!account.deleted) {
    const std::string personal = store::PersonalPartOf(account).SerializeAsString();
    record.set_sealed_personal(TRY(vault_->Seal(personal, account.id, "person")));
  }
  return Records().Put(txn, RecordKey(account.id), record);
}

absl::StatusOr<Account> Accounts::Insert(kv::Txn& txn, Account account, absl::Time now) const {
  if (TRY(txn.Get(RecordKey(account.id).bytes())).has_value()) {
    return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists, "an account with this id exists")
        .With("field", "account_id");
  }
  account.version = 1;
  account.created_at = account.updated_at = now;
  TRY(index_.Move(txn, Account(), account));
  TRY(Save(txn, account));
  return account;
}

absl::StatusOr<Account> Accounts::Update(kv::Txn& txn, Account account, absl::Time now) const {
  const Account before = TRY(Get(txn, account.id));
  if (before.version != account.version) {
    return Refuse(absl::StatusCode::kAborted, Reason::kConflict, "the account has changed meanwhile");
  }
  account.version += 1;
  account.updated_at = now;
  if (!SameIndexes(before, account)) TRY(index_.Move(txn, before, account));
  TRY(Save(txn, account));
  return account;
}

absl::StatusOr<Account> Accounts::Erase(kv::Txn& txn, const AccountId& id, absl::Time now) const {
  const Account before = TRY(Get(txn, id));
  Account after = Erased(before);
  after.version += 1;
  after.updated_at = now;
  TRY(index_.Move(txn, before, after));
  TRY(Save(txn, after));
  return after;
}

absl::StatusOr<bool> Accounts::HasDocument(kv::ReadTxn& txn, const AccountId& id,
                                           const Document& shown) const {
  const std::optional<Account> account = TRY(Find(txn, id));
  if (!account.has_value() || !account->person.document.has_value()) return false;
  return index_.SameDocument(*account->person.document, shown);
}

absl::Status Accounts::Reindex(kv::Txn& txn, const AccountId& id) const {
  const std::optional<Account> account = TRY(Find(txn, id));
  if (!account.has_value() || account->deleted) return absl::OkStatus();
  return index_.Move(txn, *account, *account);
}

absl::StatusOr<std::optional<AccountId>> Accounts::Near(kv::ReadTxn& txn, absl::string_view text) const {
  std::optional<AccountId> found;
  const auto take = [&](absl::string_view key, absl::string_view) {
    kv::KeyReader reader(key);
    std::string table, id;
    if (reader.Str(table) && reader.Str(id)) found = AccountId::FromTrusted(std::move(id));
    return false;
  };
  const kv::Key all = Records().At();
  TRY(txn.Scan(Records().At().Str(text).bytes(), all.End(), take));
  if (!found.has_value()) TRY(txn.Scan(all.bytes(), all.End(), take));
  return found;
}

absl::StatusOr<std::vector<AccountId>> Accounts::ListIds(kv::ReadTxn& txn, absl::string_view after,
                                                         size_t limit, std::string& last_key) const {
  std::vector<AccountId> ids;
  last_key.clear();
  std::string begin = Records().At().bytes();
  if (!after.empty()) begin = std::string(after) + '\0';
  std::string last;
  TRY(txn.Scan(begin, Records().At().End(), [&](absl::string_view key, absl::string_view) {
    if (ids.size() == limit) {
      last_key = last;
      return false;
    }
    kv::KeyReader reader(key);
    std::string table, id;
    if (reader.Str(table) && reader.Str(id)) ids.push_back(AccountId::FromTrusted(std::move(id)));
    last = std::string(key);
    return true;
  }));
  return ids;
}

absl::StatusOr<std::vector<Account>> Accounts::List(kv::ReadTxn& txn, absl::string_view after, size_t limit,
                                                    absl::FunctionRef<bool(const Account&)> wanted,
                                                    std::string& last_key) const {
  std::vector<Account> accounts;
  absl::Status broken;
  last_key.clear();
  std::string begin = Records().At().bytes();
  if (!after.empty()) begin = std::string(after) + '\0';
  bool more = false;
  TRY(txn.Scan(begin, Records().At().End(), [&](absl::string_view key, absl::string_view bytes) {
    kv::KeyReader reader(key);
    std::string table, id;
    absl::StatusOr<Account> account = store::Unreadable("account key");
    if (reader.Str(table) && reader.Str(id)) account = Decode(AccountId::FromTrusted(id), bytes);
    if (!account.ok()) {
      broken = account.status();
      return false;
    }
    if (!wanted(*account)) return true;
    if (accounts.size() == limit) {
      more = true;
      return false;
    }
    accounts.push_back(*std::move(account));
    last_key = std::string(key);
    return true;
  }));
  TRY(broken);
  if (!more) last_key.clear();
  return accounts;
}

}  // namespace tc::identity

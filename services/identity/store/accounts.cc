#include "services/identity/store/accounts.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

namespace tc::identity {
namespace {

using store::rec::AccountRecord;
using store::rec::PersonalRecord;

const kv::Table<AccountRecord>& Records() {
  static const auto& t = *new kv::Table<AccountRecord>("account");
  return t;
}
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

PersonalRecord PersonalOf(const Account& account) {
  const Person& p = account.person;
  PersonalRecord r;
  r.set_first_name(p.first_name);
  r.set_last_name(p.last_name);
  r.set_patronymic(p.patronymic);
  if (p.birth.has_value()) r.set_birth(store::ToNumber(*p.birth));
  r.set_sex(static_cast<int>(p.sex));
  r.set_citizenship(p.citizenship);
  r.set_snils(p.snils);
  r.set_inn(p.inn);
  if (p.document.has_value()) {
    r.set_document_type(static_cast<int>(p.document->type));
    r.set_document_series(p.document->series);
    r.set_document_number(p.document->number);
    r.set_document_issued(store::ToNumber(p.document->issued));
    r.set_document_issuer(p.document->issuer);
  }
  r.set_organization(account.organization);
  r.set_email(account.email.address());
  r.set_block_reason(account.block_reason.value_or(""));
  return r;
}

void SetPersonal(Account& account, const PersonalRecord& r) {
  Person& p = account.person;
  p.first_name = r.first_name();
  p.last_name = r.last_name();
  p.patronymic = r.patronymic();
  if (r.birth() != 0) p.birth = store::FromNumber(r.birth());
  p.sex = static_cast<Sex>(r.sex());
  p.citizenship = r.citizenship();
  p.snils = r.snils();
  p.inn = r.inn();
  if (r.document_type() != 0) {
    p.document = Document{static_cast<DocumentType>(r.document_type()), r.document_series(),
                          r.document_number(), store::FromNumber(r.document_issued()), r.document_issuer()};
  }
  account.organization = r.organization();
  account.email = Email::FromTrusted(r.email());
  if (account.block_reason.has_value()) account.block_reason = r.block_reason();
}

AccountRecord OpenPartOf(const Account& account) {
  AccountRecord r;
  r.set_type(static_cast<int>(account.type));
  r.set_locale(account.locale);
  if (account.confirmed.has_value()) {
    r.set_confirmation(static_cast<int>(account.confirmed->method));
    r.set_confirmed_at_us(store::ToUs(account.confirmed->at));
    r.set_confirmation_reference(account.confirmed->reference);
  }
  if (account.lock.has_value()) {
    r.set_lock_until_us(store::ToUs(account.lock->until));
    r.set_lock_number(account.lock->number);
  }
  r.set_owner_freeze_until_us(store::ToUs(account.owner_freeze_until));
  r.set_danger_freeze_until_us(store::ToUs(account.danger_freeze_until));
  r.set_blocked(account.block_reason.has_value());
  r.set_deleted(account.deleted);
  r.set_had_main_phone(account.had_main_phone);
  r.set_main_phone_changed_at_us(store::ToUs(account.main_phone_changed_at));
  r.set_version(account.version);
  r.set_created_at_us(store::ToUs(account.created_at));
  r.set_updated_at_us(store::ToUs(account.updated_at));
  return r;
}

Account FromOpenPart(const AccountId& id, const AccountRecord& r) {
  Account account;
  account.id = id;
  account.type = static_cast<AccountType>(r.type());
  account.locale = r.locale();
  if (r.confirmation() != 0) {
    account.confirmed = Confirmed{static_cast<Confirmation>(r.confirmation()),
                                  store::FromUs(r.confirmed_at_us()), r.confirmation_reference()};
  }
  if (r.lock_until_us() != 0) account.lock = Lock{store::FromUs(r.lock_until_us()), r.lock_number()};
  account.owner_freeze_until = store::MaybeFromUs(r.owner_freeze_until_us());
  account.danger_freeze_until = store::MaybeFromUs(r.danger_freeze_until_us());
  if (r.blocked()) account.block_reason.emplace();
  account.deleted = r.deleted();
  account.had_main_phone = r.had_main_phone();
  account.main_phone_changed_at = store::MaybeFromUs(r.main_phone_changed_at_us());
  account.version = r.version();
  account.created_at = store::FromUs(r.created_at_us());
  account.updated_at = store::FromUs(r.updated_at_us());
  return account;
}

kv::Key RecordKey(const AccountId& id) { return Records().At().Str(id.text()); }

absl::StatusOr<std::vector<AccountId>> IdsUnder(kv::ReadTxn& txn, const kv::Table<std::string>& table,
                                                const std::string& index) {
  std::vector<AccountId> ids;
  TRY(table.Scan(txn, table.At().Str(index), "", [&](absl::string_view, std::string id) {
    ids.push_back(AccountId::FromTrusted(std::move(id)));
    return true;
  }));
  return ids;
}

}  // namespace

std::string Accounts::DocumentIndex(const Document& document) const {
  return vault_->PassportIndex(absl::StrCat(static_cast<int>(document.type), "/", document.Number()));
}

absl::StatusOr<Account> Accounts::Decode(const AccountId& id, absl::string_view bytes) const {
  const AccountRecord record = TRY(kv::Codec<AccountRecord>::Decode(bytes));
  if (record.type() < 1 || record.type() > 4 || record.confirmation() < 0 || record.confirmation() > 4) {
    return store::Unreadable("AccountRecord");
  }
  Account account = FromOpenPart(id, record);
  PersonalRecord personal;
  if (!personal.ParseFromString(TRY(vault_->Open(record.sealed_personal(), id, "person")))) {
    return store::Unreadable("PersonalRecord");
  }
  SetPersonal(account, personal);
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
  AccountRecord record = OpenPartOf(account);
  record.set_sealed_personal(vault_->Seal(PersonalOf(account).SerializeAsString(), account.id, "person"));
  return Records().Put(txn, RecordKey(account.id), record);
}

absl::Status Accounts::Reindex(kv::Txn& txn, const Account& before, const Account& after) const {
  const auto move = [&](const kv::Table<std::string>& table, const std::optional<std::string>& from,
                        const std::optional<std::string>& to) -> absl::Status {
    if (from == to) return absl::OkStatus();
    if (from.has_value()) TRY(table.Delete(txn, table.At().Str(*from).Str(after.id.text())));
    if (to.has_value()) TRY(table.Put(txn, table.At().Str(*to).Str(after.id.text()), after.id.text()));
    return absl::OkStatus();
  };
  const auto snils = [&](const Account& a) {
    return a.person.snils.empty() ? std::nullopt : std::optional(vault_->SnilsIndex(a.person.snils));
  };
  const auto document = [&](const Account& a) {
    return a.person.document.has_value() ? std::optional(DocumentIndex(*a.person.document)) : std::nullopt;
  };
  TRY(move(BySnils(), snils(before), snils(after)));
  TRY(move(ByDocument(), document(before), document(after)));
  if (before.email.Canonical() == after.email.Canonical()) return absl::OkStatus();
  const auto key = [&](const Email& email) {
    return ByEmail().At().Str(vault_->EmailIndex(email.Canonical()));
  };
  if (before.email.has_value()) TRY(ByEmail().Delete(txn, key(before.email)));
  if (!after.email.has_value()) return absl::OkStatus();
  if (TRY(ByEmail().Find(txn, key(after.email))).has_value()) {
    return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists,
                  "the e-mail address belongs to another account")
        .With("field", "email");
  }
  return ByEmail().Put(txn, key(after.email), after.id.text());
}

absl::StatusOr<Account> Accounts::Insert(kv::Txn& txn, Account account, absl::Time now) const {
  if (TRY(txn.Get(RecordKey(account.id).bytes())).has_value()) {
    return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists, "an account with this id exists")
        .With("field", "account_id");
  }
  account.version = 1;
  account.created_at = account.updated_at = now;
  TRY(Reindex(txn, Account(), account));
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
  TRY(Reindex(txn, before, account));
  TRY(Save(txn, account));
  return account;
}

absl::StatusOr<std::optional<AccountId>> Accounts::FindByEmail(kv::ReadTxn& txn, const Email& email) const {
  std::optional<std::string> id =
      TRY(ByEmail().Find(txn, ByEmail().At().Str(vault_->EmailIndex(email.Canonical()))));
  if (!id.has_value()) return std::optional<AccountId>();
  return std::optional(AccountId::FromTrusted(*std::move(id)));
}

absl::StatusOr<std::vector<AccountId>> Accounts::FindBySnils(kv::ReadTxn& txn,
                                                             absl::string_view snils) const {
  return IdsUnder(txn, BySnils(), vault_->SnilsIndex(snils));
}

absl::StatusOr<std::vector<AccountId>> Accounts::FindByDocument(kv::ReadTxn& txn,
                                                                const Document& document) const {
  return IdsUnder(txn, ByDocument(), DocumentIndex(document));
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

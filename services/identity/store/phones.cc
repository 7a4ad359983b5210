#include "services/identity/store/phones.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/phone_record.h"

namespace tc::identity {
namespace {

using store::rec::HolderRecord;
using store::rec::PhoneRecord;

const kv::Table<PhoneRecord>& Records() {
  static const auto& t = *new kv::Table<PhoneRecord>("phone");
  return t;
}
const kv::Table<HolderRecord>& Holders() {
  static const auto& t = *new kv::Table<HolderRecord>("number");
  return t;
}

// account → its bound main phone
const kv::Table<std::string>& MainPhones() {
  static const auto& t = *new kv::Table<std::string>("main-phone");
  return t;
}

kv::Key RecordKey(const AccountId& account, const PhoneId& phone) {
  return Records().At().Str(account.text()).Str(phone.text());
}

std::string Field(const PhoneId& phone) { return absl::StrCat("phone/", phone.text()); }
std::string TitleField(const PhoneId& phone) { return absl::StrCat("phone-title/", phone.text()); }

absl::StatusOr<OwnedPhone> Opened(const Vault& vault, const PhoneName& name, const PhoneRecord& r) {
  store::OpenedPhone opened;
  opened.number = TRY(vault.Open(r.sealed_number(), name.account, Field(name.phone)));
  if (!r.sealed_title().empty())
    opened.title = TRY(vault.Open(r.sealed_title(), name.account, TitleField(name.phone)));
  return store::FromRecord(name, r, std::move(opened));
}

}  // namespace

absl::StatusOr<std::optional<OwnedPhone>> Phones::Find(kv::ReadTxn& txn, const PhoneName& name) const {
  const std::optional<PhoneRecord> record = TRY(Records().Find(txn, RecordKey(name.account, name.phone)));
  if (!record.has_value()) return std::optional<OwnedPhone>();
  return std::optional(TRY(Opened(*vault_, name, *record)));
}

absl::StatusOr<OwnedPhone> Phones::Get(kv::ReadTxn& txn, const PhoneName& name) const {
  std::optional<OwnedPhone> phone = TRY(Find(txn, name));
  if (!phone.has_value()) return NotFound("phone");
  return *std::move(phone);
}

absl::StatusOr<std::vector<OwnedPhone>> Phones::List(kv::ReadTxn& txn, const AccountId& account) const {
  std::vector<OwnedPhone> phones;
  absl::Status broken;
  TRY(Records().Scan(txn, Records().At().Str(account.text()), "",
                     [&](absl::string_view key, PhoneRecord record) {
                       kv::KeyReader reader(key);
                       std::string table, owner, id;
                       absl::StatusOr<OwnedPhone> phone = store::Unreadable("phone key");
                       if (reader.Str(table) && reader.Str(owner) && reader.Str(id)) {
                         phone = Opened(*vault_, {account, PhoneId::FromTrusted(id)}, record);
                       }
                       broken = phone.status();
                       if (!broken.ok()) return false;
                       phones.push_back(*std::move(phone));
                       return true;
                     }));
  TRY(broken);
  std::sort(phones.begin(), phones.end(), [](const OwnedPhone& a, const OwnedPhone& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  });
  return phones;
}

absl::Status Phones::Put(kv::Txn& txn, const OwnedPhone& phone) const {
  PhoneRecord r = store::RecordOf(phone);
  r.set_sealed_number(TRY(vault_->Seal(phone.number.e164(), phone.account, Field(phone.id))));
  if (!phone.title.empty())
    r.set_sealed_title(TRY(vault_->Seal(phone.title, phone.account, TitleField(phone.id))));
  TRY(NoteMain(txn, phone, phone.kind == PhoneKind::kMain && phone.state == PhoneState::kBound));
  return Records().Put(txn, RecordKey(phone.account, phone.id), r);
}

absl::Status Phones::Delete(kv::Txn& txn, const OwnedPhone& phone) const {
  TRY(NoteMain(txn, phone, false));
  return Records().Delete(txn, RecordKey(phone.account, phone.id));
}

absl::Status Phones::NoteMain(kv::Txn& txn, const OwnedPhone& phone, bool is_main) const {
  const kv::Key key = MainPhones().At().Str(phone.account.text());
  if (is_main) return MainPhones().Put(txn, key, phone.id.text());
  // Another may have become it just before.
  if (TRY(MainPhones().Find(txn, key)) != phone.id.text()) return absl::OkStatus();
  return MainPhones().Delete(txn, key);
}

absl::StatusOr<bool> Phones::HasMain(kv::ReadTxn& txn, const AccountId& account) const {
  return TRY(MainPhones().Find(txn, MainPhones().At().Str(account.text()))).has_value();
}

absl::StatusOr<std::optional<Holder>> Phones::FindHolder(kv::ReadTxn& txn, const Phone& number) const {
  for (const std::string& index : vault_->PhoneIndexes(number.e164())) {
    const std::optional<HolderRecord> r = TRY(Holders().Find(txn, Holders().At().Str(index)));
    if (!r.has_value()) continue;
    return std::optional(TRY(store::FromRecord(*r)));
  }
  return std::optional<Holder>();
}

absl::Status Phones::SetHolder(kv::Txn& txn, const Phone& number, const Holder& holder) const {
  const std::vector<std::string> indexes = vault_->PhoneIndexes(number.e164());
  for (size_t older = 1; older < indexes.size(); ++older)
    TRY(Holders().Delete(txn, Holders().At().Str(indexes[older])));
  return Holders().Put(txn, Holders().At().Str(indexes.front()), store::RecordOf(holder));
}

absl::Status Phones::DropHolder(kv::Txn& txn, const Phone& number) const {
  for (const std::string& index : vault_->PhoneIndexes(number.e164()))
    TRY(Holders().Delete(txn, Holders().At().Str(index)));
  return absl::OkStatus();
}

absl::Status Phones::Erase(kv::Txn& txn, const AccountId& account) const {
  for (const OwnedPhone& phone : TRY(List(txn, account))) {
    const std::optional<Holder> holder = TRY(FindHolder(txn, phone.number));
    if (holder.has_value() && holder->account == account) TRY(DropHolder(txn, phone.number));
    TRY(Records().Delete(txn, RecordKey(account, phone.id)));
  }
  return MainPhones().Delete(txn, MainPhones().At().Str(account.text()));
}

absl::Status Phones::Reindex(kv::Txn& txn, const AccountId& account) const {
  for (const OwnedPhone& phone : TRY(List(txn, account))) {
    const std::optional<Holder> holder = TRY(FindHolder(txn, phone.number));
    if (holder.has_value() && holder->account == account) TRY(SetHolder(txn, phone.number, *holder));
  }
  return absl::OkStatus();
}

}  // namespace tc::identity

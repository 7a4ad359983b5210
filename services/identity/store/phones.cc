#include "services/identity/store/phones.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

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

absl::StatusOr<OwnedPhone> FromRecord(const Vault& vault, const AccountId& account, const PhoneId& id,
                                      const PhoneRecord& r) {
  if (r.kind() < 1 || r.kind() > 3 || r.state() < 1 || r.state() > 4) return store::Unreadable("PhoneRecord");
  const bool scheduled = r.state() == static_cast<int>(PhoneState::kScheduled);
  if (scheduled && r.effective_at_us() == 0) return store::Unreadable("PhoneRecord");
  OwnedPhone phone;
  phone.account = account;
  phone.id = id;
  phone.number = Phone::FromTrusted(TRY(vault.Open(r.sealed_number(), account, Field(id))));
  phone.kind = static_cast<PhoneKind>(r.kind());
  phone.state = static_cast<PhoneState>(r.state());
  if (!r.sealed_title().empty()) phone.title = TRY(vault.Open(r.sealed_title(), account, TitleField(id)));
  phone.created_at = store::FromUs(r.created_at_us());
  phone.bound_at = store::MaybeFromUs(r.bound_at_us());
  phone.released_at = store::MaybeFromUs(r.released_at_us());
  phone.effective_at = store::MaybeFromUs(r.effective_at_us());
  phone.proved_at = store::MaybeFromUs(r.proved_at_us());
  return phone;
}

}  // namespace

absl::StatusOr<std::optional<OwnedPhone>> Phones::Find(kv::ReadTxn& txn, const PhoneName& name) const {
  const std::optional<PhoneRecord> record = TRY(Records().Find(txn, RecordKey(name.account, name.phone)));
  if (!record.has_value()) return std::optional<OwnedPhone>();
  return std::optional(TRY(FromRecord(*vault_, name.account, name.phone, *record)));
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
                         phone = FromRecord(*vault_, account, PhoneId::FromTrusted(id), record);
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
  PhoneRecord r;
  r.set_sealed_number(TRY(vault_->Seal(phone.number.e164(), phone.account, Field(phone.id))));
  r.set_kind(static_cast<int>(phone.kind));
  r.set_state(static_cast<int>(phone.state));
  if (!phone.title.empty())
    r.set_sealed_title(TRY(vault_->Seal(phone.title, phone.account, TitleField(phone.id))));
  r.set_created_at_us(store::ToUs(phone.created_at));
  r.set_bound_at_us(store::ToUs(phone.bound_at));
  r.set_released_at_us(store::ToUs(phone.released_at));
  r.set_effective_at_us(store::ToUs(phone.effective_at));
  r.set_proved_at_us(store::ToUs(phone.proved_at));
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
    return std::optional(Holder{AccountId::FromTrusted(r->account()), PhoneId::FromTrusted(r->phone()),
                                store::MaybeFromUs(r->released_at_us())});
  }
  return std::optional<Holder>();
}

absl::Status Phones::SetHolder(kv::Txn& txn, const Phone& number, const Holder& holder) const {
  const std::vector<std::string> indexes = vault_->PhoneIndexes(number.e164());
  for (size_t older = 1; older < indexes.size(); ++older)
    TRY(Holders().Delete(txn, Holders().At().Str(indexes[older])));
  HolderRecord r;
  r.set_account(holder.account.text());
  r.set_phone(holder.phone.text());
  r.set_released_at_us(store::ToUs(holder.released_at));
  return Holders().Put(txn, Holders().At().Str(indexes.front()), r);
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

#include "services/identity/store/person_keys.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

namespace tc::identity {
namespace {

using store::rec::PersonKeyRecord;

constexpr size_t kKeyBytes = 32;
constexpr char kKid[] = "p1";  // a person has one key in all his life

const kv::Table<PersonKeyRecord>& Records() {
  static const auto& t = *new kv::Table<PersonKeyRecord>("person-key");
  return t;
}

kv::Key RecordKey(const AccountId& account) { return Records().At().Str(account.text()); }
std::string Context(const AccountId& account) { return absl::StrCat("person-key/", account.text()); }

absl::StatusOr<std::optional<PersonKeyRecord>> Read(kv::Database& database, const AccountId& account) {
  std::optional<PersonKeyRecord> record;
  TRY(database.View([&](kv::ReadTxn& txn) -> absl::Status {
    record = TRY(Records().Find(txn, RecordKey(account)));
    return absl::OkStatus();
  }));
  return record;
}

absl::Status NameTaken() {
  return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists, "an account with this id existed")
      .With("field", "account_id");
}

absl::Status Rotated() {
  return Refuse(absl::StatusCode::kAborted, Reason::kConflict, "the keys have been rotated meanwhile");
}

}  // namespace

absl::Status PersonKeys::Ensure(const AccountId& account) {
  const std::optional<PersonKeyRecord> present = TRY(Read(*database_, account));
  if (present.has_value()) return present->destroyed_at_us() == 0 ? absl::OkStatus() : NameTaken();
  PersonKeyRecord fresh;
  fresh.set_wrapped(TRY(wrapper_->Wrap(Secret(random_->Bytes(kKeyBytes)), Context(account))));
  return database_
      ->Update([&](kv::Txn& txn) -> absl::Status {
        const std::optional<PersonKeyRecord> other = TRY(Records().Find(txn, RecordKey(account)));
        if (other.has_value()) return other->destroyed_at_us() == 0 ? absl::OkStatus() : NameTaken();
        // Rotated since: a pass of Rewrap may have gone by, and this would need the older key for ever.
        if (!TRY(wrapper_->IsCurrent(fresh.wrapped()))) return Rotated();
        return Records().Put(txn, RecordKey(account), fresh);
      })
      .status();
}

absl::StatusOr<std::shared_ptr<const crypto::Key>> PersonKeys::Get(const AccountId& account) const {
  if (std::optional<std::shared_ptr<const crypto::Key>> key = recent_.Find(account.text())) return *key;
  const std::optional<PersonKeyRecord> record = TRY(Read(*database_, account));
  if (!record.has_value()) return store::Unreadable("PersonKeyRecord");
  if (record->destroyed_at_us() != 0) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAccountDeleted,
                  "the account has been erased");
  }
  auto key = std::make_shared<const crypto::Key>(
      crypto::Key{kKid, TRY(wrapper_->Unwrap(record->wrapped(), Context(account)))});
  recent_.Keep(account.text(), key);
  // Destroyed between the look and the keeping: then Destroy had nothing to forget yet.
  const std::optional<PersonKeyRecord> still = TRY(Read(*database_, account));
  if (!still.has_value() || still->destroyed_at_us() != 0) recent_.Forget(account.text());
  return key;
}

absl::Status PersonKeys::Destroy(const AccountId& account, absl::Time now) {
  PersonKeyRecord tombstone;
  tombstone.set_destroyed_at_us(store::ToUs(now));
  TRY(database_->Update([&](kv::Txn& txn) -> absl::Status {
    const std::optional<PersonKeyRecord> present = TRY(Records().Find(txn, RecordKey(account)));
    if (present.has_value() && present->destroyed_at_us() != 0) return absl::OkStatus();
    return Records().Put(txn, RecordKey(account), tombstone);
  }));
  recent_.Forget(account.text());
  return absl::OkStatus();
}

absl::Status PersonKeys::RewrapOne(const AccountId& account) {
  const std::optional<PersonKeyRecord> seen = TRY(Read(*database_, account));
  if (!seen.has_value() || seen->wrapped().empty()) return absl::OkStatus();
  if (TRY(wrapper_->IsCurrent(seen->wrapped()))) return absl::OkStatus();
  PersonKeyRecord renewed;
  renewed.set_wrapped(
      TRY(wrapper_->Wrap(TRY(wrapper_->Unwrap(seen->wrapped(), Context(account))), Context(account))));
  return database_
      ->Update([&](kv::Txn& txn) -> absl::Status {
        const std::optional<PersonKeyRecord> present = TRY(Records().Find(txn, RecordKey(account)));
        // Destroyed meanwhile, or wrapped anew by another pass.
        if (!present.has_value() || present->wrapped() != seen->wrapped()) return absl::OkStatus();
        return Records().Put(txn, RecordKey(account), renewed);
      })
      .status();
}

absl::StatusOr<size_t> PersonKeys::Rewrap(size_t limit, std::string& cursor) {
  // All that was wrapped before is in the store before the pass looks.
  if (cursor.empty()) TRY(database_->Update([](kv::Txn&) { return absl::OkStatus(); }));
  std::vector<AccountId> next;
  std::string last;
  TRY(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
    return Records().Scan(txn, Records().At(), cursor, [&](absl::string_view key, const PersonKeyRecord&) {
      kv::KeyReader reader(key);
      std::string table, id;
      if (reader.Str(table) && reader.Str(id)) next.push_back(AccountId::FromTrusted(id));
      last = std::string(key);
      return next.size() < limit;
    });
  }));
  for (const AccountId& account : next) TRY(RewrapOne(account));
  cursor = next.size() < limit ? "" : last;
  return next.size();
}

absl::StatusOr<size_t> PersonKeys::Count() const {
  size_t count = 0;
  TRY(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
    return txn.Scan(Records().At().bytes(), Records().At().End(), [&](absl::string_view, absl::string_view) {
      ++count;
      return true;
    });
  }));
  return count;
}

}  // namespace tc::identity

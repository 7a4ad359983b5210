#include "services/identity/store/device_books.h"

#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/device_book_record.h"

namespace tc::identity {
namespace {

using store::rec::DeviceBookRecord;
using store::rec::DevicesRecord;

constexpr char kField[] = "devices";

const kv::Table<DevicesRecord>& Records() {
  static const auto& t = *new kv::Table<DevicesRecord>("devices");
  return t;
}
kv::Key RecordKey(const AccountId& account) { return Records().At().Str(account.text()); }

}  // namespace

absl::StatusOr<DeviceBook> DeviceBooks::Get(kv::ReadTxn& txn, const AccountId& account) const {
  const std::optional<DevicesRecord> sealed = TRY(Records().Find(txn, RecordKey(account)));
  if (!sealed.has_value()) return DeviceBook();
  const std::string opened = TRY(vault_->Open(sealed->sealed_book(), account, kField));
  return store::FromRecord(TRY(kv::RecordCodec<DeviceBookRecord>::Decode(opened)));
}

absl::Status DeviceBooks::Put(kv::Txn& txn, const AccountId& account, const DeviceBook& book) const {
  DevicesRecord sealed;
  sealed.set_sealed_book(TRY(vault_->Seal(store::RecordOf(book).SerializeAsString(), account, kField)));
  return Records().Put(txn, RecordKey(account), sealed);
}

absl::Status DeviceBooks::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity

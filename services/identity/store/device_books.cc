#include "services/identity/store/device_books.h"

#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

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
  DeviceBookRecord r;
  if (!r.ParseFromString(TRY(vault_->Open(sealed->sealed_book(), account, kField))))
    return store::Unreadable("DeviceBookRecord");
  DeviceBook book;
  book.signed_in = r.signed_in();
  for (const auto& device : r.devices())
    book.devices.push_back({device.mark(), store::FromUs(device.last_at_us()), device.wrong()});
  for (const auto& place : r.places())
    book.places.push_back({place.place(), store::FromUs(place.last_at_us())});
  return book;
}

absl::Status DeviceBooks::Put(kv::Txn& txn, const AccountId& account, const DeviceBook& book) const {
  DeviceBookRecord r;
  r.set_signed_in(book.signed_in);
  for (const KnownDevice& device : book.devices) {
    store::rec::KnownDeviceRecord* added = r.add_devices();
    added->set_mark(device.mark);
    added->set_last_at_us(store::ToUs(device.last_at));
    added->set_wrong(device.wrong);
  }
  for (const KnownPlace& place : book.places) {
    store::rec::KnownPlaceRecord* added = r.add_places();
    added->set_place(place.place);
    added->set_last_at_us(store::ToUs(place.last_at));
  }
  DevicesRecord sealed;
  sealed.set_sealed_book(TRY(vault_->Seal(r.SerializeAsString(), account, kField)));
  return Records().Put(txn, RecordKey(account), sealed);
}

absl::Status DeviceBooks::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity

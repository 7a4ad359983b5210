#include "services/identity/store/device_book_record.h"

namespace tc::identity::store {

rec::DeviceBookRecord RecordOf(const DeviceBook& book) {
  rec::DeviceBookRecord r;
  r.set_signed_in(book.signed_in);
  for (const KnownDevice& device : book.devices) {
    rec::KnownDeviceRecord& added = *r.add_devices();
    added.set_mark(device.mark);
    added.set_last_at_us(ToUs(device.last_at));
    added.set_wrong(device.wrong);
  }
  for (const KnownPlace& place : book.places) {
    rec::KnownPlaceRecord& added = *r.add_places();
    added.set_place(place.place);
    added.set_last_at_us(ToUs(place.last_at));
  }
  return r;
}

absl::StatusOr<DeviceBook> FromRecord(const rec::DeviceBookRecord& r) {
  DeviceBook book;
  book.signed_in = r.signed_in();
  for (const rec::KnownDeviceRecord& device : r.devices()) {
    if (device.mark().empty() || !IsCount(device.wrong())) return Unreadable("KnownDeviceRecord");
    book.devices.push_back({device.mark(), FromUs(device.last_at_us()), device.wrong()});
  }
  for (const rec::KnownPlaceRecord& place : r.places())
    book.places.push_back({place.place(), FromUs(place.last_at_us())});
  return book;
}

}  // namespace tc::identity::store

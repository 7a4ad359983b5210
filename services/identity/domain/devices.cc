#include "services/identity/domain/devices.h"

#include <algorithm>
#include <utility>

#include "services/identity/domain/sign_in.h"

namespace tc::identity {
namespace {

template <typename Known>
void KeepRecent(std::vector<Known>& known) {
  std::stable_sort(known.begin(), known.end(),
                   [](const Known& a, const Known& b) { return a.last_at > b.last_at; });
  if (known.size() > kMostKnown) known.resize(kMostKnown);
}

template <typename Devices>
auto Located(Devices& devices, const DeviceMarks& marks) {
  return std::find_if(devices.begin(), devices.end(), [&](const KnownDevice& device) {
    return std::find(marks.begin(), marks.end(), device.mark) != marks.end();
  });
}

}  // namespace

const KnownDevice* DeviceBook::Find(const DeviceMarks& marks) const {
  const auto found = Located(devices, marks);
  return found == devices.end() ? nullptr : &*found;
}

Noted NoteSignIn(DeviceBook book, const DeviceMarks& marks, const std::string& place, absl::Time now) {
  Noted noted;
  if (!marks.empty()) {
    const auto device = Located(book.devices, marks);
    noted.new_device = device == book.devices.end();
    if (!noted.new_device) book.devices.erase(device);
    book.devices.insert(book.devices.begin(), {marks.front(), now, 0});
    KeepRecent(book.devices);
  }
  bool new_place = false;
  if (!place.empty()) {
    const auto same = std::find_if(book.places.begin(), book.places.end(),
                                   [&](const KnownPlace& known) { return known.place == place; });
    new_place = same == book.places.end();
    if (!new_place) book.places.erase(same);
    book.places.insert(book.places.begin(), {place, now});
    KeepRecent(book.places);
  }
  noted.surprising = book.signed_in && (noted.new_device || new_place);
  book.signed_in = true;
  noted.book = std::move(book);
  return noted;
}

WrongAtDevice CountWrongAt(DeviceBook book, const DeviceMarks& marks) {
  const auto device = Located(book.devices, marks);
  if (device == book.devices.end()) return {std::move(book), 0};
  device->wrong += 1;
  const int left = kDeviceThreshold - device->wrong;
  if (left <= 0) book.devices.erase(device);
  return {std::move(book), std::max(left, 0)};
}

SignInGate GateAt(const Account& account, bool known_device, absl::Time now) {
  if (MaySignIn(account, now)) return SignInGate::kOpen;
  Account unlocked = account;
  unlocked.lock.reset();
  return known_device && MaySignIn(unlocked, now) ? SignInGate::kPastLock : SignInGate::kClosed;
}

}  // namespace tc::identity

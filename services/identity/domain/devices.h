#pragma once

// The devices and places from which an account's owner has signed in (IDN-12, SES-08). Whoever sits at a
// known device passes a lock that strangers have brought about. Pure.

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/identity/domain/account.h"

namespace tc::identity {

inline constexpr size_t kMostKnown = 20;  // devices, and places; the least recently used one goes
// Wrong passwords or codes in a row from a known device during a lock, until it is known no more.
inline constexpr int kDeviceThreshold = 5;

// A device as a sign-in shows it: keyed hashes of its id, one a key, the newest first. Empty: not told.
using DeviceMarks = std::vector<std::string>;

struct KnownDevice {
  std::string mark;
  absl::Time last_at;
  int wrong = 0;  // during locks, since the last sign-in
  friend bool operator==(const KnownDevice&, const KnownDevice&) = default;
};

struct KnownPlace {
  std::string place;  // coarse, as the portal told
  absl::Time last_at;
  friend bool operator==(const KnownPlace&, const KnownPlace&) = default;
};

struct DeviceBook {
  bool signed_in = false;  // ever
  std::vector<KnownDevice> devices;
  std::vector<KnownPlace> places;
  friend bool operator==(const DeviceBook&, const DeviceBook&) = default;

  const KnownDevice* Find(const DeviceMarks& marks) const;  // null: not known
  bool Knows(const DeviceMarks& marks) const { return Find(marks) != nullptr; }
};

// A sign-in is complete. `place` may be empty: not told.
struct Noted {
  DeviceBook book;
  bool new_device = false;  // told, and nobody has signed in from it before
  bool surprising = false;  // a new device or place, and not the first sign-in: its owner should hear of it
};
Noted NoteSignIn(DeviceBook book, const DeviceMarks& marks, const std::string& place, absl::Time now);

// A wrong password or code from a known device during a lock.
struct WrongAtDevice {
  DeviceBook book;
  int attempts_left = 0;  // 0: the device is known no more
};
WrongAtDevice CountWrongAt(DeviceBook book, const DeviceMarks& marks);

// May a password or code for this account be judged now?
enum class SignInGate {
  kOpen,
  kPastLock,  // a lock is in force, the device is known
  kClosed,    // locked, blocked or erased
};
// A frozen one may: its owner must get in to lift the freeze.
SignInGate GateAt(const Account& account, bool known_device, absl::Time now);

}  // namespace tc::identity

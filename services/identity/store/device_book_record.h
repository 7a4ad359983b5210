#pragma once

// The bytes of a book of devices and places. They exist sealed only. Pure.

#include "absl/status/statusor.h"
#include "services/identity/domain/devices.h"
#include "services/identity/store/codec.h"

namespace tc::identity::store {

rec::DeviceBookRecord RecordOf(const DeviceBook& book);

// DATA_LOSS of what no version of this program has written: a count below zero would be more guesses.
absl::StatusOr<DeviceBook> FromRecord(const rec::DeviceBookRecord& record);

}  // namespace tc::identity::store

#pragma once

// The bytes of an owner's settings. The time zone is sealed: the caller seals and opens it. Pure.

#include <string>

#include "absl/status/statusor.h"
#include "services/identity/domain/settings.h"
#include "services/identity/store/codec.h"

namespace tc::identity::store {

rec::SettingsRecord RecordOf(const SecuritySettings& settings);  // without what is sealed

// DATA_LOSS of what nobody may choose: the second factor must not fall away with a bad byte.
absl::StatusOr<SecuritySettings> FromRecord(const rec::SettingsRecord& record, std::string time_zone);

}  // namespace tc::identity::store

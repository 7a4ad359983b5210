#pragma once

// How codecs write times and enumerators.

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/count.h"
#include "services/otp/domain/address.h"

namespace tc::otp {

inline int64_t StoredTime(absl::Time time) {
  return time == absl::InfinitePast() ? 0 : absl::ToUnixMicros(time);
}
inline absl::Time LoadedTime(int64_t us) { return absl::FromUnixMicros(us); }
inline absl::Time LoadedTimeOrPast(int64_t us) {
  return us == 0 ? absl::InfinitePast() : absl::FromUnixMicros(us);
}

// Enumerators are kept as their place plus one, so that 0 is always "never written". Their order in the
// domain is therefore part of the format: new ones go to the end.
template <typename Enum>
int32_t Number(Enum value) {
  return static_cast<int32_t>(value) + 1;
}
template <typename Enum>
bool FromNumber(int32_t number, Enum last, Enum& value) {
  if (number < 1 || number > Number(last)) return false;
  value = static_cast<Enum>(number - 1);
  return true;
}
inline constexpr auto kLastKind = Address::Kind::kDecoy;

inline absl::Status Unreadable(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("unreadable record: ", what));
}

}  // namespace tc::otp

#include "services/identity/store/codec.h"

#include <limits>

#include "absl/strings/str_cat.h"

namespace tc::identity::store {

absl::Status Unreadable(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("unreadable record: ", what));
}

int64_t ToUs(absl::Time time) {
  return time == absl::InfiniteFuture() ? std::numeric_limits<int64_t>::max() : absl::ToUnixMicros(time);
}

absl::Time FromUs(int64_t us) {
  return us == std::numeric_limits<int64_t>::max() ? absl::InfiniteFuture() : absl::FromUnixMicros(us);
}

std::optional<absl::Time> MaybeFromUs(int64_t us) {
  if (us == 0) return std::nullopt;
  return FromUs(us);
}

int32_t ToNumber(absl::CivilDay day) {
  return static_cast<int32_t>(day.year() * 10000 + day.month() * 100 + day.day());
}
absl::CivilDay FromNumber(int32_t number) {
  return absl::CivilDay(number / 10000, number / 100 % 100, number % 100);
}

}  // namespace tc::identity::store

#include "services/identity/domain/civil_age.h"

namespace tc::identity {

absl::CivilDay Today(absl::Time now, absl::TimeZone zone) { return absl::ToCivilDay(now, zone); }

int FullYears(absl::CivilDay birth, absl::CivilDay today) {
  // CivilDay normalises 29 February of a common year to 1 March: just what E3 wants.
  const absl::CivilDay birthday(today.year(), birth.month(), birth.day());
  const auto years = static_cast<int>(today.year() - birth.year());
  return today < birthday ? years - 1 : years;
}

}  // namespace tc::identity

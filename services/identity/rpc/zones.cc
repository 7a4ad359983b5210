#include "services/identity/rpc/zones.h"

namespace tc::identity {
namespace {

// Not a name of the database, but the library takes it for the machine's own zone.
constexpr char kLocalTime[] = "localtime";

}  // namespace

std::optional<absl::TimeZone> ZoneNamed(const std::string& name) {
  absl::TimeZone zone;
  if (name == kLocalTime || !absl::LoadTimeZone(name, &zone)) return std::nullopt;
  return zone;
}

absl::TimeZone ZoneOf(const SecuritySettings& settings, absl::TimeZone ours) {
  if (settings.time_zone.empty()) return ours;
  return ZoneNamed(settings.time_zone).value_or(ours);
}

}  // namespace tc::identity

#pragma once

// What an account's owner has chosen: the second factor, and how and when notices come that are no security
// notices (O8, I8). Pure.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/refusal.h"
#include "services/identity/domain/code.h"
#include "services/identity/domain/notice.h"
#include "services/identity/domain/second_factor.h"

namespace tc::identity {

// The numbers are those on disk and of the public enum.
enum class Importance { kLow = 1, kNormal = 2, kSecurity = 3 };

struct SecuritySettings {
  SecondFactor second_factor = SecondFactor::kNone;
  std::vector<CodeChannel> channels = {CodeChannel::kSms, CodeChannel::kEmail};
  int first_hour = 9;  // 0 to 23
  int last_hour = 21;  // 1 to 24, not any more; equal modulo 24: at every hour
  Importance least_importance = Importance::kNormal;
  bool sign_in_notices = true;
  std::string time_zone;  // of the hours: an IANA name, "Asia/Vladivostok"; empty: the service's own
  friend bool operator==(const SecuritySettings&, const SecuritySettings&) = default;
};

// The fields of the public message, by their names there.
const std::vector<std::string>& SettingsFields();

// `now` with the named fields of `wanted`.
SecuritySettings Changed(SecuritySettings now, const SecuritySettings& wanted,
                         const std::set<std::string>& fields);
// The names of the fields that differ, in the order of SettingsFields.
std::vector<std::string> Differences(const SecuritySettings& a, const SecuritySettings& b);

// Everything wrong with the values themselves, of the named fields: CHANNEL_NOT_ALLOWED, CHANNEL_REPEATED,
// HOUR_RANGE, IMPORTANCE_MISSING, SECOND_FACTOR_MISSING, TIME_ZONE_UNKNOWN (no name of that form: at most 64
// of A-Z a-z 0-9 _ + - /, a letter first). Whether there is such a zone is not known here.
std::vector<FieldViolation> MistakesOf(const SecuritySettings& wanted, const std::set<std::string>& fields);
FieldViolation TimeZoneUnknown();
// What the account's present factor and numbers do not allow: TOTP comes and goes with the app only, an SMS
// needs a bound number.
std::optional<FieldViolation> CheckFactorChange(SecondFactor present, SecondFactor wanted, AccountType type,
                                                const std::vector<OwnedPhone>& phones);

// Whether a notice of no security comes, by which addresses, and not before when. Security notices ignore all
// of it. No recipients: it does not come. `zone` is the owner's, or the service's where he has named none.
struct Delivery {
  Notice notice;
  absl::Time not_before = absl::InfinitePast();
};
Delivery AsChosen(Notice notice, const SecuritySettings& settings, absl::TimeZone zone, absl::Time now);

// The first moment from `now` on whose hour in the zone is one of the chosen ones.
absl::Time NextAllowed(int first_hour, int last_hour, absl::TimeZone zone, absl::Time now);

}  // namespace tc::identity

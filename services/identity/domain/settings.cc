#include "services/identity/domain/settings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"

namespace tc::identity {
namespace {

constexpr int kHours = 24;
constexpr size_t kLongestZone = 64;  // characters
constexpr int kMostDays = 3;         // an hour that a change of the clocks leaves out is there the day after

bool Allowed(int hour, int first, int last) {
  if (first == last % kHours) return true;
  return first < last ? hour >= first && hour < last : hour >= first || hour < last;
}

// Of a name, never of a path out of the database.
bool IsZoneName(absl::string_view text) {
  if (text.empty()) return true;
  return text.size() <= kLongestZone && absl::ascii_isalpha(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '+' || c == '-' ||
                  c == '/';
         });
}

bool Chosen(const SecuritySettings& settings, CodeChannel channel) {
  return std::find(settings.channels.begin(), settings.channels.end(), channel) != settings.channels.end();
}

void CheckChannels(const std::vector<CodeChannel>& channels, std::vector<FieldViolation>& mistakes) {
  std::set<CodeChannel> seen;
  bool repeated = false;
  bool foreign = false;
  for (const CodeChannel channel : channels) {
    repeated = !seen.insert(channel).second || repeated;
    const bool known =
        channel == CodeChannel::kSms || channel == CodeChannel::kEmail || channel == CodeChannel::kPush;
    foreign = !known || foreign;
  }
  if (foreign)
    mistakes.push_back({"settings.channels", "CHANNEL_NOT_ALLOWED", "notices come by SMS, e-mail and push"});
  if (repeated) mistakes.push_back({"settings.channels", "CHANNEL_REPEATED", "name each channel once"});
}

}  // namespace

const std::vector<std::string>& SettingsFields() {
  static const auto& fields =
      *new std::vector<std::string>{"second_factor",    "channels",        "first_hour", "last_hour",
                                    "least_importance", "sign_in_notices", "time_zone"};
  return fields;
}

SecuritySettings Changed(SecuritySettings now, const SecuritySettings& wanted,
                         const std::set<std::string>& fields) {
  if (fields.contains("second_factor")) now.second_factor = wanted.second_factor;
  if (fields.contains("channels")) now.channels = wanted.channels;
  if (fields.contains("first_hour")) now.first_hour = wanted.first_hour;
  if (fields.contains("last_hour")) now.last_hour = wanted.last_hour;
  if (fields.contains("least_importance")) now.least_importance = wanted.least_importance;
  if (fields.contains("sign_in_notices")) now.sign_in_notices = wanted.sign_in_notices;
  if (fields.contains("time_zone")) now.time_zone = wanted.time_zone;
  return now;
}

std::vector<std::string> Differences(const SecuritySettings& a, const SecuritySettings& b) {
  std::vector<std::string> differing;
  for (const std::string& field : SettingsFields()) {
    if (!(Changed(a, b, {field}) == a)) differing.push_back(field);
  }
  return differing;
}

std::vector<FieldViolation> MistakesOf(const SecuritySettings& wanted, const std::set<std::string>& fields) {
  std::vector<FieldViolation> mistakes;
  if (fields.contains("second_factor") &&
      (wanted.second_factor < SecondFactor::kNone || wanted.second_factor > SecondFactor::kTotp)) {
    mistakes.push_back({"settings.second_factor", "SECOND_FACTOR_MISSING", "say which, or none"});
  }
  if (fields.contains("channels")) CheckChannels(wanted.channels, mistakes);
  if (fields.contains("first_hour") && (wanted.first_hour < 0 || wanted.first_hour >= kHours))
    mistakes.push_back({"settings.first_hour", "HOUR_RANGE", "an hour from 0 to 23"});
  if (fields.contains("last_hour") && (wanted.last_hour < 1 || wanted.last_hour > kHours))
    mistakes.push_back({"settings.last_hour", "HOUR_RANGE", "an hour from 1 to 24"});
  if (fields.contains("least_importance") &&
      (wanted.least_importance < Importance::kLow || wanted.least_importance > Importance::kSecurity)) {
    mistakes.push_back({"settings.least_importance", "IMPORTANCE_MISSING", "say which"});
  }
  if (fields.contains("time_zone") && !IsZoneName(wanted.time_zone)) mistakes.push_back(TimeZoneUnknown());
  return mistakes;
}

FieldViolation TimeZoneUnknown() {
  return {"settings.time_zone", "TIME_ZONE_UNKNOWN", "a name of the IANA database, such as Asia/Vladivostok"};
}

std::optional<FieldViolation> CheckFactorChange(SecondFactor present, SecondFactor wanted, AccountType type,
                                                const std::vector<OwnedPhone>& phones) {
  if (present == wanted) return std::nullopt;
  const auto mistake = [](const char* reason, const char* sentence) {
    return FieldViolation{"settings.second_factor", reason, sentence};
  };
  if (wanted == SecondFactor::kTotp)
    return mistake("TOTP_NOT_CONFIRMED", "an app is taken into use with a code that it shows");
  if (present == SecondFactor::kTotp)
    return mistake("TOTP_IN_USE", "the use of the app ends with a code that it shows");
  if (wanted == SecondFactor::kSms && !NumberForCode(type, phones, std::nullopt).ok())
    return mistake("PHONE_MISSING", "no number is bound that could get a code");
  return std::nullopt;
}

absl::Time NextAllowed(int first_hour, int last_hour, absl::TimeZone zone, absl::Time now) {
  const absl::CivilHour present = absl::ToCivilHour(now, zone);
  if (Allowed(present.hour(), first_hour, last_hour)) return now;
  const absl::CivilDay today(present);
  for (int days = 0; days < kMostDays; ++days) {
    const absl::CivilDay day = today + days;
    const absl::Time start =
        absl::FromCivil(absl::CivilHour(day.year(), day.month(), day.day(), first_hour), zone);
    if (start > now && Allowed(absl::ToCivilHour(start, zone).hour(), first_hour, last_hour)) return start;
  }
  return now;  // no zone leaves an hour out twice in a row
}

Delivery AsChosen(Notice notice, const SecuritySettings& settings, absl::TimeZone zone, absl::Time now) {
  if (IsSecurity(notice.kind)) return {std::move(notice)};
  // What is no security is of normal importance.
  const bool wanted = settings.least_importance <= Importance::kNormal;
  if (!wanted || !Chosen(settings, CodeChannel::kSms)) notice.phones.clear();
  if (!wanted || !Chosen(settings, CodeChannel::kEmail)) notice.emails.clear();
  const absl::Time not_before = NextAllowed(settings.first_hour, settings.last_hour, zone, now);
  // An invitation lives half an hour: in the morning it would be news of the past. It waits in the cabinet.
  if (notice.kind == NoticeKind::kInvitationReceived && not_before > now) notice.emails.clear();
  return {std::move(notice), not_before};
}

}  // namespace tc::identity

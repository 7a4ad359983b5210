#include "services/identity/store/settings_record.h"

#include <algorithm>
#include <utility>

namespace tc::identity::store {
namespace {

bool NumbersAreKnown(const rec::SettingsRecord& r) {
  return IsAmong(r.second_factor(), SecondFactor::kNone, SecondFactor::kTotp) &&
         IsAmong(r.least_importance(), Importance::kLow, Importance::kSecurity) &&
         std::all_of(r.channels().begin(), r.channels().end(),
                     [](int32_t number) { return IsAmong(number, CodeChannel::kSms, CodeChannel::kPush); });
}

}  // namespace

rec::SettingsRecord RecordOf(const SecuritySettings& settings) {
  rec::SettingsRecord r;
  r.set_second_factor(static_cast<int>(settings.second_factor));
  for (const CodeChannel channel : settings.channels) r.add_channels(static_cast<int>(channel));
  r.set_first_hour(settings.first_hour);
  r.set_last_hour(settings.last_hour);
  r.set_least_importance(static_cast<int>(settings.least_importance));
  r.set_sign_in_notices(settings.sign_in_notices);
  return r;
}

absl::StatusOr<SecuritySettings> FromRecord(const rec::SettingsRecord& r, std::string time_zone) {
  if (!NumbersAreKnown(r)) return Unreadable("SettingsRecord");
  SecuritySettings settings;
  settings.second_factor = static_cast<SecondFactor>(r.second_factor());
  settings.channels.clear();
  for (const int channel : r.channels()) settings.channels.push_back(static_cast<CodeChannel>(channel));
  settings.first_hour = r.first_hour();
  settings.last_hour = r.last_hour();
  settings.least_importance = static_cast<Importance>(r.least_importance());
  settings.sign_in_notices = r.sign_in_notices();
  settings.time_zone = std::move(time_zone);
  // What an owner may not choose was never kept.
  if (!MistakesOf(settings, {SettingsFields().begin(), SettingsFields().end()}).empty())
    return Unreadable("SettingsRecord");
  return settings;
}

}  // namespace tc::identity::store

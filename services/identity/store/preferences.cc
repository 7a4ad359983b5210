#include "services/identity/store/preferences.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

namespace tc::identity {
namespace {

using store::rec::SettingsRecord;

const kv::Table<SettingsRecord>& Records() {
  static const auto& t = *new kv::Table<SettingsRecord>("settings");
  return t;
}
constexpr char kTimeZone[] = "settings/time-zone";

kv::Key RecordKey(const AccountId& account) { return Records().At().Str(account.text()); }

}  // namespace

absl::StatusOr<SecuritySettings> Preferences::Get(kv::ReadTxn& txn, const AccountId& account) const {
  const std::optional<SettingsRecord> r = TRY(Records().Find(txn, RecordKey(account)));
  SecuritySettings settings;
  if (!r.has_value()) return settings;
  settings.second_factor = static_cast<SecondFactor>(r->second_factor());
  settings.channels.clear();
  for (const int channel : r->channels()) settings.channels.push_back(static_cast<CodeChannel>(channel));
  settings.first_hour = r->first_hour();
  settings.last_hour = r->last_hour();
  settings.least_importance = static_cast<Importance>(r->least_importance());
  settings.sign_in_notices = r->sign_in_notices();
  if (!r->sealed_time_zone().empty()) {
    const absl::StatusOr<std::string> zone = vault_->Open(r->sealed_time_zone(), account, kTimeZone);
    // A copy from before the erasure has been restored.
    if (!HasReason(zone.status(), Reason::kAccountDeleted)) settings.time_zone = TRY(zone);
  }
  // Whatever else these bytes are: the second factor must not fall away with them.
  if (!MistakesOf(settings, {SettingsFields().begin(), SettingsFields().end()}).empty())
    return store::Unreadable("SettingsRecord");
  return settings;
}

absl::Status Preferences::Put(kv::Txn& txn, const AccountId& account,
                              const SecuritySettings& settings) const {
  SettingsRecord r;
  r.set_second_factor(static_cast<int>(settings.second_factor));
  for (const CodeChannel channel : settings.channels) r.add_channels(static_cast<int>(channel));
  r.set_first_hour(settings.first_hour);
  r.set_last_hour(settings.last_hour);
  r.set_least_importance(static_cast<int>(settings.least_importance));
  r.set_sign_in_notices(settings.sign_in_notices);
  if (!settings.time_zone.empty())
    r.set_sealed_time_zone(TRY(vault_->Seal(settings.time_zone, account, kTimeZone)));
  return Records().Put(txn, RecordKey(account), r);
}

absl::Status Preferences::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity

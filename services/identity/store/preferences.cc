#include "services/identity/store/preferences.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/settings_record.h"

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
  if (!r.has_value()) return SecuritySettings();
  if (r->sealed_time_zone().empty()) return store::FromRecord(*r, "");
  const absl::StatusOr<std::string> zone = vault_->Open(r->sealed_time_zone(), account, kTimeZone);
  // A copy from before the erasure has been restored.
  if (HasReason(zone.status(), Reason::kAccountDeleted)) return store::FromRecord(*r, "");
  return store::FromRecord(*r, TRY(zone));
}

absl::Status Preferences::Put(kv::Txn& txn, const AccountId& account,
                              const SecuritySettings& settings) const {
  SettingsRecord r = store::RecordOf(settings);
  if (!settings.time_zone.empty())
    r.set_sealed_time_zone(TRY(vault_->Seal(settings.time_zone, account, kTimeZone)));
  return Records().Put(txn, RecordKey(account), r);
}

absl::Status Preferences::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity

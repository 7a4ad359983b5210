#include "services/identity/rpc/settings_handlers.h"

#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "services/identity/rpc/convert_security.h"

namespace tc::identity {

absl::Status TellSecondFactor(kv::Txn& txn, const Desk& desk, const rpc::Call& call, const Dossier& dossier,
                              SecondFactor factor, const Circumstances& circumstances) {
  TRY(desk.Record(txn, call, dossier.account, "SecondFactorChanged",
                  {{"factor", std::string(FactorName(factor))}}, circumstances));
  return desk.Tell(txn, NoticeKind::kSecondFactorChanged, dossier, call.now);
}

absl::Status SaveSettings(kv::Txn& txn, const Desk& desk, const rpc::Call& call, const Dossier& dossier,
                          const SecuritySettings& before, const SecuritySettings& after,
                          const ClientPlace& client) {
  const std::vector<std::string> changed = Differences(before, after);
  if (changed.empty()) return absl::OkStatus();
  TRY(desk.preferences.Put(txn, dossier.account.id, after));
  TRY(desk.Record(txn, call, dossier.account, "SettingsChanged", {{"fields", absl::StrJoin(changed, ",")}},
                  {client, ""}));
  if (before.second_factor == after.second_factor) return absl::OkStatus();
  return TellSecondFactor(txn, desk, call, dossier, after.second_factor, {client, ""});
}

absl::StatusOr<pb::SecuritySettings> SettingsHandlers::GetSecuritySettings(
    const rpc::Call& call, const pb::GetSecuritySettingsRequest& in) {
  const AccountId account = TRY(ParseSettingsName(in.name(), "name"));
  TRY(desk_.CheckOwner(call, account));
  SecuritySettings settings;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    TRY(desk_.accounts.Get(txn, account));
    settings = TRY(desk_.preferences.Get(txn, account));
    return absl::OkStatus();
  }));
  return ToProto(settings, account);
}

absl::StatusOr<pb::SecuritySettings> SettingsHandlers::UpdateSecuritySettings(
    const rpc::Call& call, const pb::UpdateSecuritySettingsRequest& in) {
  const SettingsOrder order = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, order.account));
  TRY(desk_.CheckRecentSignIn(call, order.account));
  return desk_.once.Run<pb::SecuritySettings>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::SecuritySettings> {
        const Dossier dossier = TRY(desk_.Load(txn, order.account));
        TRY(RequireState(dossier.account, {State::kActive}, call.now));
        const SecuritySettings before = TRY(desk_.preferences.Get(txn, order.account));
        const SecuritySettings after = Changed(before, order.wanted, order.fields);
        Mistakes mistakes = order.mistakes;
        if (const auto refused = CheckFactorChange(before.second_factor, after.second_factor,
                                                   dossier.account.type, dossier.phones)) {
          mistakes.Add(refused->field, refused->reason, refused->description);
        }
        TRY(mistakes.status());
        TRY(SaveSettings(txn, desk_, call, dossier, before, after, order.client));
        return ToProto(after, order.account);
      });
}

}  // namespace tc::identity

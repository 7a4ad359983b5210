#pragma once

// The owner's settings (O8, I8). Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

// Saves the settings and tells of them: event SettingsChanged with the changed fields, SecondFactorChanged
// and the notice when the second factor is another. Nothing when they are as they were.
absl::Status SaveSettings(kv::Txn& txn, const Desk& desk, const rpc::Call& call, const Dossier& dossier,
                          const SecuritySettings& before, const SecuritySettings& after,
                          const ClientPlace& client);

// The second factor is another: event and notice. `circumstances` hold an officer's reason, if there is one.
absl::Status TellSecondFactor(kv::Txn& txn, const Desk& desk, const rpc::Call& call, const Dossier& dossier,
                              SecondFactor factor, const Circumstances& circumstances);

class SettingsHandlers {
 public:
  explicit SettingsHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::SecuritySettings> GetSecuritySettings(const rpc::Call& call,
                                                           const pb::GetSecuritySettingsRequest& in);
  absl::StatusOr<pb::SecuritySettings> UpdateSecuritySettings(const rpc::Call& call,
                                                              const pb::UpdateSecuritySettingsRequest& in);

 private:
  const Desk& desk_;
};

}  // namespace tc::identity

#pragma once

// Preferences: the settings that owners have chosen; one row an account. Where somebody lives is sealed under
// his own key. Thread-safe; works inside the transactions of its callers.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/id.h"
#include "common/kv/database.h"
#include "services/identity/domain/settings.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

class Preferences {
 public:
  explicit Preferences(const Vault& vault) : vault_(&vault) {}

  // The defaults when nothing was chosen.
  absl::StatusOr<SecuritySettings> Get(kv::ReadTxn& txn, const AccountId& account) const;
  absl::Status Put(kv::Txn& txn, const AccountId& account, const SecuritySettings& settings) const;
  absl::Status Erase(kv::Txn& txn, const AccountId& account) const;

 private:
  const Vault* vault_;
};

}  // namespace tc::identity

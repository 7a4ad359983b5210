#pragma once

// DeviceBooks: the devices and places from which accounts were signed in to, sealed; one row an account.
// Thread-safe; works inside the transactions of its callers.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/identity/domain/devices.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

class DeviceBooks {
 public:
  explicit DeviceBooks(const Vault& vault) : vault_(&vault) {}

  // An empty one when there is no row.
  absl::StatusOr<DeviceBook> Get(kv::ReadTxn& txn, const AccountId& account) const;
  absl::Status Put(kv::Txn& txn, const AccountId& account, const DeviceBook& book) const;
  absl::Status Erase(kv::Txn& txn, const AccountId& account) const;

 private:
  const Vault* vault_;
};

}  // namespace tc::identity

#pragma once

// SecondFactorKeys: the keys of authenticator apps, sealed, and the code by SMS that is under way at a
// sign-in; one row an account. Thread-safe; works inside the transactions of its callers.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/identity/domain/second_factor.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

class SecondFactorKeys {
 public:
  explicit SecondFactorKeys(const Vault& vault) : vault_(&vault) {}

  // Nothing enrolled, in use or under way when there is no row.
  absl::StatusOr<SecondFactors> Get(kv::ReadTxn& txn, const AccountId& account) const;
  absl::Status Put(kv::Txn& txn, const AccountId& account, const SecondFactors& factors) const;
  absl::Status Erase(kv::Txn& txn, const AccountId& account) const;

 private:
  const Vault* vault_;
};

}  // namespace tc::identity

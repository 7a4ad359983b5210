#pragma once

// PendingEmails: addresses whose possession is not proved yet, sealed; one for an account. No index: an
// address that is not proved is found by nobody. Thread-safe; works inside the transactions of its callers.

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/identity/domain/pending_email.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

class PendingEmails {
 public:
  explicit PendingEmails(const Vault& vault) : vault_(&vault) {}

  absl::StatusOr<std::optional<PendingEmail>> Find(kv::ReadTxn& txn, const AccountId& account) const;
  // In the place of the one before.
  absl::Status Put(kv::Txn& txn, const PendingEmail& pending) const;
  absl::Status Erase(kv::Txn& txn, const AccountId& account) const;

 private:
  const Vault* vault_;
};

}  // namespace tc::identity

#pragma once

// Preferences: the settings that owners have chosen; one row an account. Thread-safe; works inside the
// transactions of its callers.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/id.h"
#include "common/kv/database.h"
#include "services/identity/domain/settings.h"

namespace tc::identity {

class Preferences {
 public:
  // The defaults when nothing was chosen.
  absl::StatusOr<SecuritySettings> Get(kv::ReadTxn& txn, const AccountId& account) const;
  absl::Status Put(kv::Txn& txn, const AccountId& account, const SecuritySettings& settings) const;
  absl::Status Erase(kv::Txn& txn, const AccountId& account) const;
};

}  // namespace tc::identity

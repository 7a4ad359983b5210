#pragma once

// AccountIndex: accounts by e-mail address, SNILS and document, under keyed blind indexes (CRY-04). During a
// rotation of an index key rows lie under the older key, too: looking and deleting goes through all of them.
// Thread-safe; works inside the transactions of its callers.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/identity/domain/account.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

class AccountIndex {
 public:
  explicit AccountIndex(const Vault& vault) : vault_(&vault) {}

  absl::StatusOr<std::optional<AccountId>> FindByEmail(kv::ReadTxn& txn, const Email& email) const;
  absl::StatusOr<std::vector<AccountId>> FindBySnils(kv::ReadTxn& txn, absl::string_view snils) const;
  absl::StatusOr<std::vector<AccountId>> FindByDocument(kv::ReadTxn& txn, const Document& document) const;
  // The same type, series and number, by their keyed hashes and in constant time.
  bool SameDocument(const Document& a, const Document& b) const;

  // Takes away what led to `before` and leads to `after` instead, under the newest keys. ALREADY_EXISTS with
  // metadata "field" when another account has the e-mail address.
  absl::Status Move(kv::Txn& txn, const Account& before, const Account& after) const;

 private:
  const Vault* vault_;
};

}  // namespace tc::identity

#pragma once

// Accounts: the accounts and the ways to find them, kept together. Personal data is sealed; e-mail, SNILS and
// document are found by blind index. Thread-safe; works inside the transactions of its callers.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/identity/domain/account.h"
#include "services/identity/store/account_index.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

class Accounts {
 public:
  explicit Accounts(const Vault& vault) : vault_(&vault), index_(vault) {}

  absl::StatusOr<std::optional<Account>> Find(kv::ReadTxn& txn, const AccountId& id) const;
  // NOT_FOUND of "account" when absent.
  absl::StatusOr<Account> Get(kv::ReadTxn& txn, const AccountId& id) const;

  // Gives it version 1. ALREADY_EXISTS / ALREADY_EXISTS for the id, or with metadata "field" for the e-mail
  // address.
  absl::StatusOr<Account> Insert(kv::Txn& txn, Account account, absl::Time now) const;
  // Gives it the next version and renews the indexes. ABORTED / CONFLICT when it is not `account`'s version
  // that is stored.
  absl::StatusOr<Account> Update(kv::Txn& txn, Account account, absl::Time now) const;

  // Leaves nothing that tells who it was, nor an index that leads to it; the id, its dates and that it is
  // deleted stay. The person's key is destroyed apart.
  absl::StatusOr<Account> Erase(kv::Txn& txn, const AccountId& id, absl::Time now) const;
  // Writes its indexes anew, under today's keys.
  absl::Status Reindex(kv::Txn& txn, const AccountId& id) const;

  absl::StatusOr<std::optional<AccountId>> FindByEmail(kv::ReadTxn& txn, const Email& email) const {
    return index_.FindByEmail(txn, email);
  }
  // All who have it: the same person may have several accounts (L6).
  absl::StatusOr<std::vector<AccountId>> FindBySnils(kv::ReadTxn& txn, absl::string_view snils) const {
    return index_.FindBySnils(txn, snils);
  }
  absl::StatusOr<std::vector<AccountId>> FindByDocument(kv::ReadTxn& txn, const Document& document) const {
    return index_.FindByDocument(txn, document);
  }

  // Is this the document on file? Compared by keyed hash, in constant time. False also when the account is
  // absent, erased or has none.
  absl::StatusOr<bool> HasDocument(kv::ReadTxn& txn, const AccountId& id, const Document& shown) const;

  // The first id that is not before `text` in the order of ids, else the first of all; nullopt while there
  // are none. Always the same for the same text and accounts; it may be an erased one.
  absl::StatusOr<std::optional<AccountId>> Near(kv::ReadTxn& txn, absl::string_view text) const;

  // Ids behind the key `after`, at most `limit`, erased ones too; `last_key` as in List.
  absl::StatusOr<std::vector<AccountId>> ListIds(kv::ReadTxn& txn, absl::string_view after, size_t limit,
                                                 std::string& last_key) const;
  // Accounts by id behind the key `after` that `wanted` takes, at most `limit`; `last_key` is that of the
  // last one, empty at the end of the table.
  absl::StatusOr<std::vector<Account>> List(kv::ReadTxn& txn, absl::string_view after, size_t limit,
                                            absl::FunctionRef<bool(const Account&)> wanted,
                                            std::string& last_key) const;

 private:
  absl::StatusOr<Account> Decode(const AccountId& id, absl::string_view bytes) const;
  absl::Status Save(kv::Txn& txn, const Account& account) const;

  const Vault* vault_;
  AccountIndex index_;
};

}  // namespace tc::identity

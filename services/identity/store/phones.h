#pragma once

// Phones: the numbers of accounts, and who holds which number: one row a number, so that a number has one
// owner (I2, IDN-04). Thread-safe; works inside the transactions of its callers.

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

class Phones {
 public:
  explicit Phones(const Vault& vault) : vault_(&vault) {}

  absl::StatusOr<std::optional<OwnedPhone>> Find(kv::ReadTxn& txn, const PhoneName& name) const;
  // NOT_FOUND of "phone" when absent.
  absl::StatusOr<OwnedPhone> Get(kv::ReadTxn& txn, const PhoneName& name) const;
  // All of an account, released and pending ones too, oldest first.
  absl::StatusOr<std::vector<OwnedPhone>> List(kv::ReadTxn& txn, const AccountId& account) const;

  absl::Status Put(kv::Txn& txn, const OwnedPhone& phone) const;
  absl::Status Delete(kv::Txn& txn, const OwnedPhone& phone) const;

  // Whether one of them is the bound main phone: the look-up that CheckEligibility lives on.
  absl::StatusOr<bool> HasMain(kv::ReadTxn& txn, const AccountId& account) const;

  // Who has the number, or had it last.
  absl::StatusOr<std::optional<Holder>> FindHolder(kv::ReadTxn& txn, const Phone& number) const;
  absl::Status SetHolder(kv::Txn& txn, const Phone& number, const Holder& holder) const;

  // All numbers of the account, and what says that it holds or held them.
  absl::Status Erase(kv::Txn& txn, const AccountId& account) const;
  // Who holds or held each of them is found under today's index key.
  absl::Status Reindex(kv::Txn& txn, const AccountId& account) const;
  // Nobody has had it.
  absl::Status DropHolder(kv::Txn& txn, const Phone& number) const;

 private:
  absl::Status NoteMain(kv::Txn& txn, const OwnedPhone& phone, bool is_main) const;

  const Vault* vault_;
};

}  // namespace tc::identity

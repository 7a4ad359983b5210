#pragma once

// Journal: what happened to an account's security, for its owner (I8, IDN-13). Append only. Where the person
// sat, and an officer's reason, are sealed. Thread-safe; works inside the transactions of its callers.

#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/identity/domain/client.h"
#include "services/identity/store/vault.h"

namespace tc::identity {

struct JournalEntry {
  std::string id;    // filled in by the store
  std::string type;  // "PasswordSet"
  absl::Time at;
  std::string actor;  // "owner", "operator/anna"
  Circumstances circumstances;
  std::map<std::string, std::string> attributes;
  friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

class Journal {
 public:
  explicit Journal(const Vault& vault) : vault_(&vault) {}

  // At most one entry of a type for an account and transaction.
  absl::Status Append(kv::Txn& txn, const AccountId& account, const JournalEntry& entry) const;

  // Takes from every entry so far where a person sat, an officer's reason, and all particulars: what remains
  // is that something happened, when, and by whom (erasure).
  absl::Status Strip(kv::Txn& txn, const AccountId& account) const;

  // Newest first, behind the key `after`, those that `wanted` takes; `last_key` is that of the last one,
  // empty at the end.
  absl::StatusOr<std::vector<JournalEntry>> List(kv::ReadTxn& txn, const AccountId& account,
                                                 absl::string_view after, size_t limit,
                                                 absl::FunctionRef<bool(const JournalEntry&)> wanted,
                                                 std::string& last_key) const;

 private:
  absl::StatusOr<JournalEntry> Decode(const AccountId& account, absl::string_view key,
                                      absl::string_view bytes) const;

  const Vault* vault_;
};

}  // namespace tc::identity

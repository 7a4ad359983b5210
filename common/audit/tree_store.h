#pragma once

// Where the log lies in the store: entries, complete nodes of the tree, its head, checkpoints. Typed records;
// decides nothing.

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/audit/merkle.h"
#include "common/kv/database.h"

namespace tc::audit {

struct Head {
  uint64_t size = 0;
  Hash last_leaf;  // hash of entry size - 1; empty when there is none
};

// The empty log when there is none yet; DATA_LOSS when it cannot be read.
absl::StatusOr<Head> FindHead(kv::ReadTxn& txn);
// Appends the leaf: its bytes, the nodes that become complete, the head.
absl::Status AppendLeaf(kv::Txn& txn, const Head& head, absl::string_view leaf);

absl::StatusOr<std::optional<std::string>> FindLeaf(kv::ReadTxn& txn, uint64_t number);
// Visits the leaves from `first` on, in order, until `visit` returns false.
absl::Status VisitLeaves(kv::ReadTxn& txn, uint64_t first,
                         absl::FunctionRef<bool(uint64_t number, absl::string_view leaf)> visit);
// DATA_LOSS when it is missing.
absl::StatusOr<Hash> ReadNodeAt(kv::ReadTxn& txn, const NodeId& id);

// Signed notes, by the size of the tree that they sign.
struct StoredNote {
  uint64_t size = 0;
  std::string note;
};
absl::Status PutNote(kv::Txn& txn, const StoredNote& note);
absl::StatusOr<std::optional<StoredNote>> NewestNote(kv::ReadTxn& txn);
// The one of the greatest size at or below `size`.
absl::StatusOr<std::optional<StoredNote>> NoteAtOrBelow(kv::ReadTxn& txn, uint64_t size);
absl::Status VisitNotes(kv::ReadTxn& txn, uint64_t from_size,
                        absl::FunctionRef<bool(const StoredNote& note)> visit);

}  // namespace tc::audit

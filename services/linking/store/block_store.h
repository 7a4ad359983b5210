#pragma once

// How blocked senders are kept: by contact and id for the list, by contact and principal for the question, by
// principal and contact for the erasure of a principal. Thread-safe.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/id.h"
#include "common/crypto/sealer.h"
#include "common/kv/database.h"

namespace tc::linking {

struct BlockTag {
  static constexpr char kCollection[] = "blockedSenders";
  static constexpr char kField[] = "name";
};
using BlockId = Id<BlockTag>;

// `contact` never wants to hear of `principal` again.
struct Block {
  BlockId id;
  AccountId contact;
  AccountId principal;
  absl::Time created_at;

  friend bool operator==(const Block&, const Block&) = default;
};

struct BlockRow {
  Block block;
  std::string sealed_name;
};

struct ListedBlock {
  std::string key;
  BlockRow row;
};

class BlockStore {
 public:
  explicit BlockStore(crypto::Sealer sealer) : sealer_(std::move(sealer)) {}

  // The principal's masked name, for the list.
  std::string Seal(const BlockId& id, absl::string_view masked_principal) const;
  absl::StatusOr<std::string> Open(const BlockRow& row) const;

  absl::StatusOr<bool> IsBlocked(kv::ReadTxn& txn, const AccountId& contact,
                                 const AccountId& principal) const;
  // Blocking whom one has blocked already changes nothing.
  absl::Status Insert(kv::Txn& txn, const BlockRow& row) const;
  // NOT_FOUND / NOT_FOUND when this contact has no such block.
  absl::Status Erase(kv::Txn& txn, const AccountId& contact, const BlockId& id) const;
  // At most `limit`, from behind the key `after` (empty: from the start).
  absl::StatusOr<std::vector<ListedBlock>> List(kv::ReadTxn& txn, const AccountId& contact,
                                                absl::string_view after, size_t limit) const;

  // At most `limit` of the blocks against this principal.
  absl::StatusOr<std::vector<Block>> Against(kv::ReadTxn& txn, const AccountId& principal,
                                             size_t limit) const;

 private:
  crypto::Sealer sealer_;
};

}  // namespace tc::linking

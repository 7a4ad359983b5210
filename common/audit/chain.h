#pragma once

// Chain: what whoever verifies a log does with its leaves, one after another: each is an entry in its one
// form, has the next number, names the hash of the one before, and is added to the tree. Pure; used by the
// server's own check and by auditors' programs. Not thread-safe.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/audit/entry.h"
#include "common/audit/merkle.h"

namespace tc::audit {

class Chain {
 public:
  // From entry 0 on.
  Chain() = default;
  // Goes on behind the entries of `frontier`, the last of which has this hash.
  Chain(Frontier frontier, Hash last_leaf) : frontier_(std::move(frontier)), last_(std::move(last_leaf)) {}

  // DATA_LOSS saying what is wrong with it; then the chain is as it was. `nodes`, when it is wanted, gets the
  // nodes of the tree that have become complete.
  absl::StatusOr<pb::AuditEntry> Add(absl::string_view leaf, std::vector<Node>* nodes = nullptr);

  uint64_t size() const { return frontier_.size(); }
  Hash Root() const { return frontier_.Root(); }
  const Hash& last_leaf() const { return last_; }

 private:
  Frontier frontier_;
  Hash last_;
  uint64_t revision_ = 0;
};

}  // namespace tc::audit

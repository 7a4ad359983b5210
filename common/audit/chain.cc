#include "common/audit/chain.h"

#include <utility>

namespace tc::audit {

absl::StatusOr<pb::AuditEntry> Chain::Add(absl::string_view leaf, std::vector<Node>* nodes) {
  absl::StatusOr<pb::AuditEntry> entry = Decode(leaf);
  if (!entry.ok()) return absl::DataLossError("it is no entry");
  if (entry->number() != size()) return absl::DataLossError("it has another number");
  if (entry->previous_hash() != last_) return absl::DataLossError("it does not name the entry before it");
  if (entry->revision() < revision_)
    return absl::DataLossError("it is of an earlier commit than the one before");
  revision_ = entry->revision();
  last_ = LeafHash(leaf);
  std::vector<Node> made = frontier_.Add(last_);
  if (nodes != nullptr) *nodes = std::move(made);
  return entry;
}

}  // namespace tc::audit

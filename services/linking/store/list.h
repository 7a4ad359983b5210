#pragma once

// Reading a list by an index whose values are ids.

#include <string>
#include <utility>
#include <vector>

#include "common/kv/table.h"

namespace tc::linking {

struct IndexEntry {
  std::string key;
  std::string id;
};

// At most `limit` entries under `prefix`, from behind the key `after` (empty: from the start).
inline absl::StatusOr<std::vector<IndexEntry>> ReadIndex(kv::ReadTxn& txn,
                                                         const kv::Table<std::string>& index,
                                                         const kv::Key& prefix, absl::string_view after,
                                                         size_t limit) {
  std::vector<IndexEntry> entries;
  if (limit == 0) return entries;
  TRY(index.Scan(txn, prefix, after, [&](absl::string_view key, std::string id) {
    entries.push_back({std::string(key), std::move(id)});
    return entries.size() < limit;
  }));
  return entries;
}

}  // namespace tc::linking

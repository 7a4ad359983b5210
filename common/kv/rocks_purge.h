#pragma once

// Physical forgetting over RocksDB: Database::Purge. Private to common/kv.

#include <rocksdb/db.h>

#include "absl/status/status.h"

namespace tc::kv {

// One purge at a time, none while a checkpoint is made.
absl::Status PurgeFiles(rocksdb::DB& db);

}  // namespace tc::kv

#pragma once

// A copy of a store's files while it is in use: Database::Backup says what it promises. Private to common/kv.

#include <rocksdb/db.h>

#include <string>

#include "absl/status/status.h"

namespace tc::kv {

// No purge may run meanwhile.
absl::Status CopyFiles(rocksdb::DB& db, const std::string& dir);

}  // namespace tc::kv

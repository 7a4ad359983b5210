#pragma once

// Opening RocksDB: options, directory, format, uid. Private to common/kv.

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/kv/rocks_database.h"

namespace tc::kv {

// An open engine whose format this program knows.
struct RocksStore {
  std::unique_ptr<rocksdb::Env> memory;  // what the files lie in, when not on the disk; outlives db
  std::unique_ptr<rocksdb::DB> db;
  std::string uid;
  uint64_t revision = 0;
};

absl::StatusOr<RocksStore> OpenStore(const std::string& dir, const RocksOptions& options);
absl::StatusOr<RocksStore> OpenMemoryStore();

// Values of the meta keys.
std::string EncodeRevision(uint64_t revision);

// The one way in which anything is committed.
rocksdb::WriteOptions Synced();

}  // namespace tc::kv

#pragma once

// The embedded engine: RocksDB with one writer thread. Closures run in arrival order in one batch, the batch
// is written and synced once, and only then are its callers answered: serialisable without locks, commit
// order = revision order.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/kv/database.h"

namespace tc::kv {

class Ledger;

struct RocksOptions {
  std::string name = {};  // tells a further store of the process from the main one, in metrics
  size_t block_cache_bytes = 32 << 20;
  size_t write_buffer_bytes = 16 << 20;
  size_t max_batch = 256;    // closures a commit
  Ledger* ledger = nullptr;  // outlives the store; null: no records of what happens
};

// FAILED_PRECONDITION when another process holds the directory (API-08) or its format is newer than this
// program.
absl::StatusOr<std::unique_ptr<Database>> OpenRocks(const std::string& dir, const RocksOptions& options = {});

// The same engine on a memory file system: what unit tests use.
std::unique_ptr<Database> InMemory(const RocksOptions& options = {});

}  // namespace tc::kv

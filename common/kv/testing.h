#pragma once

// Stores with their protections switched off, for tests that show that the protections matter. Never in a
// service.

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/kv/database.h"

namespace tc::kv {

class Ledger;

struct TestSwitches {
  // Every closure runs twice, and the first run is rolled back: one that has an effect of its own shows it.
  bool run_twice = false;
  // The mutant: closures run on their callers' threads, many at once, each committing by itself with a pause
  // between its reads and its commit. What a service promises "also when everything happens at once" must
  // break here.
  bool unserialised = false;
  // Set: the next commit fails as on a broken disk, and clears it. Null: never.
  std::shared_ptr<std::atomic<bool>> fail_next_write = {};
  // As in RocksOptions.
  Ledger* ledger = nullptr;
};

std::unique_ptr<Database> InMemoryForTest(const TestSwitches& switches);
absl::StatusOr<std::unique_ptr<Database>> OpenRocksForTest(const std::string& dir,
                                                           const TestSwitches& switches);

}  // namespace tc::kv

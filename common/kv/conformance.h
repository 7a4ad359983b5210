#pragma once

// The conformance suite of the storage seam: what every engine must keep. A suite is a class of
// ConformanceTest in one of the
// *_test.cc beside this, instantiated over Engines(): another engine is one more entry there.

#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/kv/database.h"
#include "common/kv/testing.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::kv {

struct Engine {
  std::string name;  // letters only
  // An empty store that lives as long as the object.
  std::function<std::unique_ptr<Database>(const TestSwitches& switches)> fresh;
  // The store in `dir`, made when absent.
  std::function<absl::StatusOr<std::unique_ptr<Database>>(const std::string& dir,
                                                          const TestSwitches& switches)>
      open;
};

std::vector<Engine> Engines();

inline void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }
inline std::string EngineName(const ::testing::TestParamInfo<Engine>& info) { return info.param.name; }

#define TC_FOR_EVERY_ENGINE(suite) \
  INSTANTIATE_TEST_SUITE_P(Engine, suite, ::testing::ValuesIn(Engines()), EngineName)

using testing::TempDir;

class ConformanceTest : public ::testing::TestWithParam<Engine> {
 protected:
  std::unique_ptr<Database> Fresh(const TestSwitches& switches = {}) { return GetParam().fresh(switches); }
  absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& dir, const TestSwitches& switches = {}) {
    return GetParam().open(dir, switches);
  }
};

// Transactions of one step.
inline absl::Status Put(Database& db, absl::string_view key, absl::string_view value) {
  return db.Update([&](Txn& txn) -> absl::Status { return txn.Put(key, value); }).status();
}
// "(absent)", "(unreadable)" or the value.
inline std::string Read(Database& db, absl::string_view key) {
  std::string value = "(absent)";
  const absl::Status status = db.View([&](ReadTxn& txn) -> absl::Status {
    const std::optional<std::string> found = TRY(txn.Get(key));
    if (found.has_value()) value = *found;
    return absl::OkStatus();
  });
  return status.ok() ? value : "(unreadable)";
}
inline absl::Status Enqueue(Database& db, const OutboxRow& row) {
  return db.Update([&](Txn& txn) -> absl::Status { return txn.Enqueue(row); }).status();
}
inline absl::Status Schedule(Database& db, const Timer& timer) {
  return db.Update([&](Txn& txn) -> absl::Status { return txn.Schedule(timer); }).status();
}

inline std::vector<OutboxRow> AllRows(Database& db) { return db.ListOutbox("", 100'000).value(); }
inline std::vector<OutboxRow> DueRows(Database& db, absl::Time now, size_t limit = 100'000) {
  return db.DueOutbox(now, limit).value();
}

// Reads a number, adds one, writes it: the transaction that shows a lost update.
inline absl::StatusOr<int> AddOne(Txn& txn, absl::string_view key) {
  const std::optional<std::string> text = TRY(txn.Get(key));
  const int value = (text.has_value() ? std::stoi(*text) : 0) + 1;
  TRY(txn.Put(key, std::to_string(value)));
  return value;
}

// Runs `work` on many threads at once, each with its number.
inline void AtOnce(int threads, const std::function<void(int thread)>& work) {
  std::latch start(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&work, &start, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace tc::kv

#pragma once

// Writer: the one thread through which a store is changed. Callers hand in operations and wait; the writer
// takes what has arrived, in order, at most `max_batch` at a time, has it executed as one batch and releases
// all its callers with one wake-up. While a batch is being synced the next one gathers: the slower the disk,
// the larger the batches.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/kv/database.h"

namespace tc::kv {

class Writer {
 public:
  struct Operation {
    UpdateFn fn;
    absl::Status status;
    uint64_t revision = 0;
  };
  using Batch = std::vector<Operation*>;

  // `execute` runs on the writer's thread and fills in status and revision of every operation.
  Writer(size_t max_batch, std::function<void(const Batch&)> execute);
  // Finishes what is queued.
  ~Writer();

  // Returns when `operation` has been executed; false, at once, when the writer is closing or the caller is
  // the writer itself.
  bool Run(Operation& operation);

 private:
  // Shared by the writer and the callers, since the last caller may be gone before the writer has finished
  // waking them.
  struct Pending {
    Batch operations;
    std::mutex mutex;
    std::condition_variable executed;
    bool done = false;
  };
  void Loop();
  std::shared_ptr<Pending> Next();

  const size_t max_batch_;
  const std::function<void(const Batch&)> execute_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::shared_ptr<Pending>> queue_;
  bool idle_ = false;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace tc::kv

#pragma once

// Writer: the one thread through which a store is changed. Callers hand in operations and wait, or leave word
// what to do afterwards; the writer takes what has arrived, in order, at most `max_batch` at a time, has it
// executed as one batch, releases all callers that wait with one wake-up and leaves the others to a second
// thread, which calls them back. While a batch is being synced the next one gathers: the slower the disk, the
// larger the batches. Whatever is called back, however long it takes, no commit waits for it.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "common/kv/database.h"

namespace tc::kv {

class Writer {
 public:
  struct Operation {
    UpdateFn fn;
    const Origin* origin = nullptr;  // lives until it is executed
    absl::Status status;
    uint64_t revision = 0;
    absl::AnyInvocable<void()> executed = {};  // of a posted operation; may destroy it
  };
  using Batch = std::vector<Operation*>;

  // `execute` runs on the writer's thread and fills in status and revision of every operation.
  Writer(size_t max_batch, std::function<void(const Batch&)> execute);
  ~Writer() { Close(); }

  // Takes nothing more, finishes what is queued, and ends the thread.
  void Close();

  // Returns when `operation` has been executed; false, at once, when the writer is closing or the caller is
  // the writer itself.
  bool Run(Operation& operation);
  // Has `operation`, which stays alive until then, executed and calls its `executed` on the second thread;
  // false, and it is not called, when the writer is closing.
  bool Post(Operation& operation);

 private:
  // Shared by the writer and the callers, since the last caller may be gone before the writer has finished
  // waking them.
  struct Pending {
    Batch operations;
    std::mutex mutex;
    std::condition_variable executed;
    bool done = false;
  };
  // With mutex_ held: the batch that `operation` has joined; `wake` tells whether the writer sleeps.
  std::shared_ptr<Pending> Join(Operation& operation, bool& wake);
  void Loop();
  std::shared_ptr<Pending> Next();
  void Release(Pending& pending);
  void CallBackLoop();

  const size_t max_batch_;
  const std::function<void(const Batch&)> execute_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::shared_ptr<Pending>> queue_;
  bool idle_ = false;
  bool closing_ = false;
  std::condition_variable executed_;
  std::deque<Batch> to_call_back_;  // with mutex_
  bool written_ = false;            // nothing more will come
  std::thread thread_;
  std::thread caller_;
};

}  // namespace tc::kv

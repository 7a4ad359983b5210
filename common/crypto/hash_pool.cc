#include "common/crypto/hash_pool.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/refusal.h"

namespace tc::crypto {
namespace {

absl::Status Overloaded() {
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kOverloaded,
                "too many passwords are being checked")
      .RetryAfter(absl::Seconds(1));
}

}  // namespace

struct HashPool::State {
  // Lives on the stack of the caller that waits for it.
  struct Task {
    std::function<void()> work;
    std::condition_variable finished;
    bool begun = false;
    bool done = false;
  };

  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<Task*> waiting;
  int admitted = 0;  // waiting and running
  int limit = 0;
  std::chrono::nanoseconds patience{};
  bool stopping = false;
  std::vector<std::thread> threads;

  void Serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      arrived.wait(lock, [this] { return stopping || !waiting.empty(); });
      if (waiting.empty()) return;
      Task* const task = waiting.front();
      waiting.pop_front();
      task->begun = true;
      lock.unlock();
      task->work();
      lock.lock();
      --admitted;
      task->done = true;
      // Under the lock: once the caller sees `done`, the task is gone.
      task->finished.notify_one();
    }
  }
};

HashPool::HashPool(int threads, int queue, absl::Duration patience) : state_(std::make_unique<State>()) {
  state_->limit = threads + queue;
  state_->patience = absl::ToChronoNanoseconds(patience);
  for (int i = 0; i < threads; ++i) state_->threads.emplace_back([state = state_.get()] { state->Serve(); });
}

HashPool::~HashPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->arrived.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

absl::Status HashPool::Run(std::function<void()> work) {
  State::Task task;
  task.work = std::move(work);
  std::unique_lock lock(state_->mutex);
  if (state_->admitted >= state_->limit) return Overloaded();
  ++state_->admitted;
  state_->waiting.push_back(&task);
  state_->arrived.notify_one();
  const auto done = [&task] { return task.done; };
  if (task.finished.wait_for(lock, state_->patience, done)) return absl::OkStatus();
  if (!task.begun) {
    std::erase(state_->waiting, &task);
    --state_->admitted;
    return Overloaded();
  }
  task.finished.wait(lock, done);
  return absl::OkStatus();
}

}  // namespace tc::crypto

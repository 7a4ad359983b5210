#pragma once

// WorkerPool: a fixed number of threads behind a bounded queue. Handlers that may wait run here; gRPC's own
// two threads serve look-ups only (unary.h). Thread-safe.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/obs/metrics.h"

namespace tc::rpc {

class WorkerPool {
 public:
  // `queue`: how many may wait while every thread is busy.
  WorkerPool(int threads, size_t queue);
  // Finishes what was accepted, then joins.
  ~WorkerPool();

  // Takes `work` for a worker; false, and `work` never runs, when the queue is full or the pool is closed.
  bool TryRun(std::function<void()> work);
  // For work that goes on without a thread, until Leave: it counts as running, and there is as much of it as
  // threads and queue together. False when there is too much, or the pool is closed.
  bool Enter();
  void Leave();
  // Accepts nothing from now on; what was accepted still runs.
  void Close();
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  // Waits until nothing is queued or running; false when `at_most` passed first.
  bool Drain(absl::Duration at_most);

 private:
  void Work();

  bool Idle() const { return queue_.empty() && running_ == 0 && entered_ == 0; }

  obs::Gauge& busy_ = obs::GetGauge("tc_rpc_workers_busy", "Handler threads at work.", {});
  obs::Gauge& waiting_ = obs::GetGauge("tc_rpc_queue", "Calls that wait for a handler thread.", {});
  const size_t queue_limit_;
  const size_t enter_limit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> queue_;
  size_t free_;  // threads that wait for work
  size_t running_ = 0;
  size_t entered_ = 0;
  std::atomic<bool> closed_{false};  // written under the mutex, read by every call
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tc::rpc

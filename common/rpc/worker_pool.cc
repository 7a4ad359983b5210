#include "common/rpc/worker_pool.h"

#include <pthread.h>

#include <chrono>
#include <utility>

namespace tc::rpc {

WorkerPool::WorkerPool(int threads, size_t queue)
    : queue_limit_(queue),
      enter_limit_(queue + static_cast<size_t>(threads)),
      free_(static_cast<size_t>(threads)) {
  threads_.reserve(free_);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::TryRun(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    // A thread that is about to take a queued item counts as free: the limit is on those that wait for one.
    if (closed_ || queue_.size() >= free_ + queue_limit_) return false;
    queue_.push_back(std::move(work));
    waiting_.Add(1);
  }
  wake_.notify_one();
  return true;
}

bool WorkerPool::Enter() {
  const std::lock_guard lock(mutex_);
  if (closed_ || entered_ >= enter_limit_) return false;
  ++entered_;
  return true;
}

void WorkerPool::Leave() {
  const std::lock_guard lock(mutex_);
  --entered_;
  if (Idle()) idle_.notify_all();
}

void WorkerPool::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool WorkerPool::Drain(absl::Duration at_most) {
  std::unique_lock lock(mutex_);
  const auto done = [this] { return Idle(); };
  if (at_most == absl::InfiniteDuration()) {
    idle_.wait(lock, done);
    return true;
  }
  return idle_.wait_for(lock, absl::ToChronoMilliseconds(at_most), done);
}

void WorkerPool::Work() {
  ::pthread_setname_np(::pthread_self(), "worker");  // what top and a profiler show
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return !queue_.empty() || stopping_; });
    if (queue_.empty()) return;
    std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    --free_;
    ++running_;
    waiting_.Add(-1);
    busy_.Add(1);
    lock.unlock();
    work();
    work = nullptr;  // what it held goes before the pool says that it is idle
    lock.lock();
    ++free_;
    --running_;
    busy_.Add(-1);
    if (Idle()) idle_.notify_all();
  }
}

}  // namespace tc::rpc

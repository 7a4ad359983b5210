#include "common/kv/writer.h"

#include <pthread.h>

#include <utility>

namespace tc::kv {

Writer::Writer(size_t max_batch, std::function<void(const Batch&)> execute)
    : max_batch_(max_batch),
      execute_(std::move(execute)),
      thread_([this] { Loop(); }),
      caller_([this] { CallBackLoop(); }) {}

void Writer::Close() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  arrived_.notify_one();
  thread_.join();
  {
    const std::lock_guard lock(mutex_);
    written_ = true;
  }
  executed_.notify_one();
  caller_.join();
}

bool Writer::Run(Operation& operation) {
  std::shared_ptr<Pending> pending;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || std::this_thread::get_id() == thread_.get_id()) return false;
    pending = Join(operation, wake);
  }
  if (wake) arrived_.notify_one();
  std::unique_lock lock(pending->mutex);
  pending->executed.wait(lock, [&] { return pending->done; });
  return true;
}

bool Writer::Post(Operation& operation) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return false;
    Join(operation, wake);
  }
  if (wake) arrived_.notify_one();
  return true;
}

std::shared_ptr<Writer::Pending> Writer::Join(Operation& operation, bool& wake) {
  if (queue_.empty() || queue_.back()->operations.size() >= max_batch_) {
    queue_.push_back(std::make_shared<Pending>());
  }
  queue_.back()->operations.push_back(&operation);
  wake = std::exchange(idle_, false);
  return queue_.back();
}

void Writer::Loop() {
  ::pthread_setname_np(::pthread_self(), "writer");  // what top and a profiler show
  while (const std::shared_ptr<Pending> pending = Next()) {
    execute_(pending->operations);
    Release(*pending);
  }
}

void Writer::Release(Pending& pending) {
  // An operation whose caller waits is gone as soon as he is released.
  Batch posted;
  for (Operation* operation : pending.operations) {
    if (operation->executed != nullptr) posted.push_back(operation);
  }
  if (posted.size() < pending.operations.size()) {
    {
      const std::lock_guard lock(pending.mutex);
      pending.done = true;
    }
    pending.executed.notify_all();
  }
  if (posted.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    to_call_back_.push_back(std::move(posted));
  }
  executed_.notify_one();
}

void Writer::CallBackLoop() {
  ::pthread_setname_np(::pthread_self(), "answers");
  std::unique_lock lock(mutex_);
  while (true) {
    executed_.wait(lock, [this] { return !to_call_back_.empty() || written_; });
    if (to_call_back_.empty()) return;
    const Batch posted = std::move(to_call_back_.front());
    to_call_back_.pop_front();
    lock.unlock();
    for (Operation* operation : posted) operation->executed();
    lock.lock();
  }
}

// Null when closing and nothing is left.
std::shared_ptr<Writer::Pending> Writer::Next() {
  std::unique_lock lock(mutex_);
  while (queue_.empty() && !closing_) {
    idle_ = true;
    arrived_.wait(lock);
  }
  idle_ = false;
  if (queue_.empty()) return nullptr;
  std::shared_ptr<Pending> pending = std::move(queue_.front());
  queue_.pop_front();
  return pending;
}

}  // namespace tc::kv

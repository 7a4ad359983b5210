#include "common/kv/writer.h"

#include <pthread.h>

#include <utility>

namespace tc::kv {

Writer::Writer(size_t max_batch, std::function<void(const Batch&)> execute)
    : max_batch_(max_batch), execute_(std::move(execute)), thread_([this] { Loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

bool Writer::Run(Operation& operation) {
  std::shared_ptr<Pending> pending;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closing_ || std::this_thread::get_id() == thread_.get_id()) return false;
    if (queue_.empty() || queue_.back()->operations.size() >= max_batch_) {
      queue_.push_back(std::make_shared<Pending>());
    }
    pending = queue_.back();
    pending->operations.push_back(&operation);
    wake = std::exchange(idle_, false);
  }
  if (wake) arrived_.notify_one();
  std::unique_lock lock(pending->mutex);
  pending->executed.wait(lock, [&] { return pending->done; });
  return true;
}

void Writer::Loop() {
  ::pthread_setname_np(::pthread_self(), "writer");  // what top and a profiler show
  while (const std::shared_ptr<Pending> pending = Next()) {
    execute_(pending->operations);
    {
      const std::lock_guard lock(pending->mutex);
      pending->done = true;
    }
    pending->executed.notify_all();
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

#include "common/rpc/repeater.h"

#include <utility>

namespace tc::rpc {

Repeater::Repeater(absl::Duration pause, std::function<bool()> chore)
    : pause_(pause), chore_(std::move(chore)), thread_([this] { Run(); }) {}

Repeater::~Repeater() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Repeater::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const bool more = chore_();
    lock.lock();
    if (!more) wake_.wait_for(lock, absl::ToChronoMilliseconds(pause_), [this] { return stopping_; });
  }
}

}  // namespace tc::rpc

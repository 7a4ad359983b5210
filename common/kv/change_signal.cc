#include "common/kv/change_signal.h"

#include <algorithm>

namespace tc::kv {

void ChangeSignal::Publish(uint64_t revision) {
  bool anyone = false;
  {
    const std::lock_guard lock(mutex_);
    revision_.store(revision, std::memory_order_release);
    anyone = waiting_ > 0;
  }
  if (anyone) changed_.notify_all();
}

void ChangeSignal::Wait(uint64_t seen, absl::Duration timeout) {
  const auto longest = absl::ToChronoMicroseconds(std::clamp(timeout, absl::ZeroDuration(), absl::Hours(1)));
  std::unique_lock lock(mutex_);
  ++waiting_;
  const uint64_t wakes = wakes_;
  changed_.wait_for(lock, longest, [&] { return closed_ || wakes_ != wakes || revision() > seen; });
  if (--waiting_ == 0 && closed_) left_.notify_all();
}

void ChangeSignal::Wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

void ChangeSignal::Close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
  left_.wait(lock, [&] { return waiting_ == 0; });
}

}  // namespace tc::kv

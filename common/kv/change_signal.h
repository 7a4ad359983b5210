#pragma once

// ChangeSignal: the last revision, and those who wait for a later one. Thread-safe.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/time/time.h"

namespace tc::kv {

class ChangeSignal {
 public:
  uint64_t revision() const { return revision_.load(std::memory_order_acquire); }
  void Publish(uint64_t revision);
  // Returns when revision() > `seen`, at `timeout`, or at Wake or Close.
  void Wait(uint64_t seen, absl::Duration timeout);
  void Wake();
  // Ends every Wait, now and later, and returns when none is under way.
  void Close();

 private:
  std::atomic<uint64_t> revision_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable left_;
  uint64_t wakes_ = 0;
  int waiting_ = 0;
  bool closed_ = false;
};

}  // namespace tc::kv

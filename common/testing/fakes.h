#pragma once

// FakeClock: time stands still until a test moves it. FakeRandom: a repeatable sequence. Both thread-safe.

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/testing/noon.h"

namespace tc::testing {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now = Noon()) : now_(now) {}
  absl::Time Now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void Advance(absl::Duration by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }
  void Set(absl::Time now) {
    const std::lock_guard lock(mutex_);
    now_ = now;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

// splitmix64: every run the same bytes, never a repeat in a test's life. Not for secrets.
class FakeRandom final : public Random {
 public:
  explicit FakeRandom(uint64_t seed = 1) : state_(seed) {}
  std::string Bytes(size_t n) override {
    const std::lock_guard lock(mutex_);
    std::string bytes;
    while (bytes.size() < n) {
      uint64_t z = (state_ += 0x9e3779b97f4a7c15);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      z ^= z >> 31;
      for (int i = 0; i < 8 && bytes.size() < n; ++i) bytes.push_back(static_cast<char>(z >> (8 * i)));
    }
    return bytes;
  }

 private:
  std::mutex mutex_;
  uint64_t state_;
};

}  // namespace tc::testing

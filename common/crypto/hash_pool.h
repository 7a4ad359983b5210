#pragma once

// HashPool: runs password hashing on a few threads of its own, so that a flood of sign-ins neither exhausts
// memory nor starves other calls (PWD-09): at most `threads` × 64 MiB, at most `queue` waiting, and nobody
// waits longer than `patience` for his turn. Thread-safe.

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tc::crypto {

class HashPool {
 public:
  HashPool(int threads, int queue, absl::Duration patience = absl::Seconds(2));
  ~HashPool();

  // Runs `work` on a pool thread and waits for it, however long it takes once begun. RESOURCE_EXHAUSTED /
  // OVERLOADED with RetryInfo when the queue is full or `work` has not begun within `patience`; then it has
  // not run and never will.
  absl::Status Run(std::function<void()> work);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tc::crypto

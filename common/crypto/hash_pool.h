#pragma once

// HashPool: runs password hashing on a few threads of its own, so that a flood of sign-ins neither exhausts
// memory nor starves other calls (PWD-09): at most `threads` × 64 MiB, at most `queue` waiting. Thread-safe.

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tc::crypto {

class HashPool {
 public:
  HashPool(int threads, int queue);
  ~HashPool();

  // Runs `work` on a pool thread and waits for it. RESOURCE_EXHAUSTED / OVERLOADED with RetryInfo when the
  // queue is full; then `work` has not run.
  absl::Status Run(std::function<void()> work);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tc::crypto

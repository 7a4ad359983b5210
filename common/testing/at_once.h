#pragma once

// Many threads at once, and the store without its serialisation: the mutant at which a promise must break
// that depends on it.

#include <latch>
#include <thread>
#include <vector>

#include "common/kv/testing.h"

namespace tc::testing {

inline constexpr int kRounds = 20;  // of the mutant, at most: it breaks in the first one nearly always

inline const kv::TestSwitches kSerialised;
inline kv::TestSwitches Unserialised() {
  kv::TestSwitches switches;
  switches.unserialised = true;
  return switches;
}

// Runs `work(i)` on `threads` threads that start together.
template <typename Work>
void AtOnce(int threads, Work work) {
  std::latch start(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

}  // namespace tc::testing

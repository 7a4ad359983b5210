#pragma once

// Many threads at once, and the store without its serialisation: the mutant at which a promise must break
// that depends on it.

#include <cstdlib>
#include <latch>
#include <thread>
#include <vector>

#include "common/kv/testing.h"

namespace tc::testing {

// How often a race is run; the mutant at most so often, since it breaks in the first round nearly always.
// A thousand and more with TC_ROUNDS=1000 in the environment, as for a build with the thread sanitizer.
inline const int kRounds = [] {
  const char* const wanted = std::getenv("TC_ROUNDS");
  const int rounds = wanted == nullptr ? 0 : std::atoi(wanted);
  return rounds > 0 ? rounds : 20;
}();

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

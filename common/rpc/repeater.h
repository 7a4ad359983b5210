#pragma once

// Repeater: runs a chore on a thread of its own, first at once, then after each pause, until it is destroyed.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace tc::rpc {

class Repeater {
 public:
  // `chore` returns whether there is more to do right away.
  Repeater(absl::Duration pause, std::function<bool()> chore);
  // A chore under way is finished first.
  ~Repeater();

 private:
  void Run();

  const absl::Duration pause_;
  const std::function<bool()> chore_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tc::rpc

#pragma once

// TimerRunner: runs due timers, each in a transaction that also removes it. The handler reads its record
// again: a timer whose reason is gone does nothing. It never fires before fire_at. One whose handler refuses,
// or has no handler, stays: it is tried again after 1 s, doubling to 5 min, and keeps no other timer waiting.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/env/clock.h"
#include "common/kv/database.h"

namespace tc::kv {

using TimerHandler = std::function<absl::Status(Txn& txn, const Timer& timer, absl::Time now)>;

class TimerRunner {
 public:
  TimerRunner(Database& database, const Clock& clock, std::map<std::string, TimerHandler> handlers,
              absl::Duration poll = absl::Milliseconds(500));
  ~TimerRunner();

  // Runs what is due now, on the caller's thread; returns how many fired. For tests.
  static int RunOnce(Database& database, const Clock& clock,
                     const std::map<std::string, TimerHandler>& handlers);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tc::kv

#pragma once

// Dispatcher: performs outbox rows after their commit, at least once, in order within an order_key.
// A handler answers OK (the row goes), a passing error (UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED,
// ABORTED, INTERNAL: again after a back-off with full jitter, 200 ms doubling to 5 min, at most a twentieth
// of the time that the row has left, though up to 15 s), or any other error (the row is dead and waits for an
// operator). Rows past expire_at are dropped, never performed late. A row of a kind without a handler is
// dead. A back-off is at least what the handler's RetryAfter asks for. Handlers run on several threads at
// once, may be called again for the same row (same request_id) and must not wait for long: a slow one holds
// up as many rows as there are threads.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/kv/database.h"

namespace tc::kv {

using OutboxHandler = std::function<absl::Status(const OutboxRow& row)>;

class Dispatcher {
 public:
  // Starts `threads` threads. `database`, `clock`, `random` must outlive it.
  Dispatcher(Database& database, const Clock& clock, Random& random,
             std::map<std::string, OutboxHandler> handlers, int threads = 2);
  ~Dispatcher();  // stops; a row under way is finished first

  // Performs everything that is due now, on the caller's thread, each row at most once, with those that
  // become due by it, and returns how many rows were tried. For tests.
  static int RunOnce(Database& database, const Clock& clock, Random& random,
                     const std::map<std::string, OutboxHandler>& handlers);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tc::kv

#pragma once

// RefusalLog: enters in the audit log which calls were refused at the door or by a limit, and never so many
// that the log itself becomes the target: identical ones (peer, method, reason) at most once a minute, with
// the count of those that were kept back meanwhile (LOG-11). Thread-safe; Note never waits.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/env/clock.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"

namespace tc::rpc {

// Told of a caller whom the library turns away past the gate: the URI names of his certificate, and of what.
using OnRefused = std::function<void(const std::vector<std::string>& peer_uris, const std::string& of,
                                     const absl::Status& why)>;

// Refusals that tell of somebody at the door who has no business there, or who does too much of what he may:
// limits of calls, messages and attempts. What the server's own room refuses tells of nobody.
bool IsForTheRecord(const absl::Status& status);

class RefusalLog {
 public:
  static constexpr absl::Duration kEvery = absl::Minutes(1);
  // Kinds that are told apart at a time; beyond them all are one kind, without peer and method.
  static constexpr size_t kKinds = 1000;

  // Outlives the database, which calls it back until it is closed.
  explicit RefusalLog(kv::Database& database) : database_(database) {}

  // A call was refused; what is not known of it is empty. The entry is written later; when it cannot be, its
  // count goes to the next one of its kind.
  void Note(const Call& call, const std::string& method, const absl::Status& status);
  // Notes them, too, with `of` in the place of a method. All that is given outlives what is returned.
  OnRefused AtTheDoor(const std::string& trust_domain, const Clock& clock);
  // Enters what has been kept back for a minute. To be called from time to time.
  void Flush(absl::Time now);
  // Enters all that has been kept back: the last word before the service stops.
  void FlushAll(absl::Time now);

 private:
  using Kind = std::tuple<std::string, std::string, std::string>;  // peer, method, reason
  struct State {
    absl::Time entered_at = absl::InfinitePast();
    uint64_t kept_back = 0;

    // Both ways: calls end in another order than they came in, and a clock that was put back keeps none away.
    bool EnteredLately(absl::Time now) const { return absl::AbsDuration(now - entered_at) < kEvery; }
  };

  void Enter(const Kind& kind, const std::string& call_id, uint64_t count, absl::Time now);

  kv::Database& database_;
  std::mutex mutex_;
  std::map<Kind, State> kinds_;
};

}  // namespace tc::rpc

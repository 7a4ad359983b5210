#pragma once

// RefusalLog: enters in the audit log which calls were refused at the door, and never so many that the log
// itself becomes the target: identical ones (peer, method, reason) at most once a minute, with the count of
// those that were kept back meanwhile (LOG-11). Thread-safe; Note never waits.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"

namespace tc::rpc {

class RefusalLog {
 public:
  static constexpr absl::Duration kEvery = absl::Minutes(1);
  // Kinds that are told apart at a time; beyond them all are one kind, without peer and method.
  static constexpr size_t kKinds = 1000;

  // The database outlives it and everything that it has submitted.
  explicit RefusalLog(kv::Database& database) : database_(database) {}

  // A call was refused; what is not known of it is empty. The entry is written later; when it cannot be, its
  // count goes to the next one of its kind.
  void Note(const Call& call, const std::string& method, const absl::Status& status);
  // Enters what has been kept back for a minute. To be called from time to time.
  void Flush(absl::Time now);

 private:
  using Kind = std::tuple<std::string, std::string, std::string>;  // peer, method, reason
  struct State {
    absl::Time entered_at = absl::InfinitePast();
    uint64_t kept_back = 0;
  };

  void Enter(const Kind& kind, const std::string& call_id, uint64_t count, absl::Time now);

  kv::Database& database_;
  std::mutex mutex_;
  std::map<Kind, State> kinds_;
};

}  // namespace tc::rpc

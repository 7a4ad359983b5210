#pragma once

// Ledger: whoever keeps a record of all that happens in a store, in the commit in which it happens (LOG-07).
// common/audit implements it.

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "common/kv/database.h"

namespace tc::kv {

// Called on the writer's thread of the store that it was given to; outlives the store.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // Writes the record of `act` into `txn`, which knows its revision and its origin. `event_index`: the event
  // of this revision that tells followers of it; nullopt: none does. Takes microseconds and has no effect but
  // through `txn`, which may be rolled back. What it refuses, the transaction refuses.
  virtual absl::Status Append(Txn& txn, const Event& act, std::optional<uint32_t> event_index) = 0;
  // Makes unreadable for ever what the records tell of this person (an account's id). The records stay.
  virtual absl::Status Forget(Txn& txn, absl::string_view person, absl::Time now) = 0;
};

}  // namespace tc::kv

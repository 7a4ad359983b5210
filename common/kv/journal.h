#pragma once

// Events and timers as records: what an engine's Emit, Schedule, Cancel, Changes and DueTimers do over its
// plain reads and writes. Private to common/kv.

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "common/kv/layout.h"

namespace tc::kv {

absl::Status PutEvent(Txn& txn, const Place& place, const Event& event);
absl::StatusOr<std::vector<Event>> ReadEvents(ReadTxn& txn, const Place& after, size_t limit);

absl::Status PutTimer(Txn& txn, const Timer& timer);
absl::Status DeleteTimer(Txn& txn, const Timer& timer);
absl::StatusOr<bool> HasTimer(ReadTxn& txn, const Timer& timer);
// The due timers at `begin` or behind. `next`: the key of the first, or where they would end.
absl::StatusOr<std::vector<Timer>> ReadDueTimers(ReadTxn& txn, absl::string_view begin, absl::Time now,
                                                 size_t limit, std::string& next);

}  // namespace tc::kv

#pragma once

// Outbox rows as records, with two indexes that make the due ones cheap to find however many wait: only the
// first row of an order_key that is not dead stands in the index of due rows. Private to common/kv.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "common/kv/layout.h"

namespace tc::kv {

absl::Status PutOutboxRow(Txn& txn, const Place& place, absl::string_view request_id, const OutboxRow& row);
// The due rows whose index entries lie at `begin` or behind. `next`: the first of these entries, or where
// they would end.
absl::StatusOr<std::vector<OutboxRow>> ReadDueRows(ReadTxn& txn, absl::string_view begin, absl::Time now,
                                                   size_t limit, std::string& next);
absl::StatusOr<std::vector<OutboxRow>> ReadRowsAfter(ReadTxn& txn, absl::string_view after_id, size_t limit);

}  // namespace tc::kv

#pragma once

// The server's own check of its audit log: entries, their order, the tree, the checkpoints, and that events
// and entries agree. It finds whatever contradicts a checkpoint or an event that is still in the store. Who
// takes those away, too, is found by a checkpoint that was kept outside (docs/audit.md). Thread-safe: reads
// beside commits, in portions, and holds one portion at a time.

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/audit/checkpoint.h"
#include "common/audit/tree_ledger.h"
#include "common/env/clock.h"
#include "common/kv/database.h"

namespace tc::audit {

struct Report {
  bool intact = true;
  uint64_t size = 0;         // entries that the log says it has
  uint64_t entries = 0;      // that were checked
  uint64_t checkpoints = 0;  // that were checked
  uint64_t first_bad = 0;    // when not intact
  std::string problem;       // when not intact
  Hash root;                 // of the checked entries
};

struct VerifyParts {
  kv::Database& database;
  const TreeLedger& ledger;
  std::vector<VerifierKey> keys;  // whose signatures count, newest first
  const Clock& clock;
};

// From entry `first` on; what is before it is believed. DEADLINE_EXCEEDED when it is not through by
// `deadline`; errors of the store are passed on, damage of the log is a report.
absl::StatusOr<Report> VerifyLog(const VerifyParts& parts, uint64_t first, absl::Time deadline);

}  // namespace tc::audit

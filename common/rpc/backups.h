#pragma once

// Backups: consistent copies of a store in the directory <data>-backups, one subdirectory each, named by time
// and revision
// ("20260302T120000Z-r42", which is also the resource id). A copy that is not complete is not among them.
// Thread-safe.

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"

namespace tc::rpc {

class Backups {
 public:
  struct Entry {
    std::string id;
    absl::Time made_at;
    uint64_t revision = 0;  // every commit up to it is in the copy
    int64_t size_bytes = 0;
  };

  Backups(kv::Database& database, std::string dir) : database_(&database), dir_(std::move(dir)) {}

  // UNAVAILABLE / STORE_UNAVAILABLE when it cannot be written.
  absl::StatusOr<Entry> Make(absl::Time now);
  // Those behind `after` (empty: all), oldest first, at most `limit`.
  absl::StatusOr<std::vector<Entry>> List(absl::string_view after, size_t limit) const;

 private:
  kv::Database* database_;
  std::string dir_;
  std::mutex mutex_;  // one copy at a time
};

}  // namespace tc::rpc

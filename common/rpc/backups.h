#pragma once

// Backups: consistent copies of a store in the directory <data>-backups, one subdirectory each, named by time
// and revision ("20260302T120000Z-r42", which is also the resource id). Further stores are copied after it,
// in their order, each into a directory of its own under the same id: what the store refers to in them was
// there before, and so is in their copies. A set of copies that is not complete is not listed. Thread-safe.

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
    uint64_t revision = 0;   // every commit up to it is in the copy
    int64_t size_bytes = 0;  // of the store's own copy
  };

  struct Source {
    kv::Database* database;
    std::string dir;  // of the copies
  };

  // A copy is kept for `kept`.
  Backups(kv::Database& database, std::string dir, std::vector<Source> further = {},
          absl::Duration kept = absl::InfiniteDuration())
      : database_(&database), dir_(std::move(dir)), further_(std::move(further)), kept_(kept) {}

  // Removes those that are too old by then, too. UNAVAILABLE / STORE_UNAVAILABLE when it cannot be written,
  // or an old one not removed.
  absl::StatusOr<Entry> Make(absl::Time now);
  // Removes the copies of all stores that were begun before `time`, those that were never completed too.
  // UNAVAILABLE / STORE_UNAVAILABLE when one cannot be removed; the others are gone then.
  absl::Status RemoveBefore(absl::Time time);
  // Those behind `after` (empty: all), oldest first, at most `limit`.
  absl::StatusOr<std::vector<Entry>> List(absl::string_view after, size_t limit) const;

 private:
  absl::Status RemoveAll(absl::Time before);

  kv::Database* database_;
  std::string dir_;
  std::vector<Source> further_;
  absl::Duration kept_;
  std::mutex mutex_;  // one copy at a time, none while others are removed
};

}  // namespace tc::rpc

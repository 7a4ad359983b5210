#pragma once

// What an auditor's machine does with a service's audit log: fetches it, recomputes all of it, and holds it
// against what it remembers of the last time. Nothing that the service says of itself is believed.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trustedcontact/admin/v1/admin.pb.h"

namespace tc::ctl {

// Where a log is fetched from.
class LogSource {
 public:
  virtual ~LogSource() = default;
  virtual absl::StatusOr<trustedcontact::admin::v1::AuditCheckpoint> Checkpoint(uint64_t since_size) = 0;
  virtual absl::StatusOr<trustedcontact::admin::v1::ListAuditEntriesResponse> Entries(uint64_t first) = 0;
};

// What is remembered of a log between two looks at it.
struct AuditMemory {
  std::string note;               // the last checkpoint, a signed note; empty: none yet
  std::vector<std::string> keys;  // verifier keys that are trusted; empty: the first that is met will be
};
// All of it. FAILED_PRECONDITION when it cannot be read.
absl::StatusOr<std::string> ReadAuditFile(const std::string& file);
// The empty memory when there is no such file; FAILED_PRECONDITION when it cannot be read.
absl::StatusOr<AuditMemory> ReadAuditMemory(const std::string& file);
// Whole or not at all, synced. Makes the directory.
absl::Status WriteAuditMemory(const std::string& file, const AuditMemory& memory);

struct CheckedLog {
  std::string origin;
  uint64_t size = 0;
  std::string root_hash;       // hexadecimal
  std::string key;             // whose signature was checked
  bool trusted_first = false;  // the key was taken on trust just now
  uint64_t new_entries = 0;    // since the last time
};

// Checks the whole log and moves `memory` on. From now on `keys` are trusted and no others; empty: those of
// the memory, and if it has none, the one that the service names. DATA_LOSS says what is wrong with the log:
// an entry, the tree, a checkpoint that contradicts the remembered one. PERMISSION_DENIED: no trusted key has
// signed it. INVALID_ARGUMENT: one of `keys` is none. Then the memory stays as it was. `progress` is told how
// many entries of how many are checked.
absl::StatusOr<CheckedLog> CheckLog(LogSource& source, AuditMemory& memory,
                                    const std::vector<std::string>& keys,
                                    const std::function<void(uint64_t done, uint64_t of)>& progress);

// At most `limit` entries from `first` on. An answer may be shorter than was asked for, and each reading is
// itself an entry: the end is an answer that holds nothing but readings, and not all that was asked for.
using FetchEntries = std::function<absl::StatusOr<trustedcontact::admin::v1::ListAuditEntriesResponse>(
    uint64_t first, int page_size)>;
absl::StatusOr<std::vector<trustedcontact::admin::v1::ListedAuditEntry>> ReadEntries(
    const FetchEntries& fetch, uint64_t first, uint64_t limit);

// Checks a proof by itself, without the service: the entry that it proves. DATA_LOSS, PERMISSION_DENIED as
// above; INVALID_ARGUMENT without a key.
absl::StatusOr<trustedcontact::admin::v1::AuditEntry> CheckProof(
    const trustedcontact::admin::v1::AuditProof& proof, const std::vector<std::string>& keys);

}  // namespace tc::ctl

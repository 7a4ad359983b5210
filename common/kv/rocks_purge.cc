#include "common/kv/rocks_purge.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/layout.h"
#include "common/kv/rocks_open.h"
#include "common/kv/rocks_txn.h"

namespace tc::kv {
namespace {

// A reader that has begun before keeps what it reads; closures take microseconds.
constexpr absl::Duration kLongestReader = absl::Seconds(30);
constexpr absl::Duration kPause = absl::Milliseconds(1);

// The MANIFEST goes on: making it roll over at every edit, instead of at an opening, makes the engine forget
// there that a log was deleted, and refuse to open (facebook/rocksdb#10892).
bool HoldsRecords(const std::string& file) {
  return absl::EndsWith(file, ".sst") || absl::EndsWith(file, ".log");
}

absl::StatusOr<std::vector<std::string>> FilesOf(rocksdb::DB& db) {
  std::vector<std::string> files;
  TRY(FromRocks(db.GetEnv()->GetChildren(db.GetName(), &files)));
  std::erase_if(files, [](const std::string& file) { return !HoldsRecords(file); });
  std::sort(files.begin(), files.end());
  return files;
}

absl::Status Await(absl::FunctionRef<absl::StatusOr<bool>()> done) {
  const absl::Time until = absl::Now() + kLongestReader;
  while (!TRY(done())) {
    if (absl::Now() >= until) {
      return Refuse(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable,
                    "a reader still holds what was deleted; try again");
    }
    absl::SleepFor(kPause);
  }
  return absl::OkStatus();
}

// Compaction keeps what a snapshot may still see.
absl::Status AwaitSnapshotsBefore(rocksdb::DB& db, uint64_t sequence) {
  return Await([&]() -> absl::StatusOr<bool> {
    uint64_t oldest = 0;
    db.GetIntProperty("rocksdb.oldest-snapshot-sequence", &oldest);
    return oldest == 0 || oldest >= sequence;
  });
}

// With something to flush the log is switched, also when nobody else has written.
absl::Status FlushWithMark(rocksdb::DB& db) {
  TRY(FromRocks(db.Put(Synced(), MetaKey("purge"), "")));
  return FromRocks(db.Flush(rocksdb::FlushOptions()));
}

absl::Status CompactAll(rocksdb::DB& db) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.exclusive_manual_compaction = false;  // commits need the automatic ones
  return FromRocks(db.CompactRange(options, nullptr, nullptr));
}

// The engine deletes what it knows to be obsolete in the background, but finds a log that it took over when
// it was opened only by looking through the directory; it does so when deletions are allowed again.
absl::Status DeleteObsolete(rocksdb::DB& db) {
  TRY(FromRocks(db.DisableFileDeletions()));
  return FromRocks(db.EnableFileDeletions());
}

}  // namespace

absl::Status PurgeFiles(rocksdb::DB& db) {
  const std::vector<std::string> before = TRY(FilesOf(db));
  TRY(FlushWithMark(db));
  TRY(AwaitSnapshotsBefore(db, db.GetLatestSequenceNumber()));
  TRY(CompactAll(db));
  TRY(DeleteObsolete(db));
  // Every file of before has been replaced.
  return Await([&]() -> absl::StatusOr<bool> {
    const std::vector<std::string> now = TRY(FilesOf(db));
    return std::none_of(before.begin(), before.end(), [&](const std::string& file) {
      return std::binary_search(now.begin(), now.end(), file);
    });
  });
}

}  // namespace tc::kv

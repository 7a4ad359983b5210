#include "common/kv/rocks_open.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/env/random.h"
#include "common/kv/layout.h"
#include "common/kv/rocks_txn.h"

namespace tc::kv {
namespace {

// Raised when older programs would misread the bytes; see the keys in layout.h.
constexpr uint64_t kFormat = 1;

rocksdb::Options TuneFor(const RocksOptions& wanted) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(wanted.block_cache_bytes, /*num_shard_bits=*/2);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Bounded memory and a flat start, however large the store.
  table.cache_index_and_filter_blocks = true;
  // The youngest files are asked for every key.
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;

  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.track_and_verify_wals_in_manifest = true;
  options.write_buffer_size = wanted.write_buffer_bytes;
  options.max_write_buffer_number = 3;
  options.allow_concurrent_memtable_write = false;  // there is one writer
  // Most keys that are asked for are not in memory: a filter says so without a walk.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  // Most of a record is sealed, and sealed bytes do not get smaller.
  options.compression = rocksdb::kNoCompression;
  options.max_open_files = 256;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

absl::Status OpeningFailed(const rocksdb::Status& status, const std::string& dir) {
  if (status.IsIOError() && status.ToString().find("/LOCK") != std::string::npos) {
    return absl::FailedPreconditionError(absl::StrCat(dir, " is in use by another process"));
  }
  const std::string sentence = absl::StrCat("cannot open the store in ", dir, ": ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(sentence) : absl::UnavailableError(sentence);
}

absl::StatusOr<std::optional<uint64_t>> ReadNumber(ReadTxn& txn, absl::string_view name) {
  const std::optional<std::string> text = TRY(txn.Get(MetaKey(name)));
  if (!text.has_value()) return std::optional<uint64_t>();
  uint64_t value = 0;
  if (!absl::SimpleAtoi(*text, &value)) return UnreadableRecord(name);
  return std::optional<uint64_t>(value);
}

absl::Status Found(RocksStore& store) {
  SystemRandom random;
  rocksdb::WriteBatch batch;
  TRY(FromRocks(batch.Put(MetaKey("format"), absl::StrCat(kFormat))));
  TRY(FromRocks(batch.Put(MetaKey("uid"), random.Uuid())));
  return FromRocks(store.db->Write(Synced(), &batch));
}

absl::StatusOr<bool> IsEmpty(rocksdb::DB& db) {
  const std::unique_ptr<rocksdb::Iterator> any(db.NewIterator(rocksdb::ReadOptions()));
  any->SeekToFirst();
  TRY(FromRocks(any->status()));
  return !any->Valid();
}

// Checks the format, makes a new store what it must be, and reads who it is.
absl::Status Recognise(RocksStore& store) {
  if (TRY(IsEmpty(*store.db))) TRY(Found(store));
  RocksSnapshot snapshot(*store.db);
  const std::optional<uint64_t> format = TRY(ReadNumber(snapshot, "format"));
  const std::optional<std::string> uid = TRY(snapshot.Get(MetaKey("uid")));
  if (!format.has_value() || !uid.has_value())
    return absl::FailedPreconditionError("this is no store of this program");
  if (*format > kFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat("the store has format ", *format, ", this program reads up to ", kFormat));
  }
  store.uid = *uid;
  store.revision = TRY(ReadNumber(snapshot, "revision")).value_or(0);
  return absl::OkStatus();
}

// Records are sealed, but nobody else has any business here (CRY-15).
absl::Status MakePrivate(const std::string& dir) {
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::FailedPreconditionError(absl::StrCat("cannot make ", dir, ": ", std::strerror(errno)));
  }
  struct stat now = {};
  const bool known = ::stat(dir.c_str(), &now) == 0;
  if (known && (now.st_mode & 0777) == 0700) return absl::OkStatus();
  // A volume's root may belong to root, with this process in its group: that will do, strangers will not.
  if (::chmod(dir.c_str(), 0700) != 0 && (!known || (now.st_mode & 0007) != 0)) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot keep others out of ", dir, ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

absl::Status OpenInto(RocksStore& store, const rocksdb::Options& options, const std::string& dir) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, dir, &db);
  store.db.reset(db);
  if (!status.ok()) return OpeningFailed(status, dir);
  return Recognise(store);
}

}  // namespace

std::string EncodeRevision(uint64_t revision) { return absl::StrCat(revision); }

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

absl::StatusOr<RocksStore> OpenStore(const std::string& dir, const RocksOptions& options) {
  TRY(MakePrivate(dir));
  RocksStore store;
  TRY(OpenInto(store, TuneFor(options), dir));
  return store;
}

absl::StatusOr<RocksStore> OpenMemoryStore() {
  RocksStore store;
  store.memory.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  rocksdb::Options options = TuneFor({.block_cache_bytes = 1 << 20, .write_buffer_bytes = 1 << 20});
  options.env = store.memory.get();
  options.info_log_level = rocksdb::FATAL_LEVEL;
  options.compression = rocksdb::kNoCompression;
  TRY(OpenInto(store, options, "/store"));
  return store;
}

}  // namespace tc::kv

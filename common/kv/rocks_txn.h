#pragma once

// Reads and transactions over RocksDB. Private to common/kv. Not thread-safe.

#include <rocksdb/db.h>

#include <string>
#include <vector>

#include "common/kv/database.h"
#include "common/kv/ledger.h"
#include "common/kv/overlay.h"

namespace tc::kv {

// Corruption is DATA_LOSS; whatever else keeps the engine from answering is UNAVAILABLE / STORE_UNAVAILABLE.
// The engine's own words go to the log.
absl::Status FromRocks(const rocksdb::Status& status);

inline rocksdb::Slice ToSlice(absl::string_view text) { return {text.data(), text.size()}; }

// The state of the moment at which it was made.
class RocksSnapshot final : public ReadTxn {
 public:
  explicit RocksSnapshot(rocksdb::DB& db);
  ~RocksSnapshot() override;
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override;
  absl::Status Scan(absl::string_view begin, absl::string_view end,
                    absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) override;
  absl::Status ScanReverse(absl::string_view begin, absl::string_view end,
                           absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) override;

 private:
  rocksdb::DB& db_;
  rocksdb::ReadOptions read_;
};

// What is the same for all transactions of an open store.
struct TxnParts {
  // What request ids of outbox rows are derived from, besides the row's id.
  std::string uid;
  std::string opening;  // random, new each time the store is opened
  Ledger* ledger = nullptr;
};

// A transaction over the newest state and an overlay of writes, to which it adds its own.
class RocksTxn final : public Txn {
 public:
  // All but the revision outlive it.
  RocksTxn(rocksdb::DB& db, Overlay& overlay, const TxnParts& parts, const Origin& origin, uint64_t revision)
      : db_(db), overlay_(overlay), parts_(parts), origin_(origin), revision_(revision) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override;
  absl::Status Scan(absl::string_view begin, absl::string_view end,
                    absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) override;
  absl::Status ScanReverse(absl::string_view begin, absl::string_view end,
                           absl::FunctionRef<bool(absl::string_view, absl::string_view)> visit) override;
  absl::Status Put(absl::string_view key, absl::string_view value) override;
  absl::Status Delete(absl::string_view key) override;
  absl::Status Emit(Event event) override;
  absl::Status Audit(Event act) override;
  absl::Status Forget(absl::string_view person, absl::Time now) override;
  absl::Status Enqueue(OutboxRow row) override;
  absl::Status Schedule(const Timer& timer) override;
  absl::Status Cancel(const Timer& timer) override;
  uint64_t revision() const override { return revision_; }
  const Origin& origin() const override { return origin_; }

  // Not OK when a read went unanswered or the ledger refused: such a transaction must not commit, whatever
  // its closure made of the error.
  const absl::Status& sound() const { return sound_; }
  // The types of its events.
  const std::vector<std::string>& emitted() const { return emitted_; }

 private:
  absl::Status Note(const rocksdb::Status& status);
  absl::Status Append(const Event& act, std::optional<uint32_t> event_index);

  rocksdb::DB& db_;
  Overlay& overlay_;
  const TxnParts& parts_;
  const Origin& origin_;
  const uint64_t revision_;
  absl::Status sound_;
  std::vector<std::string> emitted_;
  uint32_t events_ = 0;
  uint32_t rows_ = 0;
};

}  // namespace tc::kv

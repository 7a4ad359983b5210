#include "common/kv/rocks_txn.h"

#include <rocksdb/iterator.h>

#include <memory>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/kv/journal.h"
#include "common/kv/layout.h"
#include "common/kv/outbox.h"
#include "common/obs/log.h"

namespace tc::kv {
namespace {

using Visit = absl::FunctionRef<bool(absl::string_view, absl::string_view)>;

absl::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::Status Lookup(rocksdb::DB& db, const rocksdb::ReadOptions& read, absl::string_view key,
                       std::optional<std::string>& value) {
  rocksdb::PinnableSlice found;
  rocksdb::Status status = db.Get(read, db.DefaultColumnFamily(), ToSlice(key), &found);
  if (status.IsNotFound()) return rocksdb::Status::OK();
  if (status.ok()) value.emplace(found.data(), found.size());
  return status;
}

// One direction of a merge of the stored keys with those of an overlay, which hide them.
struct Ascending {
  static void First(rocksdb::Iterator& stored) { stored.SeekToFirst(); }
  static void Step(rocksdb::Iterator& stored) { stored.Next(); }
  static const Overlay::Entry* First(const Overlay& own, const Range& range) {
    return own.AtOrAfter(range.begin);
  }
  static const Overlay::Entry* Step(const Overlay& own, absl::string_view key) { return own.After(key); }
  static bool Inside(absl::string_view key, const Range& range) { return key < range.end; }
  static bool Before(absl::string_view a, absl::string_view b) { return a < b; }
};
struct Descending {
  static void First(rocksdb::Iterator& stored) { stored.SeekToLast(); }
  static void Step(rocksdb::Iterator& stored) { stored.Prev(); }
  static const Overlay::Entry* First(const Overlay& own, const Range& range) { return own.Before(range.end); }
  static const Overlay::Entry* Step(const Overlay& own, absl::string_view key) { return own.Before(key); }
  static bool Inside(absl::string_view key, const Range& range) { return key >= range.begin; }
  static bool Before(absl::string_view a, absl::string_view b) { return a > b; }
};

template <typename Direction>
rocksdb::Status Merge(rocksdb::DB& db, rocksdb::ReadOptions read, const Overlay& overlay, const Range& range,
                      Visit visit) {
  if (range.begin >= range.end) return rocksdb::Status::OK();
  const rocksdb::Slice lower = range.begin;
  const rocksdb::Slice upper = range.end;
  read.iterate_lower_bound = &lower;
  read.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> stored(db.NewIterator(read));
  Direction::First(*stored);
  const Overlay::Entry* own = Direction::First(overlay, range);
  while (true) {
    if (!stored->Valid() && !stored->status().ok()) return stored->status();
    if (own != nullptr && !Direction::Inside(own->first, range)) own = nullptr;
    if (own == nullptr && !stored->Valid()) return rocksdb::Status::OK();
    if (own == nullptr || (stored->Valid() && Direction::Before(ToView(stored->key()), own->first))) {
      if (!visit(ToView(stored->key()), ToView(stored->value()))) return rocksdb::Status::OK();
      own = Direction::Step(overlay, ToView(stored->key()));  // anew: `visit` may have written
      Direction::Step(*stored);
    } else {
      const std::string key = own->first;
      const Overlay::Value value = own->second;
      if (stored->Valid() && ToView(stored->key()) == key) Direction::Step(*stored);
      if (value.has_value() && !visit(key, *value)) return rocksdb::Status::OK();
      own = Direction::Step(overlay, key);
    }
  }
}

Range RangeOf(absl::string_view begin, absl::string_view end) {
  return {std::string(begin), std::string(end)};
}

const Overlay& Nothing() {
  static const Overlay* const nothing = new Overlay;
  return *nothing;
}

}  // namespace

absl::Status FromRocks(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  obs::Error("the store does not answer", {{"detail", status.ToString()}});
  if (status.IsCorruption()) return absl::DataLossError("the store is damaged");
  return Refuse(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable, "the store does not answer");
}

RocksSnapshot::RocksSnapshot(rocksdb::DB& db) : db_(db) { read_.snapshot = db.GetSnapshot(); }
RocksSnapshot::~RocksSnapshot() { db_.ReleaseSnapshot(read_.snapshot); }

absl::StatusOr<std::optional<std::string>> RocksSnapshot::Get(absl::string_view key) {
  std::optional<std::string> value;
  TRY(FromRocks(Lookup(db_, read_, key, value)));
  return value;
}

absl::Status RocksSnapshot::Scan(absl::string_view begin, absl::string_view end, Visit visit) {
  return FromRocks(Merge<Ascending>(db_, read_, Nothing(), RangeOf(begin, end), visit));
}

absl::Status RocksSnapshot::ScanReverse(absl::string_view begin, absl::string_view end, Visit visit) {
  return FromRocks(Merge<Descending>(db_, read_, Nothing(), RangeOf(begin, end), visit));
}

absl::Status RocksTxn::Note(const rocksdb::Status& status) {
  absl::Status translated = FromRocks(status);
  sound_.Update(translated);
  return translated;
}

absl::StatusOr<std::optional<std::string>> RocksTxn::Get(absl::string_view key) {
  if (const Overlay::Value* own = overlay_.Find(key); own != nullptr) return *own;
  std::optional<std::string> value;
  TRY(Note(Lookup(db_, rocksdb::ReadOptions(), key, value)));
  return value;
}

absl::Status RocksTxn::Scan(absl::string_view begin, absl::string_view end, Visit visit) {
  return Note(Merge<Ascending>(db_, rocksdb::ReadOptions(), overlay_, RangeOf(begin, end), visit));
}

absl::Status RocksTxn::ScanReverse(absl::string_view begin, absl::string_view end, Visit visit) {
  return Note(Merge<Descending>(db_, rocksdb::ReadOptions(), overlay_, RangeOf(begin, end), visit));
}

absl::Status RocksTxn::Put(absl::string_view key, absl::string_view value) {
  overlay_.Set(key, std::string(value));
  return absl::OkStatus();
}

absl::Status RocksTxn::Delete(absl::string_view key) {
  overlay_.Set(key, std::nullopt);
  return absl::OkStatus();
}

absl::Status RocksTxn::Emit(Event event) {
  emitted_.push_back(event.type);
  const Place place{revision_, events_++};
  TRY(PutEvent(*this, place, event));
  return Append(event, place.index);
}

absl::Status RocksTxn::Audit(Event act) { return Append(act, std::nullopt); }

absl::Status RocksTxn::Forget(absl::string_view person, absl::Time now) {
  if (parts_.ledger == nullptr) return absl::OkStatus();
  absl::Status forgotten = parts_.ledger->Forget(*this, person, now);
  sound_.Update(forgotten);
  return forgotten;
}

absl::Status RocksTxn::Append(const Event& act, std::optional<uint32_t> event_index) {
  if (parts_.ledger == nullptr) return absl::OkStatus();
  absl::Status appended = parts_.ledger->Append(*this, act, event_index);
  sound_.Update(appended);
  return appended;
}

absl::Status RocksTxn::Enqueue(OutboxRow row) {
  const Place place{revision_, rows_++};
  return PutOutboxRow(*this, place, crypto::DerivedUuid({parts_.uid, parts_.opening, RowId(place)}), row);
}

absl::Status RocksTxn::Schedule(const Timer& timer) { return PutTimer(*this, timer); }
absl::Status RocksTxn::Cancel(const Timer& timer) { return DeleteTimer(*this, timer); }

}  // namespace tc::kv

#include "common/kv/rocks_database.h"

#include <rocksdb/write_batch.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/env/random.h"
#include "common/kv/change_signal.h"
#include "common/kv/journal.h"
#include "common/kv/layout.h"
#include "common/kv/outbox.h"
#include "common/kv/queue_floor.h"
#include "common/kv/rocks_backup.h"
#include "common/kv/rocks_open.h"
#include "common/kv/rocks_purge.h"
#include "common/kv/rocks_txn.h"
#include "common/kv/store_metrics.h"
#include "common/kv/submitted.h"
#include "common/kv/testing.h"
#include "common/kv/writer.h"
#include "common/obs/log.h"

namespace tc::kv {
namespace {

absl::Status StoreUnavailable(absl::string_view sentence) {
  return Refuse(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable, sentence);
}

// Tells the queue in `range` of the first row that a batch has put there.
void LowerTo(const Overlay& written, const Range& range, QueueFloor& floor) {
  const Overlay::Entry* const first = written.FirstPut(range.begin, range.end);
  if (first != nullptr) floor.Lower(first->first);
}

class RocksDatabase final : public Database {
 public:
  RocksDatabase(RocksStore store, const RocksOptions& options, TestSwitches switches);
  ~RocksDatabase() override;

  absl::StatusOr<uint64_t> Update(UpdateFn fn) override;
  void Submit(absl::AnyInvocable<absl::Status(Txn& txn)> fn, Done done) override;
  absl::Status View(ViewFn fn) override;
  const std::string& uid() const override { return parts_.uid; }
  uint64_t revision() const override { return head_.revision(); }
  absl::StatusOr<std::vector<Event>> Changes(uint64_t after_revision, uint32_t after_index,
                                             size_t limit) override;
  void WaitForChange(uint64_t seen, absl::Duration timeout) override { head_.Wait(seen, timeout); }
  void WakeWaiters() override { head_.Wake(); }
  absl::StatusOr<std::vector<OutboxRow>> DueOutbox(absl::Time now, size_t limit) override;
  absl::StatusOr<std::vector<Timer>> DueTimers(absl::Time now, size_t limit) override;
  absl::StatusOr<std::vector<OutboxRow>> ListOutbox(absl::string_view after_id, size_t limit) override;
  absl::Status Backup(const std::string& dir) override;
  absl::Status Purge() override;
  Counters counters() const override { return {commits_.load(), syncs_.load()}; }

 private:
  void Execute(const Writer::Batch& batch);
  bool Decide(Writer::Operation& operation, Overlay& overlay, uint64_t revision,
              std::vector<std::string>& emitted);
  absl::Status Commit(Overlay& overlay, uint64_t revision, uint64_t commits,
                      const std::vector<std::string>& emitted);
  rocksdb::Status Write(rocksdb::WriteBatch& batch);
  absl::StatusOr<uint64_t> UpdateUnserialised(UpdateFn fn);
  template <typename T, typename Read>
  absl::StatusOr<T> Query(const Read& read);
  template <typename Row, typename Read>
  absl::StatusOr<std::vector<Row>> QueryQueue(QueueFloor& floor, const Read& read);

  RocksStore store_;
  const TxnParts parts_;
  const TestSwitches switches_;
  QueueFloor outbox_floor_;
  QueueFloor timer_floor_;
  ChangeSignal head_;
  std::atomic<bool> broken_{false};
  std::atomic<uint64_t> commits_{0};
  std::atomic<uint64_t> syncs_{0};
  StoreMetrics metrics_;  // touched by whoever commits
  std::atomic<uint64_t> mutant_revision_{0};
  std::mutex mutant_commit_;
  std::mutex files_;  // a checkpoint keeps old files, and a purge waits until they are gone
  std::unique_ptr<Writer> writer_;
};

RocksDatabase::RocksDatabase(RocksStore store, const RocksOptions& options, TestSwitches switches)
    : store_(std::move(store)),
      parts_{store_.uid, SystemRandom().Bytes(16), options.ledger},
      switches_(std::move(switches)),
      metrics_(options.name),
      mutant_revision_(store_.revision) {
  head_.Publish(store_.revision);
  writer_ =
      std::make_unique<Writer>(options.max_batch, [this](const Writer::Batch& batch) { Execute(batch); });
}

RocksDatabase::~RocksDatabase() {
  head_.Close();
  writer_->Close();  // those who are told of their commits meanwhile may come again, and are refused
  // Leaves no log to replay, so that the next start is quick. Nothing depends on it.
  if (store_.memory == nullptr && !broken_) store_.db->Flush(rocksdb::FlushOptions()).PermitUncheckedError();
}

absl::StatusOr<uint64_t> RocksDatabase::Update(UpdateFn fn) {
  if (switches_.unserialised) return UpdateUnserialised(fn);
  Writer::Operation operation{fn, &CurrentOrigin(), absl::OkStatus(), 0};
  if (!writer_->Run(operation)) return StoreUnavailable("the store is closing");
  TRY(std::move(operation.status));
  return operation.revision;
}

void RocksDatabase::Submit(absl::AnyInvocable<absl::Status(Txn& txn)> fn, Done done) {
  if (switches_.unserialised) return std::move(done)(UpdateUnserialised([&](Txn& txn) { return fn(txn); }));
  auto* submitted = new Submitted(std::move(fn), std::move(done));
  if (writer_->Post(submitted->operation)) return;
  submitted->operation.status = StoreUnavailable("the store is closing");
  submitted->operation.executed();
}

// On the writer's thread. Nothing is answered before the batch is synced, refusals and mere readers too: they
// may have seen what an earlier closure of the batch wrote.
void RocksDatabase::Execute(const Writer::Batch& batch) {
  absl::Status outcome = broken_ ? StoreUnavailable("the store has failed") : absl::OkStatus();
  if (outcome.ok()) {
    Overlay overlay;
    const uint64_t before = head_.revision();
    uint64_t revision = before;
    std::vector<std::string> emitted;
    for (Writer::Operation* operation : batch) {
      if (Decide(*operation, overlay, revision + 1, emitted)) ++revision;
      operation->revision = revision;
    }
    if (revision != before) outcome = Commit(overlay, revision, revision - before, emitted);
  }
  if (outcome.ok()) return;
  for (Writer::Operation* operation : batch) operation->status = outcome;
}

// Runs one closure; true when it has something to commit. A refusal leaves nothing in the overlay.
bool RocksDatabase::Decide(Writer::Operation& operation, Overlay& overlay, uint64_t revision,
                           std::vector<std::string>& emitted) {
  const size_t mark = overlay.Mark();
  const size_t emitted_before = emitted.size();
  for (int run = switches_.run_twice ? 2 : 1; run > 0; --run) {
    overlay.Rollback(mark);
    RocksTxn txn(*store_.db, overlay, parts_, *operation.origin, revision);
    operation.status = operation.fn(txn);
    if (operation.status.ok()) operation.status = txn.sound();
    emitted.resize(emitted_before);
    emitted.insert(emitted.end(), txn.emitted().begin(), txn.emitted().end());
  }
  if (!operation.status.ok()) {
    overlay.Rollback(mark);
    emitted.resize(emitted_before);
  }
  return overlay.Mark() != mark;
}

absl::Status RocksDatabase::Commit(Overlay& overlay, uint64_t revision, uint64_t commits,
                                   const std::vector<std::string>& emitted) {
  overlay.Set(MetaKey("revision"), EncodeRevision(revision));
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  for (const auto& [key, value] : overlay.entries()) {
    if (status.ok()) status = value.has_value() ? batch.Put(key, *value) : batch.Delete(key);
  }
  if (status.ok()) status = Write(batch);
  if (!status.ok()) {
    broken_ = true;
    obs::Error("a commit failed; the store refuses everything until it is opened anew",
               {{"detail", status.ToString()}});
    return StoreUnavailable("the commit failed; whether it took place is not known");
  }
  LowerTo(overlay, WholeOutboxDue(), outbox_floor_);
  LowerTo(overlay, WholeTimers(), timer_floor_);
  commits_ += commits;
  ++syncs_;
  metrics_.Committed(commits, emitted);
  head_.Publish(revision);
  return absl::OkStatus();
}

rocksdb::Status RocksDatabase::Write(rocksdb::WriteBatch& batch) {
  if (switches_.fail_next_write != nullptr && switches_.fail_next_write->exchange(false)) {
    return rocksdb::Status::IOError("injected by a test");
  }
  return store_.db->Write(Synced(), &batch);
}

absl::StatusOr<uint64_t> RocksDatabase::UpdateUnserialised(UpdateFn fn) {
  Overlay overlay;
  const uint64_t revision = ++mutant_revision_;
  Writer::Operation operation{fn, &CurrentOrigin(), absl::OkStatus(), revision};
  std::vector<std::string> emitted;
  const bool wrote = Decide(operation, overlay, revision, emitted);
  TRY(std::move(operation.status));
  // So that others read what this one is about to change.
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const std::lock_guard lock(mutant_commit_);
  if (wrote) TRY(Commit(overlay, revision, 1, emitted));
  return revision;
}

absl::Status RocksDatabase::View(ViewFn fn) {
  if (broken_) return StoreUnavailable("the store has failed");
  RocksSnapshot snapshot(*store_.db);
  return fn(snapshot);
}

template <typename T, typename Read>
absl::StatusOr<T> RocksDatabase::Query(const Read& read) {
  T result;
  TRY(View([&](ReadTxn& txn) -> absl::Status {
    result = TRY(read(txn));
    return absl::OkStatus();
  }));
  return result;
}

template <typename Row, typename Read>
absl::StatusOr<std::vector<Row>> RocksDatabase::QueryQueue(QueueFloor& floor, const Read& read) {
  std::vector<Row> rows;
  TRY(floor.Scan([&](const std::string& begin) -> absl::StatusOr<std::string> {
    std::string next;
    rows = TRY(Query<std::vector<Row>>([&](ReadTxn& txn) { return read(txn, begin, next); }));
    return next;
  }));
  return rows;
}

absl::StatusOr<std::vector<Event>> RocksDatabase::Changes(uint64_t after_revision, uint32_t after_index,
                                                          size_t limit) {
  return Query<std::vector<Event>>([&](ReadTxn& txn) {
    return ReadEvents(txn, {after_revision, after_index}, limit);
  });
}

absl::StatusOr<std::vector<OutboxRow>> RocksDatabase::DueOutbox(absl::Time now, size_t limit) {
  return QueryQueue<OutboxRow>(outbox_floor_, [&](ReadTxn& txn, const std::string& begin, std::string& next) {
    return ReadDueRows(txn, begin, now, limit, next);
  });
}

absl::StatusOr<std::vector<Timer>> RocksDatabase::DueTimers(absl::Time now, size_t limit) {
  return QueryQueue<Timer>(timer_floor_, [&](ReadTxn& txn, const std::string& begin, std::string& next) {
    return ReadDueTimers(txn, begin, now, limit, next);
  });
}

absl::StatusOr<std::vector<OutboxRow>> RocksDatabase::ListOutbox(absl::string_view after_id, size_t limit) {
  return Query<std::vector<OutboxRow>>([&](ReadTxn& txn) { return ReadRowsAfter(txn, after_id, limit); });
}

absl::Status RocksDatabase::Backup(const std::string& dir) {
  if (broken_) return StoreUnavailable("the store has failed");
  if (store_.memory != nullptr) {
    return Refuse(absl::StatusCode::kUnimplemented, Reason::kNotImplemented,
                  "a store in memory has no backup");
  }
  const std::lock_guard lock(files_);
  return CopyFiles(*store_.db, dir);
}

absl::Status RocksDatabase::Purge() {
  if (broken_) return StoreUnavailable("the store has failed");
  const std::lock_guard lock(files_);
  return PurgeFiles(*store_.db);
}

std::unique_ptr<Database> MustOpenMemory(const RocksOptions& options, const TestSwitches& switches) {
  absl::StatusOr<RocksStore> store = OpenMemoryStore();
  if (!store.ok()) {
    obs::Error("cannot open a store in memory", {{"detail", store.status().ToString()}});
    std::abort();
  }
  return std::make_unique<RocksDatabase>(*std::move(store), options, switches);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenRocks(const std::string& dir, const RocksOptions& options) {
  return std::make_unique<RocksDatabase>(TRY(OpenStore(dir, options)), options, TestSwitches());
}

absl::StatusOr<std::unique_ptr<Database>> OpenRocksForTest(const std::string& dir,
                                                           const TestSwitches& switches) {
  const RocksOptions options{.ledger = switches.ledger};
  return std::make_unique<RocksDatabase>(TRY(OpenStore(dir, options)), options, switches);
}

std::unique_ptr<Database> InMemory(const RocksOptions& options) { return MustOpenMemory(options, {}); }
std::unique_ptr<Database> InMemoryForTest(const TestSwitches& switches) {
  return MustOpenMemory({.ledger = switches.ledger}, switches);
}

}  // namespace tc::kv

#pragma once

// Database: the storage seam. One ordered key space, serialisable transactions, events and outbox rows in the
// same commit. RocksDB is seen in rocks_*.cc only. Keys are made with key.h; those that begin with the byte
// 0x01 are the store's own.
//
// A mutation is a closure: load, decide, save. It runs on the writer's thread against the store plus all
// closures before it, takes microseconds, does no I/O, asks no peer, and has no effect but through its Txn,
// since it may run again. Update returns after the commit is synced to the disk (durable before said).
// Thread-safe unless said otherwise.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/origin.h"

namespace tc::kv {

// What happened, for those who follow this store (common/rpc EventService). No secrets, addresses masked.
struct Event {
  std::string type = {};      // "LinkCreated"
  std::string resource = {};  // "links/42"
  std::map<std::string, std::string> attributes = {};
  absl::Time at = {};
  // Filled in by the store; ignored by Emit.
  uint64_t revision = 0;
  uint32_t index = 0;  // position within the revision
  // For the audit log only; not kept with the event and never shown to followers. `persons`: account ids of
  // those whom it concerns, the one of whom it tells most first. `result`: the reason why it was refused;
  // empty: what the ledger knows of its type.
  std::vector<std::string> persons = {};
  std::string result = {};
};

// Work that must happen outside after this commit, at least once. `request_id` is the same at every attempt,
// so that the receiver makes it happen once. It is derived from the store's uid, its opening and the row's
// id: a restored backup counts its revisions anew and must not use a request id twice.
struct OutboxRow {
  std::string kind = {};       // names the dispatcher's handler: "send_message"
  std::string payload = {};    // opaque; sealed by the caller when it holds a secret
  std::string order_key = {};  // rows of one key are delivered in order; empty: no order
  absl::Time not_before = absl::InfinitePast();
  absl::Time expire_at = absl::InfiniteFuture();  // past it the row is dropped as expired, never sent late
  // Filled in by the store.
  std::string id = {};          // "<revision>-<index>", unique within the store
  std::string request_id = {};  // a UUID
  int attempts = 0;
  std::string last_error = {};
  bool dead = false;  // given up; waits for an operator (AdminService.RetryOutboxEntry)
};

// A transaction to run at a time, at least once: expiry made durable. The handler reads the record again and
// decides.
struct Timer {
  absl::Time fire_at = {};   // kept in whole microseconds, rounded up: never early
  std::string kind = {};     // "expire_invitation"
  std::string subject = {};  // the record's id
};

// A consistent snapshot. Not thread-safe; valid inside the closure only.
class ReadTxn {
 public:
  virtual ~ReadTxn() = default;
  // The value; nullopt when absent. DATA_LOSS or UNAVAILABLE when the store cannot tell: never "absent".
  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) = 0;
  // Visits the keys of [begin, end) in ascending order until `visit` returns false. `visit` may write:
  // changes of keys that are still ahead are seen.
  virtual absl::Status Scan(
      absl::string_view begin, absl::string_view end,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) = 0;
  // The same, in descending order.
  virtual absl::Status ScanReverse(
      absl::string_view begin, absl::string_view end,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> visit) = 0;
};

// Reads see own writes. Nothing is kept unless the closure returns OK and every read of it could be answered.
class Txn : public ReadTxn {
 public:
  virtual absl::Status Put(absl::string_view key, absl::string_view value) = 0;
  virtual absl::Status Delete(absl::string_view key) = 0;
  // ALREADY_EXISTS when the key is present.
  absl::Status Insert(absl::string_view key, absl::string_view value);
  // For followers, and for the store's ledger if it has one: an event without its record in the ledger is not
  // committed, nor the other way round (LOG-07).
  virtual absl::Status Emit(Event event) = 0;
  // For the ledger alone: what followers must not see. Without a ledger nothing.
  virtual absl::Status Audit(Event act) = 0;
  // The ledger's records tell nothing of this person any more (an account's id), for ever. Without a ledger
  // nothing. What was deleted leaves the files with the next Purge.
  virtual absl::Status Forget(absl::string_view person, absl::Time now) = 0;
  virtual absl::Status Enqueue(OutboxRow row) = 0;
  // Timers are unique by (fire_at, kind, subject); scheduling again is harmless.
  virtual absl::Status Schedule(const Timer& timer) = 0;
  virtual absl::Status Cancel(const Timer& timer) = 0;
  // The revision under which this transaction would commit. One that writes nothing takes none.
  virtual uint64_t revision() const = 0;
  // On whose behalf: what was set on the thread that called Update or Submit.
  virtual const Origin& origin() const = 0;
};

using UpdateFn = absl::FunctionRef<absl::Status(Txn& txn)>;
using Done = absl::AnyInvocable<void(absl::StatusOr<uint64_t> revision) &&>;
using ViewFn = absl::FunctionRef<absl::Status(ReadTxn& txn)>;

class Database {
 public:
  virtual ~Database() = default;

  // Runs `fn` and commits it durably; returns its revision (the last one, when it wrote nothing). Must not be
  // called inside a closure. Returns fn's own status when it refuses; UNAVAILABLE / STORE_UNAVAILABLE when
  // the commit failed or the database is closing; then the outcome is not known to be durable and the store
  // refuses everything until it is opened anew.
  virtual absl::StatusOr<uint64_t> Update(UpdateFn fn) = 0;
  // The same without waiting: `done` gets what Update would return, exactly once, on a thread of the store's,
  // which others who are to be told wait for: it takes microseconds and must not call Update. No commit waits
  // for it. It may Submit again.
  virtual void Submit(absl::AnyInvocable<absl::Status(Txn& txn)> fn, Done done) = 0;
  virtual absl::Status View(ViewFn fn) = 0;

  // Random, made with the store, kept for ever.
  virtual const std::string& uid() const = 0;
  virtual uint64_t revision() const = 0;

  // Events after the place (revision, index), in commit order, at most `limit`.
  virtual absl::StatusOr<std::vector<Event>> Changes(uint64_t after_revision, uint32_t after_index,
                                                     size_t limit) = 0;
  // Returns when revision() > `seen`, or at `timeout`, or when the database closes, or at WakeWaiters.
  virtual void WaitForChange(uint64_t seen, absl::Duration timeout) = 0;
  // Ends every WaitForChange that is under way: for those who stop a thread that waits there.
  virtual void WakeWaiters() = 0;

  // The rows and timers that are due at `now`, oldest first. Used by Dispatcher and TimerRunner only. A row
  // is due from not_before on, or when it has expired, unless it is dead or an earlier row of its order_key
  // waits that is not dead.
  virtual absl::StatusOr<std::vector<OutboxRow>> DueOutbox(absl::Time now, size_t limit) = 0;
  virtual absl::StatusOr<std::vector<Timer>> DueTimers(absl::Time now, size_t limit) = 0;
  // The outbox rows behind `after_id` (empty: all), oldest first, dead ones included. For operators.
  // INVALID_ARGUMENT when `after_id` is no id; its row may be gone.
  virtual absl::StatusOr<std::vector<OutboxRow>> ListOutbox(absl::string_view after_id, size_t limit) = 0;

  // A consistent copy in the directory `dir`, which is absent or empty (else FAILED_PRECONDITION), mode 0700.
  // It has been opened and read once: what cannot be opened is no copy (DATA_LOSS).
  virtual absl::Status Backup(const std::string& dir) = 0;

  // Forgets physically: when it returns, no file of the directory holds a value that was overwritten or
  // deleted before the call, nor a key that was deleted (CRY-06). Rewrites the whole store: seconds for a
  // small one. Blocks only its caller, commits go on; waits for readers that have begun before, and for a
  // Backup. The list of the store's files may name deleted keys, as bounds of files that are gone, until the
  // store is opened anew; a copy made by Backup has none. What lies on the disk's blocks, and in older
  // copies, is not its affair. UNAVAILABLE / STORE_UNAVAILABLE when it could not, or a reader did not end
  // within 30 s; then try again.
  virtual absl::Status Purge() = 0;

  // Commits and disk syncs since opening: proof of grouping and of durability.
  struct Counters {
    uint64_t commits = 0;
    uint64_t syncs = 0;
  };
  virtual Counters counters() const = 0;
};

// Changes a row in the transaction of its outcome. Used by Dispatcher and AdminService. INVALID_ARGUMENT when
// the id is none. Removing a row that is gone is harmless.
absl::Status RemoveOutboxRow(Txn& txn, absl::string_view id);
// Takes over not_before, attempts, last_error and dead; the rest stays as it was enqueued. A row that comes
// back from the dead goes before later rows of its order_key. NOT_FOUND when the row is gone.
absl::Status RescheduleOutboxRow(Txn& txn, const OutboxRow& row);

}  // namespace tc::kv

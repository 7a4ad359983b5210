#include "common/kv/dispatcher.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"

namespace tc::kv {
namespace {

constexpr size_t kFetch = 64;
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(200);
constexpr absl::Duration kLongestBackoff = absl::Minutes(5);
constexpr absl::Duration kLongestBackoffAtTheEnd = absl::Seconds(15);
// Rows come due by time, too: how late one may be noticed.
constexpr absl::Duration kPoll = absl::Milliseconds(200);
// Under load every commit is a change; looking at each would cost more than it brings.
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(5);
// The store is in trouble: no use in hurrying.
constexpr absl::Duration kAfterTrouble = absl::Seconds(1);

using Handlers = std::map<std::string, OutboxHandler>;

obs::Counter& Outcome(const std::string& outcome) {
  return obs::GetCounter("tc_outbox_attempts_total", "Outbox rows tried, by outcome.",
                         {{"outcome", outcome}});
}

struct Outcomes {
  obs::Counter& done = Outcome("done");
  obs::Counter& postponed = Outcome("postponed");
  obs::Counter& dead = Outcome("dead");
  obs::Counter& expired = Outcome("expired");
};

const Outcomes& Count() {
  static const Outcomes* const outcomes = new Outcomes;
  return *outcomes;
}

bool IsPassing(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

// What a row may wait at most: less when it has little time left.
absl::Duration LongestBackoff(absl::Duration left) {
  return std::clamp(left / 20, kLongestBackoffAtTheEnd, kLongestBackoff);
}

// Full jitter: anything between nothing and the doubled bound, so that those who failed together do not come
// back together.
absl::Duration Backoff(int attempts, absl::Duration left, Random& random) {
  const absl::Duration bound =
      std::min(LongestBackoff(left), kFirstBackoff * (int64_t{1} << std::min(attempts, 20)));
  uint64_t bits = 0;
  for (const char c : random.Bytes(4)) bits = bits << 8 | static_cast<unsigned char>(c);
  return bound * (static_cast<double>(bits) / 4294967296.0);
}

// A refusal's sentence is fit for anybody (refusal.h); what others say may hold personal data.
std::string Describe(const absl::Status& status) {
  const std::string code = absl::StatusCodeToString(status.code());
  const std::optional<std::string> reason = ReasonOf(status);
  return reason.has_value() ? absl::StrCat(code, " / ", *reason, ": ", std::string(status.message())) : code;
}

absl::Status Handle(const Handlers& handlers, const OutboxRow& row) {
  const auto handler = handlers.find(row.kind);
  if (handler == handlers.end()) return absl::UnimplementedError("no handler");
  return handler->second(row);
}

// The row as it must be after an attempt that failed.
OutboxRow AfterFailure(OutboxRow row, const absl::Status& failure, absl::Time now, Random& random) {
  row.last_error = Describe(failure);
  row.dead = !IsPassing(failure.code());
  const absl::Duration asked = RetryAfterOf(failure).value_or(absl::ZeroDuration());
  if (!row.dead) row.not_before = now + std::max(Backoff(row.attempts, row.expire_at - now, random), asked);
  ++row.attempts;
  return row;
}

// False: the row stays as it was and will be performed again, under the same request id.
bool Save(Database& database, const OutboxRow& row, absl::FunctionRef<absl::Status(Txn&)> change) {
  const absl::Status saved = database.Update(change).status();
  if (saved.ok() || absl::IsNotFound(saved)) return true;  // NOT_FOUND: an operator was quicker
  obs::Error("the outcome of an outbox row was not saved", {{"row", row.id}, {"error", Describe(saved)}});
  return false;
}

struct Performed {
  bool saved = false;  // its outcome; otherwise it is performed again
  bool gone = false;   // done, expired, or dead: it waits for nobody any more
};

Performed Perform(Database& database, const Clock& clock, Random& random, const Handlers& handlers,
                  const OutboxRow& row) {
  const auto remove = [&](Txn& txn) -> absl::Status { return RemoveOutboxRow(txn, row.id); };
  if (row.expire_at <= clock.Now()) {
    Count().expired.Increment();
    obs::Warning("an outbox row expired",
                 {{"row", row.id}, {"kind", row.kind}, {"last_error", row.last_error}});
    return {Save(database, row, remove), true};
  }
  const absl::Status status = Handle(handlers, row);
  if (status.ok()) {
    Count().done.Increment();
    return {Save(database, row, remove), true};
  }
  const OutboxRow later = AfterFailure(row, status, clock.Now(), random);
  (later.dead ? Count().dead : Count().postponed).Increment();
  obs::Log(later.dead ? obs::Level::kError : obs::Level::kInfo,
           later.dead ? "an outbox row is dead" : "an outbox row must wait",
           {{"row", row.id},
            {"kind", row.kind},
            {"attempts", absl::StrCat(later.attempts)},
            {"error", later.last_error}});
  const auto reschedule = [&](Txn& txn) -> absl::Status { return RescheduleOutboxRow(txn, later); };
  return {Save(database, row, reschedule), later.dead};
}

}  // namespace

struct Dispatcher::State {
  State(Database& from, const Clock& time, Random& chance, Handlers by)
      : database(from), clock(time), random(chance), handlers(std::move(by)) {}

  Database& database;
  const Clock& clock;
  Random& random;
  const Handlers handlers;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<OutboxRow> ready;
  std::set<std::string> taken;  // ids of `ready` and of the rows under way
  bool looking = false;         // one thread looks for due rows, the others perform
  bool reading =
      false;  // it is at it just now: what it reads may be older than what has been done meanwhile,
  std::vector<std::string> done_meanwhile;  // so that these stay taken until it has read
  std::map<std::string, absl::Time> since;  // when each row that waits was first seen
  obs::Gauge& age = obs::GetGauge("tc_outbox_age_seconds",
                                  "Seconds since the oldest row that waits was first seen due.", {});
  bool stopping = false;
  std::vector<std::thread> threads;

  void Work();
  size_t Look(std::unique_lock<std::mutex>& lock);
  void Pause(std::unique_lock<std::mutex>& lock, absl::Duration pause) {
    changed.wait_for(lock, absl::ToChronoMicroseconds(pause), [this] { return stopping; });
  }
};

// Performs what is ready; when nothing is, looks for more.
void Dispatcher::State::Work() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    if (!ready.empty()) {
      const OutboxRow row = std::move(ready.front());
      ready.pop_front();
      lock.unlock();
      const Performed performed = Perform(database, clock, random, handlers, row);
      lock.lock();
      if (performed.saved && performed.gone) since.erase(row.id);
      if (!performed.saved) Pause(lock, kAfterTrouble);
      if (reading) {
        done_meanwhile.push_back(row.id);
      } else {
        taken.erase(row.id);
      }
    } else if (looking) {
      changed.wait(lock);
    } else {
      looking = true;
      const uint64_t seen = database.revision();
      if (Look(lock) == 0 && !stopping) {
        Pause(lock, kBetweenLooks);
        lock.unlock();
        database.WaitForChange(seen, kPoll);
        lock.lock();
      }
      looking = false;
      changed.notify_all();
    }
  }
}

// Adds the due rows that nobody has taken; returns how many.
size_t Dispatcher::State::Look(std::unique_lock<std::mutex>& lock) {
  const size_t limit = kFetch + taken.size();
  reading = true;
  lock.unlock();
  const absl::Time now = clock.Now();
  absl::StatusOr<std::vector<OutboxRow>> due = database.DueOutbox(now, limit);
  lock.lock();
  reading = false;
  size_t added = 0;
  if (due.ok()) {
    for (OutboxRow& row : *due) {
      if (!taken.insert(row.id).second) continue;
      since.emplace(row.id, now);
      ready.push_back(std::move(row));
      ++added;
    }
  }
  for (const std::string& id : std::exchange(done_meanwhile, {})) taken.erase(id);
  // Ids have the order of the commits.
  age.Set(since.empty() ? 0 : absl::ToDoubleSeconds(now - since.begin()->second));
  if (!due.ok()) {
    obs::Error("the outbox cannot be read", {{"error", Describe(due.status())}});
    Pause(lock, kAfterTrouble);
  }
  return added;
}

Dispatcher::Dispatcher(Database& database, const Clock& clock, Random& random, Handlers handlers, int threads)
    : state_(std::make_unique<State>(database, clock, random, std::move(handlers))) {
  State* const state = state_.get();
  for (int i = 0; i < threads; ++i) state->threads.emplace_back([state] { state->Work(); });
}

Dispatcher::~Dispatcher() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->database.WakeWaiters();
  for (std::thread& thread : state_->threads) thread.join();
}

int Dispatcher::RunOnce(Database& database, const Clock& clock, Random& random, const Handlers& handlers) {
  std::set<std::string> tried;
  for (bool again = true; again;) {
    again = false;
    const absl::StatusOr<std::vector<OutboxRow>> due = database.DueOutbox(clock.Now(), kFetch + tried.size());
    if (!due.ok()) break;
    for (const OutboxRow& row : *due) {
      if (!tried.insert(row.id).second) continue;
      Perform(database, clock, random, handlers, row);
      again = true;
    }
  }
  return static_cast<int>(tried.size());
}

}  // namespace tc::kv

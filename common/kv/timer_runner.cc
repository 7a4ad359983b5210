#include "common/kv/timer_runner.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/journal.h"
#include "common/obs/log.h"

namespace tc::kv {
namespace {

constexpr size_t kFetch = 64;
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Minutes(5);

using Handlers = std::map<std::string, TimerHandler>;

enum class Outcome { kFired, kGone, kFailed };

// Timers that failed, so that they do not stand in the way of the others. Forgotten at a restart, which tries
// them anew.
class Postponed {
 public:
  bool Has(const Timer& timer, absl::Time now) const {
    const auto entry = entries_.find(TimerKey(timer));
    return entry != entries_.end() && now < entry->second.until;
  }
  void Add(const Timer& timer, absl::Time now) {
    Entry& entry = entries_[TimerKey(timer)];
    entry.pause = std::clamp(entry.pause * 2, kFirstPause, kLongestPause);
    entry.until = now + entry.pause;
  }
  void Remove(const Timer& timer) { entries_.erase(TimerKey(timer)); }
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    absl::Duration pause;
    absl::Time until;
  };
  std::map<std::string, Entry> entries_;
};

Outcome Fire(Database& database, const Handlers& handlers, const Timer& timer, absl::Time now) {
  const auto handler = handlers.find(timer.kind);
  if (handler == handlers.end()) {
    obs::Error("nobody handles this kind of timer", {{"kind", timer.kind}});
    return Outcome::kFailed;
  }
  bool there = false;
  const absl::Status status = database
                                  .Update([&](Txn& txn) -> absl::Status {
                                    there = TRY(HasTimer(txn, timer));
                                    if (!there) return absl::OkStatus();  // cancelled since it was read
                                    TRY(DeleteTimer(txn, timer));
                                    return handler->second(txn, timer, now);
                                  })
                                  .status();
  if (status.ok()) return there ? Outcome::kFired : Outcome::kGone;
  obs::Error("a timer failed", {{"kind", timer.kind},
                                {"code", absl::StatusCodeToString(status.code())},
                                {"reason", ReasonOf(status).value_or("")}});
  return Outcome::kFailed;
}

// Tries every due timer that is not postponed, once; returns how many fired.
int FireDue(Database& database, const Clock& clock, const Handlers& handlers, Postponed& postponed,
            absl::FunctionRef<bool()> stopped) {
  int fired = 0;
  for (bool again = true; again;) {
    again = false;
    const absl::Time now = clock.Now();
    const absl::StatusOr<std::vector<Timer>> due = database.DueTimers(now, kFetch + postponed.size());
    if (!due.ok()) {
      obs::Error("timers cannot be read", {{"code", absl::StatusCodeToString(due.status().code())}});
      break;
    }
    for (const Timer& timer : *due) {
      if (stopped()) return fired;
      if (postponed.Has(timer, now)) continue;
      const Outcome outcome = Fire(database, handlers, timer, now);
      if (outcome == Outcome::kFailed) {
        postponed.Add(timer, now);
      } else {
        postponed.Remove(timer);
      }
      if (outcome == Outcome::kFired) ++fired;
      again = true;
    }
  }
  return fired;
}

}  // namespace

struct TimerRunner::State {
  State(Database& from, const Clock& time, Handlers by, absl::Duration pause)
      : database(from), clock(time), handlers(std::move(by)), poll(pause) {}

  Database& database;
  const Clock& clock;
  const Handlers handlers;
  const absl::Duration poll;

  Postponed postponed;
  std::mutex mutex;
  std::condition_variable stop;
  bool stopping = false;
  std::thread thread;

  void Work();
};

void TimerRunner::State::Work() {
  const auto stopped = [this] {
    const std::lock_guard lock(mutex);
    return stopping;
  };
  while (!stopped()) {
    FireDue(database, clock, handlers, postponed, stopped);
    std::unique_lock lock(mutex);
    stop.wait_for(lock, absl::ToChronoMicroseconds(poll), [this] { return stopping; });
  }
}

TimerRunner::TimerRunner(Database& database, const Clock& clock, Handlers handlers, absl::Duration poll)
    : state_(std::make_unique<State>(database, clock, std::move(handlers), poll)) {
  State* const state = state_.get();
  state->thread = std::thread([state] { state->Work(); });
}

TimerRunner::~TimerRunner() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->stop.notify_all();
  state_->thread.join();
}

int TimerRunner::RunOnce(Database& database, const Clock& clock, const Handlers& handlers) {
  Postponed postponed;
  return FireDue(database, clock, handlers, postponed, [] { return false; });
}

}  // namespace tc::kv

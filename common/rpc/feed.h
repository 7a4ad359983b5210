#pragma once

// Feed: the few threads that keep server streams supplied, apart from the workers, so that waiting streams
// take no worker. A task is asked for its next step after each commit, after `heartbeat` without anything
// sent, and when it is woken. Knows no gRPC. Thread-safe.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"

namespace tc::rpc {

// Gives the next message of one stream, nullopt when there is none now (`heartbeat`: a sign of life is due),
// the error that ends it, or EndOfStream().
template <typename Response>
using Next = std::function<absl::StatusOr<std::optional<Response>>(bool heartbeat)>;

// Instead of a message: everything was sent, the stream ends well.
absl::Status EndOfStream();
bool IsEndOfStream(const absl::Status& status);

class Feed {
 public:
  class Task {
   public:
    virtual ~Task() = default;
    // On a thread of the feed, never two at a time for one task. True when something was sent. `heartbeat`:
    // silence has lasted long enough.
    virtual bool Step(bool heartbeat) = 0;
    // The feed stops: end the stream. On the thread that stops it, also beside a Step.
    virtual void Stop() = 0;
  };

  struct Options {
    int threads = 2;
    absl::Duration heartbeat = absl::Seconds(15);
    size_t max_tasks = 256;
  };

  Feed(kv::Database& database, const Options& options);
  // Stops. Tasks that were not removed are forgotten.
  ~Feed();

  // Takes the task and steps it soon; false when there are too many or the feed has stopped.
  bool Add(std::shared_ptr<Task> task);
  // Steps the task soon. Nothing for a task that is not here.
  void Wake(const Task* task);
  // No step of the task begins after this; one under way goes on.
  void Remove(const Task* task);
  // Stops every task and takes no more. Returns when no step is under way and none will begin.
  void Stop();

 private:
  enum class Place { kIdle, kQueued, kStepping };
  struct Entry {
    std::shared_ptr<Task> task;
    Place place = Place::kIdle;
    bool again = false;  // woken while stepping
    std::chrono::steady_clock::time_point silent_since;
  };

  void Watch();
  void Work();
  void WakeLocked(const Task* task, Entry& entry);

  kv::Database& database_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<const Task*, Entry> tasks_;
  std::deque<const Task*> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tc::rpc

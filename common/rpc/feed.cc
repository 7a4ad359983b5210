#include "common/rpc/feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/cord.h"

namespace tc::rpc {

using Steady = std::chrono::steady_clock;

namespace {

// No status of a handler or a store carries it.
constexpr char kEndOfStream[] = "tc/end-of-stream";

}  // namespace

absl::Status EndOfStream() {
  absl::Status status = absl::OutOfRangeError("the stream has ended");
  status.SetPayload(kEndOfStream, absl::Cord());
  return status;
}

bool IsEndOfStream(const absl::Status& status) { return status.GetPayload(kEndOfStream).has_value(); }

Feed::Feed(kv::Database& database, const Options& options) : database_(database), options_(options) {
  threads_.emplace_back([this] { Watch(); });
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

Feed::~Feed() { Stop(); }

bool Feed::Add(std::shared_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || tasks_.size() >= options_.max_tasks) return false;
  const Task* key = task.get();
  Entry& entry = tasks_[key];
  entry.task = std::move(task);
  entry.silent_since = Steady::now();
  WakeLocked(key, entry);
  return true;
}

void Feed::Wake(const Task* task) {
  const std::lock_guard lock(mutex_);
  const auto it = tasks_.find(task);
  if (it != tasks_.end()) WakeLocked(task, it->second);
}

void Feed::WakeLocked(const Task* task, Entry& entry) {
  if (entry.place == Place::kStepping) entry.again = true;
  if (entry.place != Place::kIdle) return;
  entry.place = Place::kQueued;
  queue_.push_back(task);
  wake_.notify_one();
}

void Feed::Remove(const Task* task) {
  const std::lock_guard lock(mutex_);
  tasks_.erase(task);  // its place in the queue leads nowhere now
}

void Feed::Stop() {
  std::vector<std::shared_ptr<Task>> tasks;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [key, entry] : tasks_) tasks.push_back(entry.task);
  }
  wake_.notify_all();
  database_.WakeWaiters();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (const std::shared_ptr<Task>& task : tasks) task->Stop();
}

// Turns commits and silence into wake-ups.
void Feed::Watch() {
  // Short enough for a punctual heartbeat; a stop does not wait for it, unless it comes just before the wait.
  const absl::Duration tick = std::min(absl::Milliseconds(200), options_.heartbeat / 4);
  const auto heartbeat = absl::ToChronoNanoseconds(options_.heartbeat);
  uint64_t seen = database_.revision();
  while (true) {
    database_.WaitForChange(seen, tick);
    const uint64_t revision = database_.revision();
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    const Steady::time_point now = Steady::now();
    for (auto& [task, entry] : tasks_) {
      if (revision != seen || now - entry.silent_since >= heartbeat) WakeLocked(task, entry);
    }
    seen = revision;
  }
}

void Feed::Work() {
  const auto heartbeat = absl::ToChronoNanoseconds(options_.heartbeat);
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Task* const key = queue_.front();
    queue_.pop_front();
    auto it = tasks_.find(key);
    if (it == tasks_.end() || it->second.place != Place::kQueued) continue;
    it->second.place = Place::kStepping;
    it->second.again = false;
    const std::shared_ptr<Task> task = it->second.task;
    const bool silent = Steady::now() - it->second.silent_since >= heartbeat;
    lock.unlock();
    const bool sent = task->Step(silent);
    lock.lock();
    it = tasks_.find(key);
    if (it == tasks_.end()) continue;
    it->second.place = Place::kIdle;
    // A heartbeat that could not be sent, since a message is under way, counts from now as well.
    if (sent || silent) it->second.silent_since = Steady::now();
    if (it->second.again) WakeLocked(key, it->second);
  }
}

}  // namespace tc::rpc

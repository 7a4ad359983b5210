#include "common/rpc/feed.h"

#include <gmock/gmock.h>

#include <condition_variable>

#include "common/kv/rocks_database.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using testing::IsOk;

// Counts its steps; a test waits for a number of them.
class Recorder final : public Feed::Task {
 public:
  explicit Recorder(bool sends = false) : sends_(sends) {}

  bool Step(bool heartbeat) override {
    const std::lock_guard lock(mutex_);
    ++steps_;
    if (heartbeat) ++heartbeats_;
    changed_.notify_all();
    return sends_;
  }
  void Stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    steps_at_stop_ = steps_;
  }

  void WaitForSteps(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return steps_ >= n; });
  }
  void WaitForHeartbeats(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return heartbeats_ >= n; });
  }
  int steps() {
    const std::lock_guard lock(mutex_);
    return steps_;
  }
  bool StoppedAtItsLastStep() {
    const std::lock_guard lock(mutex_);
    return stopped_ && steps_at_stop_ == steps_;
  }

 private:
  const bool sends_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int steps_ = 0;
  int heartbeats_ = 0;
  bool stopped_ = false;
  int steps_at_stop_ = 0;
};

class FeedTest : public ::testing::Test {
 protected:
  void Commit() {
    ASSERT_THAT(database_->Update([](kv::Txn& txn) { return txn.Put("k", "v"); }), IsOk());
  }

  std::unique_ptr<kv::Database> database_ = kv::InMemory();
};

TEST_F(FeedTest, StepsATaskAtOnceAndAfterEachCommit) {
  Feed feed(*database_, {});
  const auto task = std::make_shared<Recorder>();
  ASSERT_TRUE(feed.Add(task));
  task->WaitForSteps(1);
  for (int i = 1; i <= 20; ++i) {
    const int before = task->steps();
    Commit();
    task->WaitForSteps(before + 1);
  }
}

TEST_F(FeedTest, StepsATaskThatIsWoken) {
  Feed feed(*database_, {});
  const auto task = std::make_shared<Recorder>();
  ASSERT_TRUE(feed.Add(task));
  task->WaitForSteps(1);
  feed.Wake(task.get());
  task->WaitForSteps(2);
}

TEST_F(FeedTest, BeatsInSilenceOnly) {
  Feed::Options options;
  options.heartbeat = absl::Milliseconds(8);
  Feed feed(*database_, options);
  const auto silent = std::make_shared<Recorder>();
  ASSERT_TRUE(feed.Add(silent));
  silent->WaitForHeartbeats(3);
}

// Wakes itself in its first step, as a commit does that comes while a step is under way.
class Restless final : public Feed::Task {
 public:
  explicit Restless(Feed& feed) : feed_(feed) {}
  bool Step(bool) override {
    const std::lock_guard lock(mutex_);
    if (++steps_ == 1) feed_.Wake(this);
    changed_.notify_all();
    return false;
  }
  void Stop() override {}
  void WaitForSteps(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return steps_ >= n; });
  }

 private:
  Feed& feed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int steps_ = 0;
};

TEST_F(FeedTest, DoesNotMissAWakeUpDuringAStep) {
  Feed feed(*database_, {});
  const auto task = std::make_shared<Restless>(feed);
  ASSERT_TRUE(feed.Add(task));
  task->WaitForSteps(2);
  feed.Stop();
}

TEST(EndOfStream, IsNoStatusThatAHandlerGives) {
  EXPECT_TRUE(IsEndOfStream(EndOfStream()));
  EXPECT_FALSE(IsEndOfStream(absl::OutOfRangeError("the stream has ended")));
  EXPECT_FALSE(IsEndOfStream(absl::OkStatus()));
}

TEST_F(FeedTest, LeavesARemovedTaskAlone) {
  Feed feed(*database_, {});
  const auto removed = std::make_shared<Recorder>();
  const auto other = std::make_shared<Recorder>();
  ASSERT_TRUE(feed.Add(removed));
  removed->WaitForSteps(1);
  feed.Remove(removed.get());
  feed.Wake(removed.get());
  ASSERT_TRUE(feed.Add(other));
  other->WaitForSteps(1);
  const int before = removed->steps();
  Commit();
  other->WaitForSteps(2);
  EXPECT_EQ(removed->steps(), before);
}

TEST_F(FeedTest, TakesNoMoreTasksThanItMay) {
  Feed::Options options;
  options.max_tasks = 2;
  Feed feed(*database_, options);
  const auto first = std::make_shared<Recorder>();
  EXPECT_TRUE(feed.Add(first));
  EXPECT_TRUE(feed.Add(std::make_shared<Recorder>()));
  EXPECT_FALSE(feed.Add(std::make_shared<Recorder>()));
  feed.Remove(first.get());
  EXPECT_TRUE(feed.Add(std::make_shared<Recorder>()));
}

TEST_F(FeedTest, StopsEveryTaskAfterItsLastStep) {
  Feed feed(*database_, {});
  std::vector<std::shared_ptr<Recorder>> tasks;
  for (int i = 0; i < 10; ++i) {
    tasks.push_back(std::make_shared<Recorder>(true));
    ASSERT_TRUE(feed.Add(tasks.back()));
  }
  feed.Stop();
  for (const auto& task : tasks) EXPECT_TRUE(task->StoppedAtItsLastStep());
  EXPECT_FALSE(feed.Add(std::make_shared<Recorder>()));
}

}  // namespace
}  // namespace tc::rpc

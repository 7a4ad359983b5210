#include "common/rpc/worker_pool.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <memory>

namespace tc::rpc {
namespace {

TEST(WorkerPool, RunsWhatItAccepted) {
  std::atomic<int> runs{0};
  {
    WorkerPool pool(4, 100);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.TryRun([&] { ++runs; }));
  }
  EXPECT_EQ(runs, 100);
}

TEST(WorkerPool, RefusesWhenItsThreadsAreBusyAndItsQueueIsFull) {
  std::latch busy(2);
  std::latch release(1);
  std::atomic<int> queued{0};
  WorkerPool pool(2, 3);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool.TryRun([&] {
      busy.count_down();
      release.wait();
    }));
  }
  busy.wait();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(pool.TryRun([&] { ++queued; }));
  EXPECT_FALSE(pool.TryRun([&] { ++queued; }));
  release.count_down();
  EXPECT_TRUE(pool.Drain(absl::InfiniteDuration()));
  EXPECT_EQ(queued, 3);
  EXPECT_TRUE(pool.TryRun([] {}));
}

TEST(WorkerPool, FinishesQueuedWorkAfterItIsClosed) {
  std::latch release(1);
  std::atomic<int> runs{0};
  WorkerPool pool(1, 2);
  ASSERT_TRUE(pool.TryRun([&] { release.wait(); }));
  ASSERT_TRUE(pool.TryRun([&] { ++runs; }));
  pool.Close();
  EXPECT_TRUE(pool.closed());
  EXPECT_FALSE(pool.TryRun([&] { ++runs; }));
  release.count_down();
  EXPECT_TRUE(pool.Drain(absl::InfiniteDuration()));
  EXPECT_EQ(runs, 1);
}

TEST(WorkerPool, SaysThatWorkDidNotEndInTime) {
  std::latch release(1);
  WorkerPool pool(1, 1);
  ASSERT_TRUE(pool.TryRun([&] { release.wait(); }));
  EXPECT_FALSE(pool.Drain(absl::Milliseconds(5)));
  release.count_down();
  EXPECT_TRUE(pool.Drain(absl::InfiniteDuration()));
}

TEST(WorkerPool, LetsGoOfWorkBeforeItSaysThatItIsIdle) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> seen = held;
  WorkerPool pool(1, 1);
  ASSERT_TRUE(pool.TryRun([held = std::move(held)] {}));
  ASSERT_TRUE(pool.Drain(absl::InfiniteDuration()));
  EXPECT_TRUE(seen.expired());
}

TEST(WorkerPool, IsNotIdleWhileSomethingGoesOnWithoutAThread) {
  WorkerPool pool(1, 1);
  ASSERT_TRUE(pool.Enter());
  EXPECT_FALSE(pool.Drain(absl::Milliseconds(5)));
  pool.Leave();
  EXPECT_TRUE(pool.Drain(absl::InfiniteDuration()));
}

TEST(WorkerPool, LetsInAsManyAsItHasThreadsAndPlacesAndNobodyOnceClosed) {
  WorkerPool pool(2, 3);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(pool.Enter());
  EXPECT_FALSE(pool.Enter());
  pool.Leave();
  EXPECT_TRUE(pool.Enter());
  pool.Leave();
  pool.Close();
  EXPECT_FALSE(pool.Enter());
  for (int i = 0; i < 4; ++i) pool.Leave();
}

}  // namespace
}  // namespace tc::rpc

#include "common/crypto/hash_pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using testing::IsOk;
using testing::Refused;

// Work that stays until it is let go, and counts who is inside.
class Room {
 public:
  void Stay() {
    std::unique_lock lock(mutex_);
    ++inside_;
    most_ = std::max(most_, inside_);
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    --inside_;
  }
  void WaitFor(int inside) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= inside; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  int most_ = 0;
  bool open_ = false;
};

// Comes again until the pool, which has little patience, has taken the work; its outcome must then be OK.
void UntilBegun(HashPool& pool, const std::function<void()>& work) {
  std::atomic<bool> begun{false};
  while (!begun) {
    const absl::Status status = pool.Run([&] {
      begun = true;
      work();
    });
    EXPECT_EQ(status.ok(), begun.load());
  }
}

TEST(HashPool, RunsTheWorkOnAThreadOfItsOwnBeforeItReturns) {
  HashPool pool(1, 0);
  std::thread::id worker;
  ASSERT_THAT(pool.Run([&] { worker = std::this_thread::get_id(); }), IsOk());
  EXPECT_NE(worker, std::this_thread::get_id());
  EXPECT_NE(worker, std::thread::id());
}

TEST(HashPool, HoldsNoMoreThanThreadsAndQueueHoweverManyCome) {
  constexpr int kThreads = 2;
  constexpr int kQueue = 3;
  constexpr int kCallers = 40;
  HashPool pool(kThreads, kQueue);
  Room room;
  std::atomic<int> admitted{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] { (pool.Run([&] { room.Stay(); }).ok() ? admitted : refused)++; });
  }
  // Nobody leaves the room, so that exactly the others are refused.
  while (refused < kCallers - kThreads - kQueue) std::this_thread::yield();
  room.WaitFor(kThreads);
  room.Open();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(admitted, kThreads + kQueue);
  EXPECT_EQ(refused, kCallers - kThreads - kQueue);
  EXPECT_EQ(room.most(), kThreads);
}

TEST(HashPool, TellsWhenToComeAgainAndHasNotRunTheWork) {
  HashPool pool(1, 0);
  Room room;
  std::thread first([&] { EXPECT_THAT(pool.Run([&] { room.Stay(); }), IsOk()); });
  room.WaitFor(1);
  bool ran = false;
  const absl::Status status = pool.Run([&] { ran = true; });
  EXPECT_THAT(status, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  EXPECT_EQ(RetryAfterOf(status), absl::Seconds(1));
  EXPECT_FALSE(ran);
  room.Open();
  first.join();
  EXPECT_THAT(pool.Run([&] { ran = true; }), IsOk()) << "there is room again";
  EXPECT_TRUE(ran);
}

TEST(HashPool, RefusesWhoseTurnDoesNotComeInTimeAndNeverRunsHisWork) {  // PWD-09
  HashPool pool(1, 4, absl::Milliseconds(5));
  Room room;
  std::thread first([&] { UntilBegun(pool, [&] { room.Stay(); }); });
  room.WaitFor(1);
  std::atomic<bool> ran{false};
  const absl::Status status = pool.Run([&] { ran = true; });
  EXPECT_THAT(status, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  EXPECT_EQ(RetryAfterOf(status), absl::Seconds(1));
  room.Open();
  first.join();
  UntilBegun(pool, [] {});
  EXPECT_FALSE(ran) << "what was refused stays undone";
}

TEST(HashPool, GivesThePlaceOfWhoHasGoneToTheNext) {
  HashPool pool(1, 1, absl::Milliseconds(5));
  Room room;
  std::thread first([&] { UntilBegun(pool, [&] { room.Stay(); }); });
  room.WaitFor(1);
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(pool.Run([] {}).ok());
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(5)) << "he was let in";
  }
  room.Open();
  first.join();
  UntilBegun(pool, [] {});
}

TEST(HashPool, WaitsForWorkThatHasBegunHoweverLongItTakes) {
  HashPool pool(1, 4, absl::Milliseconds(1));
  UntilBegun(pool, [] {
    // Longer than the patience, by the same clock.
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
  });
}

TEST(HashPool, SaysOkExactlyWhenTheWorkRanAlsoWhenPatienceEndsAtThatMoment) {
  HashPool pool(2, 64, absl::Microseconds(50));
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int n = 0; n < 500; ++n) {
        bool ran = false;
        const bool ok = pool.Run([&] { ran = true; }).ok();
        EXPECT_EQ(ok, ran);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST(HashPool, ServesManyOneAfterTheOther) {
  HashPool pool(2, 64);
  std::atomic<int> done{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int n = 0; n < 200; ++n) EXPECT_THAT(pool.Run([&] { ++done; }), IsOk());
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done, 1600);
}

}  // namespace
}  // namespace tc::crypto

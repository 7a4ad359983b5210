#include "common/rpc/rate_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tc::rpc {
namespace {

constexpr Rate kRate = {1, 5};
const SteadyTime kStart = SteadyTime() + std::chrono::hours(1);

int Taken(RateTable& table, const std::string& key, int tries, SteadyTime now = kStart) {
  int taken = 0;
  for (int i = 0; i < tries; ++i) taken += table.Take(key, now) == absl::ZeroDuration() ? 1 : 0;
  return taken;
}

TEST(RateTable, CountsEachKeyByItself) {
  RateTable table(kRate, 10);
  EXPECT_EQ(Taken(table, "a", 9), 5);
  EXPECT_EQ(Taken(table, "b", 9), 5);
  EXPECT_EQ(Taken(table, "a", 9, kStart + std::chrono::seconds(2)), 2);
}

TEST(RateTable, RemembersNoMoreThanItMay) {
  RateTable table(kRate, 10);
  for (int i = 0; i < 1000; ++i) table.Take(absl::StrCat("key-", i), kStart);
  EXPECT_EQ(table.size(), 10u);
}

TEST(RateTable, KeepsThoseWhoCalledLast) {
  RateTable table(kRate, 3);
  Taken(table, "a", 5);
  Taken(table, "b", 5);
  Taken(table, "c", 1);
  Taken(table, "a", 1);
  Taken(table, "d", 1);  // in the place of b
  EXPECT_EQ(Taken(table, "a", 5), 0);
  EXPECT_EQ(Taken(table, "c", 9), 4);
}

// A caller with many names must not get more by them than the table has buckets.
TEST(RateTable, GivesNobodyTokensForPushingHisOwnBucketOut) {
  RateTable table(kRate, 8);
  int taken = Taken(table, "attacker", 5);
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 8; ++i) taken += Taken(table, absl::StrCat("name-", round % 2, "-", i), 5);
    taken += Taken(table, "attacker", 5);
  }
  EXPECT_LE(taken, 8 * 5);
}

// A bucket that went idle has filled by the time its place is needed.
TEST(RateTable, GivesANewcomerAWholeBurstWhereAnotherHasRestedLongEnough) {
  RateTable table(kRate, 1);
  Taken(table, "a", 5);
  EXPECT_EQ(Taken(table, "b", 9, kStart + std::chrono::seconds(5)), 5);
}

TEST(RateTable, OfNoRateRemembersNobody) {
  RateTable table({}, 10);
  EXPECT_EQ(Taken(table, "a", 1000), 1000);
  EXPECT_EQ(table.size(), 0u);
}

TEST(RateTable, GivesOutNoTokenTwiceToThreads) {
  constexpr int kThreads = 4;
  constexpr int kTries = 100000;
  RateTable table({1, kThreads * kTries / 2}, 4);
  std::latch ready(kThreads);
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      ready.arrive_and_wait();
      taken += Taken(table, "a", kTries);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, kThreads * kTries / 2);
}

}  // namespace
}  // namespace tc::rpc

#include "common/rpc/rate.h"

#include <gtest/gtest.h>

namespace tc::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Rate kTenASecond = {10, 20};
const SteadyTime kStart = SteadyTime() + std::chrono::hours(1);

int Taken(const Rate& rate, Bucket& bucket, SteadyTime now, int tries) {
  int taken = 0;
  for (int i = 0; i < tries; ++i) taken += TakeToken(rate, bucket, now) == absl::ZeroDuration() ? 1 : 0;
  return taken;
}

TEST(Rate, GivesItsBurstAtOnceAndThenItsRate) {
  Bucket bucket = FullBucket(kTenASecond, kStart);
  EXPECT_EQ(Taken(kTenASecond, bucket, kStart, 100), 20);
  EXPECT_EQ(Taken(kTenASecond, bucket, kStart + milliseconds(99), 5), 0);
  EXPECT_EQ(Taken(kTenASecond, bucket, kStart + milliseconds(500), 100), 5);
  EXPECT_EQ(Taken(kTenASecond, bucket, kStart + seconds(100), 100), 20) << "a long rest is worth one burst";
}

TEST(Rate, TellsHowLongToWaitAndKeepsItsWord) {
  Bucket bucket = FullBucket(kTenASecond, kStart);
  Taken(kTenASecond, bucket, kStart, 20);
  const absl::Duration wait = TakeToken(kTenASecond, bucket, kStart + milliseconds(30));
  EXPECT_GE(wait, absl::Milliseconds(70));
  EXPECT_LE(wait, absl::Milliseconds(71));
  EXPECT_EQ(Taken(kTenASecond, bucket, kStart + milliseconds(30) + absl::ToChronoMilliseconds(wait), 5), 1);
}

// Somebody who never stops asking still gets what the rate promises.
TEST(Rate, GivesTheSameToWhoeverAsksInBetween) {
  Bucket bucket = FullBucket(kTenASecond, kStart);
  Taken(kTenASecond, bucket, kStart, 20);
  int taken = 0;
  for (int ms = 1; ms <= 10000; ++ms) taken += Taken(kTenASecond, bucket, kStart + milliseconds(ms), 1);
  EXPECT_GE(taken, 99);
  EXPECT_LE(taken, 100);
}

// One thread read the clock before another and comes after it.
TEST(Rate, TakesATimeThatGoesBackForTheLatest) {
  Bucket bucket = FullBucket(kTenASecond, kStart);
  Taken(kTenASecond, bucket, kStart + seconds(1), 18);
  EXPECT_EQ(Taken(kTenASecond, bucket, kStart, 5), 2) << "it costs nothing";
  EXPECT_EQ(Taken(kTenASecond, bucket, kStart + seconds(1), 5), 0) << "and gives nothing";
}

TEST(Rate, OfZeroIsNoLimit) {
  Bucket bucket = FullBucket({}, kStart);
  EXPECT_EQ(Taken({}, bucket, kStart, 1000), 1000);
}

}  // namespace
}  // namespace tc::rpc

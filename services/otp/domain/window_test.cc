#include "services/otp/domain/window.h"

#include <gtest/gtest.h>

#include "common/testing/noon.h"

namespace tc::otp {
namespace {

using testing::Noon;

constexpr absl::Duration kWidth = absl::Minutes(5);
constexpr absl::Duration kKeep = absl::Minutes(65);

Window WithOneAt(absl::Duration after_noon) {
  Window window;
  Add(window, Noon() + after_noon, kWidth, kKeep);
  return window;
}

TEST(Window, CountsByBucketsAndStaysSmall) {
  Window window;
  for (int second = 0; second < 7200; ++second) {
    Add(window, Noon() + absl::Seconds(second), kWidth, kKeep);
    ASSERT_LE(window.buckets.size(), 13u);
  }
  EXPECT_EQ(window.buckets.back(), (Bucket{Noon() + absl::Minutes(115), 300}));
  EXPECT_EQ(CountIn(window, Noon() + absl::Seconds(7199), kWidth), 300);
}

TEST(Window, ForgetsNothingBeforeItsTimeAndAllWithinABucketAfterwards) {
  for (const int second : {0, 1, 299}) {
    const Window window = WithOneAt(absl::Seconds(second));
    const absl::Time hour_later = Noon() + absl::Seconds(second) + absl::Hours(1);
    EXPECT_EQ(CountIn(window, hour_later - absl::Nanoseconds(1), absl::Hours(1) + kWidth), 1) << second;
    EXPECT_EQ(CountIn(window, hour_later + kWidth, absl::Hours(1) + kWidth), 0) << second;
  }
}

TEST(Window, TakesBackWhatWasAddedAndNothingElse) {
  Window window = WithOneAt(absl::ZeroDuration());
  Add(window, Noon() + absl::Minutes(5), kWidth, kKeep);
  Add(window, Noon() + absl::Minutes(1), kWidth, kKeep, -1);
  EXPECT_EQ(window, WithOneAt(absl::Minutes(5))) << "the bucket of noon is empty and gone";
  Add(window, Noon() + absl::Minutes(1), kWidth, kKeep, -1);
  EXPECT_EQ(window, WithOneAt(absl::Minutes(5))) << "nothing is owed";
  Add(window, Noon() + absl::Minutes(5), kWidth, kKeep, -2);
  EXPECT_EQ(window, Window());
}

TEST(Window, CountsAClockThatWasSetBack) {
  Window window = WithOneAt(absl::Minutes(30));
  Add(window, Noon(), kWidth, kKeep);
  EXPECT_EQ(window.buckets.front().start, Noon());
  EXPECT_EQ(CountIn(window, Noon(), absl::Hours(1)), 2);
}

TEST(Window, TellsWhenALimitIsFreeAgain) {
  const absl::Duration length = absl::Hours(1) + kWidth;
  Window window = WithOneAt(absl::ZeroDuration());
  Add(window, Noon() + absl::Minutes(5), kWidth, kKeep, 2);
  Add(window, Noon() + absl::Minutes(20), kWidth, kKeep);
  const absl::Time now = Noon() + absl::Minutes(30);
  EXPECT_EQ(FreeAt(window, now, length, 5), now) << "four are fewer than five";
  EXPECT_EQ(FreeAt(window, now, length, 4), Noon() + length);
  EXPECT_EQ(FreeAt(window, now, length, 3), Noon() + absl::Minutes(5) + length);
  EXPECT_EQ(FreeAt(window, now, length, 2), Noon() + absl::Minutes(5) + length);
  EXPECT_EQ(FreeAt(window, now, length, 1), Noon() + absl::Minutes(20) + length);
  for (int64_t limit = 1; limit <= 4; ++limit) {
    const absl::Time free = FreeAt(window, now, length, limit);
    EXPECT_LT(CountIn(window, free, length), limit);
    EXPECT_GE(CountIn(window, free - absl::Microseconds(1), length), limit);
  }
  EXPECT_EQ(FreeAt(window, Noon() + absl::Hours(9), length, 1), Noon() + absl::Hours(9));
}

TEST(Window, TellsWhenNothingOfItCounts) {
  EXPECT_EQ(EmptyAt(Window(), kKeep), absl::InfinitePast());
  const Window window = WithOneAt(absl::Minutes(7));
  const absl::Time end = EmptyAt(window, kKeep);
  EXPECT_EQ(CountIn(window, end, kKeep), 0);
  EXPECT_EQ(CountIn(window, end - absl::Microseconds(1), kKeep), 1);
}

}  // namespace
}  // namespace tc::otp

#include "services/otp/domain/conversion.h"

#include <gtest/gtest.h>

#include "common/base/refusal.h"
#include "common/testing/noon.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

Conversion Of(int entered, int not_entered, absl::Time at = Noon()) {
  Conversion conversion;
  for (int i = 0; i < entered; ++i) CountSettled(conversion, true, at);
  for (int i = 0; i < not_entered; ++i) CountSettled(conversion, false, at);
  return conversion;
}

struct ShareCase {
  int entered;
  int not_entered;
  bool blocked;
  bool alarmed;
};

TEST(Conversion, IsJudgedOnceThereAreEnough) {  // SND-08: 50 codes, alarm below 50 %, block below 20 %
  const Policy policy;
  const ShareCase cases[] = {
      {0, 49, false, false}, {0, 50, true, true},    {9, 41, true, true},    {10, 40, false, true},
      {24, 26, false, true}, {25, 25, false, false}, {50, 0, false, false},  {0, 0, false, false},
      {19, 81, true, true},  {20, 80, false, true},  {60, 40, false, false},
  };
  for (const ShareCase& c : cases) {
    const Conversion conversion = Of(c.entered, c.not_entered);
    EXPECT_EQ(BlockDue(conversion, Noon(), policy), c.blocked) << c.entered << "+" << c.not_entered;
    EXPECT_EQ(AlarmDue(conversion, Noon(), policy), c.alarmed) << c.entered << "+" << c.not_entered;
    const absl::Status may_send = CheckConversion(conversion, 0, Noon(), policy);
    if (c.blocked) {
      EXPECT_THAT(may_send, Refused(kResourceExhausted, Reason::kPrefixThrottled));
      EXPECT_EQ(RetryAfterOf(may_send), absl::Hours(1))
          << "the block that is due, though nobody wrote it yet";
    } else {
      EXPECT_THAT(may_send, IsOk());
    }
  }
}

TEST(Conversion, IsSeenInAnHourAlsoWhenTheDayWasGood) {
  const Policy policy;
  Conversion conversion = Of(1000, 0, Noon() - absl::Hours(3));
  for (int i = 0; i < 50; ++i) CountSettled(conversion, false, Noon());
  EXPECT_TRUE(BlockDue(conversion, Noon(), policy));
}

TEST(Conversion, IsSeenInADayAlsoWhenEveryHourHasFew) {
  const Policy policy;
  Conversion conversion;
  for (int i = 0; i < 50; ++i) CountSettled(conversion, false, Noon() + absl::Minutes(20) * i);
  const absl::Time end = Noon() + absl::Minutes(20) * 49;
  EXPECT_TRUE(BlockDue(conversion, end, policy));
  EXPECT_FALSE(BlockDue(conversion, end + absl::Hours(24), policy)) << "forgotten after a day";
  EXPECT_LE(conversion.not_entered.buckets.size(), 151u);
}

TEST(Block, LastsAnHourAndDoublesUpToADay) {
  Conversion conversion = Of(0, 50);
  absl::Time now = Noon();
  for (const int hours : {1, 2, 4, 8, 16, 24, 24, 24}) {
    Block(conversion, now);
    EXPECT_EQ(conversion.blocked_until - now, absl::Hours(hours));
    now = conversion.blocked_until + absl::Hours(24) - absl::Seconds(1);
  }
  Block(conversion, conversion.blocked_until + absl::Hours(24));
  EXPECT_EQ(conversion.blocks, 1) << "a day after the last one's end it begins anew";
}

TEST(Block, IsNotDueTwiceAndRefusesUntilItEnds) {
  const Policy policy;
  Conversion conversion = Of(0, 50);
  Block(conversion, Noon());
  EXPECT_FALSE(BlockDue(conversion, Noon(), policy));
  const absl::Time last = Noon() + absl::Hours(1) - absl::Seconds(1);
  EXPECT_EQ(RetryAfterOf(CheckConversion(conversion, 0, last, policy)), absl::Seconds(1));
  EXPECT_TRUE(BlockDue(conversion, Noon() + absl::Hours(1), policy)) << "the day is as bad as before";
  EXPECT_EQ(RetryAfterOf(CheckConversion(conversion, 0, Noon() + absl::Hours(1), policy)), absl::Hours(2));
}

TEST(Suspicion, SendsNoMoreThanItTakesToBeSure) {
  const Policy policy;
  const Conversion bad = Of(1, 9);
  EXPECT_THAT(CheckConversion(bad, 39, Noon(), policy), IsOk());
  EXPECT_THAT(CheckConversion(bad, 40, Noon(), policy),
              Refused(kResourceExhausted, Reason::kPrefixThrottled));
  EXPECT_THAT(CheckConversion(Of(0, 9), 40, Noon(), policy), IsOk()) << "nine are too few";
  EXPECT_THAT(CheckConversion(Of(2, 8), 40, Noon(), policy), IsOk()) << "a fifth is enough";
  EXPECT_FALSE(BlockDue(bad, Noon(), policy));
}

TEST(Conversion, OfNoPercentNeverBlocks) {
  Policy policy;
  policy.conversion_block = policy.conversion_alarm = 0;
  EXPECT_THAT(CheckConversion(Of(0, 100000), 100000, Noon(), policy), IsOk());
  EXPECT_FALSE(AlarmDue(Of(0, 100000), Noon(), policy));
}

TEST(Alarm, IsRaisedOnceAnHour) {
  const Policy policy;
  Conversion conversion = Of(0, 50);
  conversion.alarmed = Noon();
  EXPECT_FALSE(AlarmDue(conversion, Noon() + absl::Hours(1) - absl::Seconds(1), policy));
  EXPECT_TRUE(AlarmDue(conversion, Noon() + absl::Hours(1), policy));
}

TEST(Conversion, TellsItsRatioAndWhenItIsForgotten) {
  EXPECT_EQ(EnteredRatio(Conversion(), Noon()), std::nullopt);
  EXPECT_EQ(EnteredRatio(Of(3, 1), Noon()), 0.75);
  Conversion conversion = Of(3, 1);
  EXPECT_EQ(EnteredRatio(conversion, ForgottenAt(conversion)), std::nullopt);
  EXPECT_NE(EnteredRatio(conversion, ForgottenAt(conversion) - absl::Seconds(1)), std::nullopt);
  conversion.blocked_until = Noon() + absl::Hours(24);
  EXPECT_EQ(ForgottenAt(conversion), Noon() + absl::Hours(48)) << "the next block would be longer until then";
}

DeliveryAttempt Attempt(const char* provider, Fate fate) {
  DeliveryAttempt attempt;
  attempt.provider = provider;
  attempt.fate = fate;
  return attempt;
}

TEST(TakenBy, IsTheLastProviderThatMayHaveTheMessage) {  // SND-13: a time-out counts as sent
  Delivery delivery;
  EXPECT_EQ(TakenBy(delivery), std::nullopt) << "withdrawn before it left";
  delivery.attempts = {Attempt("", Fate::kRefused)};
  EXPECT_EQ(TakenBy(delivery), std::nullopt) << "kept back";
  delivery.attempts = {Attempt("a", Fate::kRefused), Attempt("b", Fate::kNotTaken)};
  EXPECT_EQ(TakenBy(delivery), std::nullopt) << "refused by everyone";
  for (const Fate fate : {Fate::kAccepted, Fate::kUnknown, Fate::kUnderWay}) {
    delivery.attempts = {Attempt("a", Fate::kAccepted), Attempt("b", fate), Attempt("c", Fate::kNotTaken)};
    EXPECT_EQ(TakenBy(delivery), "b");
  }
}

}  // namespace
}  // namespace tc::otp

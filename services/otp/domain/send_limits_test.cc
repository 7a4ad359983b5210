#include "services/otp/domain/send_limits.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;

absl::Time Noon() { return absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone()); }

std::vector<Send> Sends(int count, bool signed_in) {
  std::vector<Send> sends;
  for (int i = 0; i < count; ++i) sends.push_back({Noon() + absl::Minutes(i), signed_in});
  return sends;
}

const absl::Time kLater = Noon() + absl::Hours(1);

TEST(CountSend, StopsAtTenInTwentyFourHours) {  // SND-02
  const Policy policy;
  EXPECT_THAT(CountSend(Sends(9, true), {kLater, true}, policy), IsOk());
  const absl::StatusOr<std::vector<Send>> refused = CountSend(Sends(10, true), {kLater, true}, policy);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kNumberLimitReached));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(23));
}

TEST(CountSend, StopsAtFiveForPeopleWhoAreNotSignedIn) {
  const Policy policy;
  EXPECT_THAT(CountSend(Sends(4, false), {kLater, false}, policy), IsOk());
  EXPECT_THAT(CountSend(Sends(5, false), {kLater, false}, policy),
              Refused(kResourceExhausted, Reason::kNumberLimitReached));
  EXPECT_THAT(CountSend(Sends(5, false), {kLater, true}, policy), IsOk())
      << "the signed-in owner still gets his";
  EXPECT_THAT(CountSend(Sends(9, true), {kLater, false}, policy), IsOk());
}

TEST(CountSend, ForgetsASendAfterExactlyTwentyFourHours) {
  const Policy policy;
  const absl::Time freed = Noon() + absl::Hours(24);
  EXPECT_THAT(CountSend(Sends(10, true), {freed - absl::Milliseconds(1), true}, policy),
              Refused(kResourceExhausted, Reason::kNumberLimitReached));
  const absl::StatusOr<std::vector<Send>> sends = CountSend(Sends(10, true), {freed, true}, policy);
  ASSERT_THAT(sends, IsOk());
  EXPECT_EQ(sends->size(), 10u) << "the oldest has gone, the new one has come";
  EXPECT_EQ(sends->back(), (Send{freed, true}));
}

TEST(CountSend, TellsWhenTheNextIsFreeAlsoAfterTheLimitWasLowered) {
  Policy policy;
  policy.sends_per_number = 3;
  const absl::StatusOr<std::vector<Send>> refused = CountSend(Sends(5, true), {kLater, true}, policy);
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(23) + absl::Minutes(2)) << "three must have gone";
}

}  // namespace
}  // namespace tc::otp

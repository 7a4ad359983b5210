#include "services/linking/domain/limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kResourceExhausted;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;

const absl::Time kNow = absl::FromUnixSeconds(1'770'000'000);

TEST(Window, CountsWhatIsYoungerThanADay) {
  std::vector<absl::Time> recent = {kNow - absl::Hours(24), kNow - absl::Hours(24) + absl::Milliseconds(1),
                                    kNow};
  DropOld(recent, kNow);
  EXPECT_THAT(recent, ElementsAre(kNow - absl::Hours(24) + absl::Milliseconds(1), kNow));
}

TEST(Window, RefusesAtTheLimitAndTellsWhenToComeAgain) {
  const std::vector<absl::Time> recent = {kNow - absl::Hours(20), kNow - absl::Hours(10),
                                          kNow - absl::Hours(1)};
  EXPECT_THAT(WithinLimit(recent, 4, kNow), IsOk());
  const absl::Status refused = WithinLimit(recent, 3, kNow);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kInvitationLimitReached));
  EXPECT_EQ(RetryAfterOf(refused), absl::Hours(4));
}

TEST(Window, WaitsForAsManyAsAreTooManyWhenTheLimitWasLowered) {
  const std::vector<absl::Time> recent = {kNow - absl::Hours(20), kNow - absl::Hours(10),
                                          kNow - absl::Hours(1)};
  EXPECT_EQ(RetryAfterOf(WithinLimit(recent, 1, kNow)), absl::Hours(23));
}

TEST(Window, RoundsTheWaitUpSoThatComingAgainThenSucceeds) {
  const std::vector<absl::Time> recent = {kNow - absl::Hours(23) - absl::Seconds(31)};
  const std::optional<absl::Duration> wait = RetryAfterOf(WithinLimit(recent, 1, kNow));
  EXPECT_EQ(wait, absl::Minutes(60));
  EXPECT_THAT(WithinLimit(recent, 1, kNow + *wait), IsOk());
}

class Places : public ::testing::TestWithParam<int> {};

TEST_P(Places, AreAsManyAsThePolicySays) {
  Policy policy;
  policy.principals_per_contact = GetParam();
  Duty duty;
  for (int i = 0; i < GetParam(); ++i) {
    EXPECT_THAT(MayGuardAnother(duty, policy), IsOk());
    duty.links.push_back(LinkId::FromTrusted(absl::StrCat("l", i)));
  }
  EXPECT_TRUE(Full(duty, policy));
  EXPECT_THAT(MayGuardAnother(duty, policy), Refused(kFailedPrecondition, Reason::kPrincipalLimitReached));
}

INSTANTIATE_TEST_SUITE_P(OneToFive, Places, ::testing::Range(1, 6));

}  // namespace
}  // namespace tc::linking

#include "services/linking/domain/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "common/testing/status.h"

namespace tc::linking {
namespace {

using testing::HasCode;
using testing::IsOk;

Policy Profile(absl::string_view name) { return MakePolicy(*ResolvePolicy(PolicyKeys(), name, {})); }

TEST(Gosuslugi, HasThePublishedNumbers) {
  const Policy policy = Profile("gosuslugi");
  EXPECT_EQ(policy.invitation_lifetime, absl::Minutes(30));
  EXPECT_EQ(policy.principals_per_contact, 5);
  EXPECT_EQ(policy.invitations_per_principal, 5);
  EXPECT_EQ(policy.invitations_per_phone, 3);
  EXPECT_EQ(policy.removal_delay, absl::ZeroDuration());
  EXPECT_EQ(policy.invitation_retention, absl::Hours(90 * 24));
  EXPECT_EQ(policy.hold_limit, absl::Hours(5 * 24));
  EXPECT_EQ(policy.session_age, absl::Seconds(300));  // LNK-09
  EXPECT_EQ(policy.danger_freeze, absl::Hours(24));   // L10
  EXPECT_EQ(policy.reminder_interval, absl::Hours(365 * 24));
  EXPECT_FALSE(policy.removal_confirmed);
}

TEST(Strict, LetsTheOldContactGuardForADay) {
  const Policy policy = Profile("strict");
  EXPECT_EQ(policy.removal_delay, absl::Hours(24));
  EXPECT_EQ(policy.session_age, absl::Seconds(120));
  EXPECT_EQ(policy.reminder_interval, absl::Hours(180 * 24));
  EXPECT_EQ(policy.invitation_lifetime, absl::Minutes(30));
  EXPECT_EQ(policy.principals_per_contact, 5);
}

TEST(HoldLimit, OutlastsTheLongestRecovery) {
  // 24 hours and 10 minutes: no profile and no override may cut a recovery's hold short.
  for (const PolicyKey& key : PolicyKeys()) {
    if (absl::string_view(key.name) == "link.hold_limit") {
      EXPECT_GE(key.min, absl::ToInt64Seconds(absl::Hours(24) + absl::Minutes(10)));
    }
  }
}

class PolicyBounds : public ::testing::TestWithParam<PolicyKey> {};

TEST_P(PolicyBounds, HasItsProfilesWithinItsBoundsAndRefusesWhatIsBeyond) {
  const PolicyKey& key = GetParam();
  EXPECT_TRUE(absl::StartsWith(key.name, "link."));
  for (const int64_t value : {key.gosuslugi, key.strict}) {
    EXPECT_GE(value, key.min);
    EXPECT_LE(value, key.max);
  }
  const auto with = [&](int64_t value) {
    return ResolvePolicy(PolicyKeys(), "gosuslugi", {{key.name, std::to_string(value)}});
  };
  EXPECT_THAT(with(key.min), IsOk());
  EXPECT_THAT(with(key.max), IsOk());
  EXPECT_THAT(with(key.min - 1), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(with(key.max + 1), HasCode(absl::StatusCode::kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(Keys, PolicyBounds, ::testing::ValuesIn(PolicyKeys()), [](const auto& test) {
  return std::string(test.param.name).substr(sizeof("link.") - 1);
});

}  // namespace
}  // namespace tc::linking

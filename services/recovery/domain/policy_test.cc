#include "services/recovery/domain/policy.h"

#include <gtest/gtest.h>

#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::PolicyOf;
using testing::Violates;

TEST(Profiles, AreThoseOfTheProduct) {
  const Policy lax = PolicyOf("gosuslugi");
  const Policy strict = PolicyOf("strict");
  EXPECT_EQ(lax.lifetime, absl::Hours(24));
  EXPECT_EQ(lax.grant_lifetime, absl::Minutes(15));
  EXPECT_EQ(strict.grant_lifetime, absl::Minutes(10));
  EXPECT_FALSE(lax.match_code);
  EXPECT_TRUE(strict.match_code);
  EXPECT_EQ(lax.thinking_time, absl::ZeroDuration());
  EXPECT_EQ(strict.thinking_time, absl::Seconds(60));
  EXPECT_EQ(lax.session_age, absl::Seconds(300));
  EXPECT_EQ(strict.session_age, absl::Seconds(120));
  EXPECT_EQ(lax.phone_age, absl::ZeroDuration());
  EXPECT_EQ(strict.phone_age, absl::Hours(72));
  EXPECT_EQ(lax.cool_downs,
            (std::vector<absl::Duration>{absl::Minutes(15), absl::Hours(1), absl::Hours(24)}));
  EXPECT_EQ(strict.cool_downs, lax.cool_downs);
  EXPECT_EQ(lax.restricted_period, absl::ZeroDuration());
  EXPECT_EQ(strict.restricted_period, absl::Hours(72));
  EXPECT_FALSE(lax.same_address);
  EXPECT_TRUE(strict.same_address);
  for (const Policy& policy : {lax, strict}) {
    EXPECT_EQ(policy.fraud_freeze, absl::Hours(24));
    EXPECT_EQ(policy.in_person_delay, absl::Hours(24));
    EXPECT_EQ(policy.in_person_window, absl::Hours(48));
    EXPECT_FALSE(policy.purpose_phone_change || policy.purpose_contact_removal || policy.purpose_unfreeze);
  }
}

TEST(ToValues, HoldsEveryKeyAndComesBack) {
  for (const char* profile : {"gosuslugi", "strict"}) {
    const Policy policy = PolicyOf(profile);
    EXPECT_EQ(ToValues(policy), *ResolvePolicy(PolicyKeys(), profile, {}));
    EXPECT_EQ(MakePolicy(ToValues(policy)), policy);
  }
}

class Bounds : public ::testing::TestWithParam<PolicyKey> {};
TEST_P(Bounds, StopTheStart) {
  const PolicyKey& key = GetParam();
  for (const int64_t value : {key.min - 1, key.max + 1}) {
    EXPECT_THAT(ResolvePolicy(PolicyKeys(), "strict", {{key.name, absl::StrCat(value)}}).status(),
                Violates("POLICY_VALUE_OUT_OF_BOUNDS"));
  }
  for (const int64_t value : {key.gosuslugi, key.strict}) {
    EXPECT_GE(value, key.min);
    EXPECT_LE(value, key.max);
  }
}
INSTANTIATE_TEST_SUITE_P(All, Bounds, ::testing::ValuesIn(PolicyKeys()));

}  // namespace
}  // namespace tc::recovery

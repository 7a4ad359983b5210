#include "services/identity/domain/policy.h"

#include <gtest/gtest.h>

#include <set>

#include "common/testing/status.h"

namespace tc::identity {
namespace {

Policy Profile(absl::string_view name, const std::map<std::string, std::string>& overrides = {}) {
  return MakePolicy(ResolvePolicy(PolicyKeys(), name, overrides).value());
}

TEST(Policy, OfGosuslugiHasTheSeedsNumbers) {
  const Policy policy = Profile("gosuslugi");
  EXPECT_EQ(policy.eligibility.principal_age, 14);
  EXPECT_EQ(policy.eligibility.contact_age, 18);
  EXPECT_EQ(policy.password.min_length, 8);
  EXPECT_TRUE(policy.password.classes);
  EXPECT_FALSE(policy.password.spaces);
  EXPECT_EQ(policy.password.sequence_run, 4);
  EXPECT_EQ(policy.password.repeat_max, 2);
  EXPECT_EQ(policy.password.history, 5);
  EXPECT_EQ(policy.password.max_age, absl::Hours(24 * 90));
  EXPECT_EQ(policy.phone.change_interval, absl::Hours(24 * 30));
  EXPECT_EQ(policy.phone.quarantine, absl::Hours(24 * 90));
  EXPECT_EQ(policy.phone.post_delay, absl::Hours(24));
  EXPECT_EQ(policy.login.threshold, 5);
  EXPECT_EQ(policy.login.lock, absl::Minutes(30));
  EXPECT_EQ(policy.login.lock_max, absl::Minutes(30));
}

TEST(Policy, OfStrictHasLongPasswordsWithoutClasses) {
  const Policy policy = Profile("strict");
  EXPECT_EQ(policy.password.min_length, 15);
  EXPECT_FALSE(policy.password.classes);
  EXPECT_TRUE(policy.password.spaces);
  EXPECT_EQ(policy.password.max_age, absl::ZeroDuration());
  EXPECT_EQ(policy.login.lock, absl::Seconds(30));
  EXPECT_EQ(policy.login.lock_max, absl::Hours(1));
  EXPECT_EQ(policy.eligibility.contact_age, 18);
}

TEST(Policy, TakesOverridesOneByOne) {
  EXPECT_EQ(Profile("gosuslugi", {{"phone.quarantine", "2592000"}}).phone.quarantine, absl::Hours(24 * 30));
}

TEST(Policy, DoesNotLetTheSeedsAgesBeChanged) {
  EXPECT_THAT(ResolvePolicy(PolicyKeys(), "gosuslugi", {{"eligibility.contact_age", "16"}}),
              tc::testing::Violates("POLICY_VALUE_OUT_OF_BOUNDS"));
}

TEST(Policy, DemandsAConfirmedRecoveryWhereItIsSwitchedOnOnly) {  // R13
  for (const char* profile : {"gosuslugi", "strict"}) {
    EXPECT_FALSE(Profile(profile).phone.change_confirmed);
    EXPECT_FALSE(Profile(profile).account.unfreeze_confirmed);
  }
  EXPECT_TRUE(Profile("gosuslugi", {{"phone.change_confirmed", "1"}}).phone.change_confirmed);
  EXPECT_TRUE(Profile("strict", {{"account.unfreeze_confirmed", "1"}}).account.unfreeze_confirmed);
}

TEST(Policy, GivesTheOwnerADayAtLeastToRefuseAnImport) {
  for (const char* seconds : {"86399", "259201"}) {
    EXPECT_THAT(ResolvePolicy(PolicyKeys(), "gosuslugi", {{"phone.post_delay", seconds}}),
                tc::testing::Violates("POLICY_VALUE_OUT_OF_BOUNDS"))
        << seconds;
  }
}

TEST(Policy, KeepsEveryDefaultWithinItsBounds) {
  std::set<std::string> names;
  for (const PolicyKey& key : PolicyKeys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_TRUE(key.min <= key.gosuslugi && key.gosuslugi <= key.max) << key.name;
    EXPECT_TRUE(key.min <= key.strict && key.strict <= key.max) << key.name;
  }
}

TEST(Policy, HasTheSameDefaultsInItsStructs) {
  const Policy made = Profile("gosuslugi");
  const Policy plain;
  EXPECT_EQ(made.password.max_length, plain.password.max_length);
  EXPECT_EQ(made.password.max_age, plain.password.max_age);
  EXPECT_EQ(made.phone.reauthentication, plain.phone.reauthentication);
  EXPECT_EQ(made.phone.post_delay, plain.phone.post_delay);
  EXPECT_EQ(made.phone.change_confirmed, plain.phone.change_confirmed);
  EXPECT_EQ(made.account.unfreeze_confirmed, plain.account.unfreeze_confirmed);
  EXPECT_EQ(made.login.threshold_after_lock, plain.login.threshold_after_lock);
}

}  // namespace
}  // namespace tc::identity

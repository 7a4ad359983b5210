#include "common/base/policy.h"

#include "common/base/refusal.h"
#include "common/testing/status.h"

namespace tc {
namespace {

using testing::Violates;

const std::vector<PolicyKey> kKeys = {
    {"link.invitation_lifetime", 1800, 1800, 60, 1800, "Seconds that an invitation waits."},
    {"link.removal_delay", 0, 86400, 0, 604800, "Seconds until a removal takes effect."},
};

TEST(ResolvePolicy, TakesTheProfileAndChangesOneValue) {
  ASSERT_OK_AND_ASSIGN(const PolicyValues values,
                       ResolvePolicy(kKeys, "strict", {{"link.invitation_lifetime", "600"}}));
  EXPECT_EQ(values.at("link.invitation_lifetime"), 600);
  EXPECT_EQ(values.at("link.removal_delay"), 86400);
}

TEST(ResolvePolicy, NamesTheKeyThatIsOutOfBounds) {
  const auto refused = ResolvePolicy(kKeys, "gosuslugi", {{"link.invitation_lifetime", "1801"}}).status();
  EXPECT_THAT(refused, Violates("POLICY_VALUE_OUT_OF_BOUNDS"));
  EXPECT_EQ(ViolationsOf(refused).front().field, "link.invitation_lifetime");
}

TEST(ResolvePolicy, ReportsEveryMistakeAtOnce) {
  const auto refused =
      ResolvePolicy(kKeys, "lax", {{"link.typo", "1"}, {"link.removal_delay", "soon"}}).status();
  EXPECT_THAT(refused, Violates("POLICY_PROFILE_UNKNOWN"));
  EXPECT_THAT(refused, Violates("POLICY_KEY_UNKNOWN"));
  EXPECT_THAT(refused, Violates("POLICY_VALUE_NOT_A_NUMBER"));
}

TEST(ResolvePolicy, IgnoresAnotherServicesKeysOnRequestOnly) {
  EXPECT_TRUE(ResolvePolicy(kKeys, "strict", {{"otp.digits", "8"}}, true).ok());
  EXPECT_THAT(ResolvePolicy(kKeys, "strict", {{"otp.digits", "8"}}).status(), Violates("POLICY_KEY_UNKNOWN"));
}

TEST(ResolvePolicy, TakesNoKeyThatIsNobodys) {
  EXPECT_THAT(ResolvePolicy(kKeys, "strict", {{"lnk.removal_delay", "0"}}, true).status(),
              Violates("POLICY_KEY_UNKNOWN"));
}

}  // namespace
}  // namespace tc

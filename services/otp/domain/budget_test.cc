#include "services/otp/domain/budget.h"

#include <gtest/gtest.h>

#include "common/testing/noon.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

Policy Small() {
  Policy policy;
  policy.budget_sms = 10;
  return policy;
}

Budget After(int messages) {
  Budget budget;
  for (int i = 0; i < messages; ++i) Spend(budget, Noon() + absl::Minutes(i));
  return budget;
}

TEST(Budget, IsSpentAtItsLastMessage) {  // SND-10
  const Policy policy = Small();
  const absl::Time now = Noon() + absl::Hours(1);
  EXPECT_THAT(CheckBudget(After(9), Channel::kSms, now, policy), IsOk());
  const absl::Status refused = CheckBudget(After(10), Channel::kSms, now, policy);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kBudgetExhausted));
  EXPECT_EQ(MetadataOf(refused, "channel"), "SMS");
  const absl::Time free = now + *RetryAfterOf(refused);
  EXPECT_GE(free, Noon() + absl::Hours(24)) << "none of them may be forgotten before";
  EXPECT_LE(free, Noon() + absl::Hours(25));
  EXPECT_THAT(CheckBudget(After(10), Channel::kSms, free, policy), IsOk());
}

TEST(Budget, IsOfItsChannelOnly) {
  const Policy policy = Small();
  const absl::Time now = Noon() + absl::Hours(1);
  EXPECT_THAT(CheckBudget(After(10), Channel::kVoice, now, policy), IsOk());
  EXPECT_THAT(CheckBudget(After(1000), Channel::kPush, now, policy), IsOk()) << "push costs nothing";
  EXPECT_EQ(SpentRatio(After(1000), Channel::kPush, now, policy), 0);
  EXPECT_EQ(BudgetOf(Channel::kSms, policy), policy.budget_sms);
  EXPECT_EQ(BudgetOf(Channel::kVoice, policy), policy.budget_voice);
  EXPECT_EQ(BudgetOf(Channel::kEmail, policy), policy.budget_email);
}

TEST(Budget, WarnsAtFourFifthsOnceADay) {
  const Policy policy = Small();
  const absl::Time now = Noon() + absl::Hours(1);
  EXPECT_FALSE(WarningDue(After(7), Channel::kSms, now, policy));
  Budget budget = After(8);
  EXPECT_EQ(SpentRatio(budget, Channel::kSms, now, policy), 0.8);
  EXPECT_TRUE(WarningDue(budget, Channel::kSms, now, policy));
  budget.warned = now;
  EXPECT_FALSE(WarningDue(budget, Channel::kSms, now, policy));
  for (int i = 0; i < 8; ++i) Spend(budget, now + absl::Hours(24));
  EXPECT_FALSE(WarningDue(budget, Channel::kSms, now + absl::Hours(24) - absl::Seconds(1), policy));
  EXPECT_TRUE(WarningDue(budget, Channel::kSms, now + absl::Hours(24), policy));
}

}  // namespace
}  // namespace tc::otp

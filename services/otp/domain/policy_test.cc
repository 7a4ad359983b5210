#include "services/otp/domain/policy.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc::otp {
namespace {

using testing::HasCode;

Policy Of(absl::string_view profile) { return MakePolicy(*ResolvePolicy(PolicyKeys(), profile, {})); }

TEST(Policy, OfGosuslugiIsTheDefault) {
  const Policy policy = Of("gosuslugi");
  const Policy defaults;
  EXPECT_EQ(policy.code_digits, 6);
  EXPECT_EQ(policy.code_lifetime, defaults.code_lifetime);
  EXPECT_EQ(policy.approval_lifetime, defaults.approval_lifetime);
  EXPECT_EQ(policy.attempts_per_code, 5);
  EXPECT_EQ(policy.attempts_per_request, 10);
  EXPECT_EQ(policy.attempt_delays, defaults.attempt_delays);
  EXPECT_EQ(policy.resend_delays, defaults.resend_delays);
  EXPECT_EQ(policy.sends_per_verification, 3);
  EXPECT_EQ(policy.sends_per_number, 10);
  EXPECT_EQ(policy.sends_per_number_without_sign_in, 5);
  EXPECT_EQ(policy.notification_lifetime, defaults.notification_lifetime);
  EXPECT_EQ(policy.verification_kept, defaults.verification_kept);
  EXPECT_EQ(policy.delivery_kept, defaults.delivery_kept);
}

TEST(Policy, OfStrictIsTighter) {
  const Policy policy = Of("strict");
  EXPECT_EQ(policy.code_digits, 8);
  EXPECT_EQ(policy.attempts_per_code, 3);
  EXPECT_EQ(policy.attempts_per_request, 6);
  EXPECT_EQ(policy.attempt_delays[1], absl::Seconds(5));
  EXPECT_EQ(policy.attempt_delays[4], absl::Seconds(120));
  EXPECT_EQ(policy.sends_per_number, 5);
}

TEST(Policy, StopsTheStartOutsideTheHardBounds) {  // OTP-01, OTP-03, OTP-04
  for (const auto& [key, value] : std::map<std::string, std::string>{{"otp.code_lifetime", "601"},
                                                                     {"otp.code_digits", "5"},
                                                                     {"otp.code_digits", "11"},
                                                                     {"otp.attempts_per_code", "11"},
                                                                     {"otp.resend_delay_1", "29"},
                                                                     {"otp.sends_per_verification", "6"}}) {
    EXPECT_THAT(ResolvePolicy(PolicyKeys(), "gosuslugi", {{key, value}}),
                HasCode(absl::StatusCode::kInvalidArgument))
        << key;
  }
}

}  // namespace
}  // namespace tc::otp

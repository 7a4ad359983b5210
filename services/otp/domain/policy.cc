#include "services/otp/domain/policy.h"

namespace tc::otp {

std::vector<PolicyKey> PolicyKeys() {
  constexpr int64_t kDay = 86400;
  return {
      {"otp.code_digits", 6, 8, 6, 10, "digits of a code"},
      {"otp.code_lifetime", 300, 300, 60, 600, "seconds until a code expires"},
      {"otp.approval_lifetime", 600, 600, 60, 900,
       "seconds in which the right code's approval must be consumed"},
      {"otp.attempts_per_code", 5, 3, 1, 10, "codes that may be entered before a verification locks"},
      {"otp.attempts_per_request", 10, 6, 1, 30, "codes that may be entered over all codes of one request"},
      {"otp.attempt_delay_1", 0, 0, 0, 3600, "seconds to wait after the first wrong code of a request"},
      {"otp.attempt_delay_2", 0, 5, 0, 3600, "seconds to wait after the second"},
      {"otp.attempt_delay_3", 5, 30, 0, 3600, "seconds to wait after the third"},
      {"otp.attempt_delay_4", 30, 60, 0, 3600, "seconds to wait after the fourth"},
      {"otp.attempt_delay_5", 60, 120, 0, 3600, "seconds to wait after the fifth and each later one"},
      {"otp.resend_delay_1", 60, 60, 30, 3600, "seconds between the first send and the second"},
      {"otp.resend_delay_2", 120, 120, 30, 3600, "seconds between the second send and the third"},
      {"otp.resend_delay_3", 300, 300, 30, 3600, "seconds after the third and each later send"},
      {"otp.sends_per_verification", 3, 3, 1, 5, "codes sent by one verification"},
      {"otp.sends_per_number", 10, 5, 3, 20, "codes sent to one address within 24 hours"},
      {"otp.sends_per_number_without_sign_in", 5, 5, 3, 20,
       "of these, codes that a person asked for who was not signed in"},
      {"otp.notification_lifetime", kDay, kDay, 600, 7 * kDay, "seconds in which a notification may be sent"},
      {"otp.verification_kept", 90000, 90000, 90000, 30 * kDay,
       "seconds for which an expired verification and its count of attempts are kept"},
      {"otp.delivery_kept", 30 * kDay, 30 * kDay, kDay, 365 * kDay,
       "seconds for which a delivery's record is kept"},
  };
}

Policy MakePolicy(const PolicyValues& values) {
  const auto number = [&](const char* key) { return static_cast<int>(values.at(key)); };
  const auto seconds = [&](const char* key) { return absl::Seconds(values.at(key)); };
  Policy policy;
  policy.code_digits = number("otp.code_digits");
  policy.code_lifetime = seconds("otp.code_lifetime");
  policy.approval_lifetime = seconds("otp.approval_lifetime");
  policy.attempts_per_code = number("otp.attempts_per_code");
  policy.attempts_per_request = number("otp.attempts_per_request");
  policy.attempt_delays = {seconds("otp.attempt_delay_1"), seconds("otp.attempt_delay_2"),
                           seconds("otp.attempt_delay_3"), seconds("otp.attempt_delay_4"),
                           seconds("otp.attempt_delay_5")};
  policy.resend_delays = {seconds("otp.resend_delay_1"), seconds("otp.resend_delay_2"),
                          seconds("otp.resend_delay_3")};
  policy.sends_per_verification = number("otp.sends_per_verification");
  policy.sends_per_number = number("otp.sends_per_number");
  policy.sends_per_number_without_sign_in = number("otp.sends_per_number_without_sign_in");
  policy.notification_lifetime = seconds("otp.notification_lifetime");
  policy.verification_kept = seconds("otp.verification_kept");
  policy.delivery_kept = seconds("otp.delivery_kept");
  return policy;
}

}  // namespace tc::otp

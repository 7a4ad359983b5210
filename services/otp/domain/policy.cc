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
      {"otp.calls_per_verification", 2, 2, 1, 5, "of these, calls"},
      {"otp.attempts_per_person", 15, 10, 5, 50,
       "wrong codes of one purpose that may be entered for one person within 24 hours"},
      {"otp.consecutive_failures", 100, 50, 10, 100,
       "wrong codes of one purpose in a row for one address of one person, after which it must be bound "
       "anew"},
      {"otp.failures_per_hour", 1000, 1000, 10, 1000000,
       "wrong codes of one purpose within an hour, everybody's, after which each attempt needs a passed "
       "challenge"},
      {"otp.sends_per_account", 10, 10, 3, 50,
       "codes sent for one account within 24 hours; a claimant's are counted apart"},
      {"otp.sends_per_device", 10, 10, 3, 50, "codes asked for by one device within 24 hours"},
      {"otp.sends_per_client", 10, 10, 1, 100000,
       "codes asked for from one client address (IPv4, IPv6 /64) within an hour"},
      {"otp.sends_per_network", 50, 50, 1, 1000000,
       "codes asked for from one network (IPv4 /24, IPv6 /48) within an hour"},
      {"otp.sends_per_prefix", 20, 20, 1, 10000,
       "codes of phone bindings and claims sent to ten thousand neighbouring numbers within ten minutes"},
      {"otp.sends_per_range", 50, 50, 1, 100000,
       "codes of phone bindings sent to a million neighbouring numbers within ten minutes"},
      {"otp.conversion_sends", 50, 50, 10, 100000,
       "codes of one kind after which the share entered is judged"},
      {"otp.conversion_alarm", 50, 50, 0, 100, "percent entered, below which an alarm is raised"},
      {"otp.conversion_block", 20, 20, 0, 90,
       "percent entered, below which a range of numbers is blocked for an hour, then for longer"},
      {"otp.budget_sms", 100000, 100000, 1, 1000000000,
       "SMS within 24 hours; then only approvals and security notices"},
      {"otp.budget_voice", 10000, 10000, 1, 1000000000, "the same of calls"},
      {"otp.budget_email", 1000000, 1000000, 1, 1000000000, "the same of e-mails"},
      {"otp.fallback_voice", 1, 1, 0, 1,
       "1: a code that no provider can send by SMS is spoken, where its channels allow it"},
      {"otp.fallback_email", 1, 0, 0, 1,
       "1: a claimant's code that reaches no phone goes to the account's e-mail address"},
      {"otp.notice_repeat", 600, 600, 0, 86400,
       "seconds in which equal words to one address are sent once; not for security notices"},
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
  policy.calls_per_verification = number("otp.calls_per_verification");
  policy.attempts_per_person = number("otp.attempts_per_person");
  policy.consecutive_failures = number("otp.consecutive_failures");
  policy.failures_per_hour = number("otp.failures_per_hour");
  policy.sends_per_account = number("otp.sends_per_account");
  policy.sends_per_device = number("otp.sends_per_device");
  policy.sends_per_client = number("otp.sends_per_client");
  policy.sends_per_network = number("otp.sends_per_network");
  policy.sends_per_prefix = number("otp.sends_per_prefix");
  policy.sends_per_range = number("otp.sends_per_range");
  policy.conversion_sends = number("otp.conversion_sends");
  policy.conversion_alarm = number("otp.conversion_alarm");
  policy.conversion_block = number("otp.conversion_block");
  policy.budget_sms = number("otp.budget_sms");
  policy.budget_voice = number("otp.budget_voice");
  policy.budget_email = number("otp.budget_email");
  policy.fallback_voice = number("otp.fallback_voice") != 0;
  policy.fallback_email = number("otp.fallback_email") != 0;
  policy.notice_repeat = seconds("otp.notice_repeat");
  policy.notification_lifetime = seconds("otp.notification_lifetime");
  policy.verification_kept = seconds("otp.verification_kept");
  policy.delivery_kept = seconds("otp.delivery_kept");
  return policy;
}

}  // namespace tc::otp

#pragma once

// The numbers of the otp service: keys "otp.*" with bounds and both profiles (docs/policy.md), and the typed
// values that rules take.

#include <array>
#include <vector>

#include "absl/time/time.h"
#include "common/base/policy.h"

namespace tc::otp {

struct Policy {
  int code_digits = 6;
  absl::Duration code_lifetime = absl::Seconds(300);
  absl::Duration approval_lifetime = absl::Seconds(600);
  int attempts_per_code = 5;
  int attempts_per_request = 10;
  // After the n-th wrong code of a request; the last one goes on.
  std::array<absl::Duration, 5> attempt_delays = {absl::ZeroDuration(), absl::ZeroDuration(),
                                                  absl::Seconds(5), absl::Seconds(30), absl::Seconds(60)};
  // After the n-th send; the last one goes on.
  std::array<absl::Duration, 3> resend_delays = {absl::Seconds(60), absl::Seconds(120), absl::Seconds(300)};
  int sends_per_verification = 3;
  int calls_per_verification = 2;
  int sends_per_number = 10;
  int sends_per_number_without_sign_in = 5;
  // Wrong codes (OTP-11, OTP-14).
  int attempts_per_person = 15;    // of one purpose within 24 hours
  int consecutive_failures = 100;  // for one address of one person
  int failures_per_hour = 1000;    // of one purpose, everybody's
  // Sends (SND-03 to SND-05).
  int sends_per_account = 10;  // within 24 hours
  int sends_per_device = 10;   // within 24 hours
  int sends_per_client = 10;   // within an hour: an IPv4 address, an IPv6 /64
  int sends_per_network = 50;  // within an hour: /24, /48
  int sends_per_prefix = 20;   // within ten minutes: ten thousand numbers
  int sends_per_range = 50;    // within ten minutes: a million numbers; phone binding only
  // Of the codes sent to a prefix that were entered (SND-08), in percent, once there are enough.
  int conversion_sends = 50;
  int conversion_alarm = 50;
  int conversion_block = 20;
  // Messages within 24 hours (SND-10).
  int budget_sms = 100000;
  int budget_voice = 10000;
  int budget_email = 1000000;
  // What a code may fall over to when its channel fails.
  bool fallback_voice = true;
  bool fallback_email = true;
  absl::Duration notice_repeat = absl::Seconds(600);  // equal words to one address within it are sent once
  absl::Duration notification_lifetime = absl::Hours(24);
  absl::Duration verification_kept = absl::Hours(25);
  absl::Duration delivery_kept = absl::Hours(24 * 30);
};

std::vector<PolicyKey> PolicyKeys();
// `values` holds every key of PolicyKeys(), as ResolvePolicy gives them.
Policy MakePolicy(const PolicyValues& values);

}  // namespace tc::otp

#pragma once

// The second factor at sign-in: an authenticator app or a code by SMS (I7). Pure.

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/secret.h"
#include "services/identity/domain/phone_book.h"

namespace tc::identity {

// The numbers are those on disk and of the public enum.
enum class SecondFactor { kNone = 1, kSms = 2, kTotp = 3 };
absl::string_view FactorName(SecondFactor factor);  // "TOTP"

// An app's key that waits for its first right code.
struct TotpEnrolment {
  static constexpr absl::Duration kLifetime = absl::Minutes(10);
  static constexpr int kAttempts = 5;

  Secret key;
  absl::Time expires_at;
  int wrong = 0;
  friend bool operator==(const TotpEnrolment&, const TotpEnrolment&) = default;
};

// An app in use.
struct TotpInUse {
  Secret key;
  int64_t last_step = 0;  // whose code was taken; none up to it is taken again
  friend bool operator==(const TotpInUse&, const TotpInUse&) = default;
};

// A code by SMS that is under way.
struct SmsUnderWay {
  VerificationId verification;
  PhoneId phone;
  friend bool operator==(const SmsUnderWay&, const SmsUnderWay&) = default;
};

struct SecondFactors {
  std::optional<TotpEnrolment> enrolment;
  std::optional<TotpInUse> totp;
  std::optional<SmsUnderWay> sms;
  friend bool operator==(const SecondFactors&, const SecondFactors&) = default;
};

// Whether a sign-in by these methods (RFC 8176: the assertion's "amr") had more than a password: mfa, otp,
// sms, hwk, swk.
bool WithSecondFactor(const std::vector<std::string>& methods);

// May a code for this enrolment be judged? FAILED_PRECONDITION / VERIFICATION_CLOSED when nothing is
// enrolled, VERIFICATION_EXPIRED, ATTEMPTS_EXHAUSTED.
absl::Status CheckEnrolment(const std::optional<TotpEnrolment>& enrolment, absl::Time now);

// How long a right password waits for the second factor.
inline constexpr absl::Duration kPasswordWaits = absl::Minutes(10);

// The number that gets the code: of a PRIVILEGED account the one that is named, or the oldest of those for
// the second factor; where there is none of these, and for other accounts, the main number. NOT_FOUND of
// "phone" for a name that is no such number, FAILED_PRECONDITION / STATE_TRANSITION_NOT_ALLOWED when there is
// no number. `phones` are oldest first.
absl::StatusOr<OwnedPhone> NumberForCode(AccountType type, const std::vector<OwnedPhone>& phones,
                                         const std::optional<PhoneId>& named);

}  // namespace tc::identity

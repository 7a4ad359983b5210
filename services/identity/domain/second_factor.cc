#include "services/identity/domain/second_factor.h"

#include <algorithm>
#include <iterator>

#include "common/base/refusal.h"

namespace tc::identity {

absl::string_view FactorName(SecondFactor factor) {
  switch (factor) {
    case SecondFactor::kNone:
      return "NONE";
    case SecondFactor::kSms:
      return "SMS";
    case SecondFactor::kTotp:
      return "TOTP";
  }
  return "";
}

bool WithSecondFactor(const std::vector<std::string>& methods) {
  constexpr absl::string_view kFactors[] = {"mfa", "otp", "sms", "hwk", "swk"};
  return std::any_of(methods.begin(), methods.end(), [&](const std::string& method) {
    return std::find(std::begin(kFactors), std::end(kFactors), method) != std::end(kFactors);
  });
}

absl::Status CheckEnrolment(const std::optional<TotpEnrolment>& enrolment, absl::Time now) {
  const auto refuse = [](Reason reason, absl::string_view sentence) {
    return Refuse(absl::StatusCode::kFailedPrecondition, reason, sentence);
  };
  if (!enrolment.has_value()) return refuse(Reason::kVerificationClosed, "no app waits for its first code");
  if (now >= enrolment->expires_at)
    return refuse(Reason::kVerificationExpired, "the time to enter the code is over; enroll again");
  if (enrolment->wrong >= TotpEnrolment::kAttempts)
    return refuse(Reason::kAttemptsExhausted, "no attempts are left; enroll again");
  return absl::OkStatus();
}

absl::StatusOr<OwnedPhone> NumberForCode(AccountType type, const std::vector<OwnedPhone>& phones,
                                         const std::optional<PhoneId>& named) {
  if (type == AccountType::kPrivileged) {
    for (const OwnedPhone& phone : phones) {
      const bool usable = phone.state == PhoneState::kBound && phone.kind == PhoneKind::kSecondFactor;
      if (usable && (!named.has_value() || phone.id == *named)) return phone;
    }
  }
  if (named.has_value()) return NotFound("phone");
  if (const OwnedPhone* main = MainPhone(phones)) return *main;
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                "there is no number that could get a code");
}

}  // namespace tc::identity

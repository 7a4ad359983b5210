#pragma once

// Codes of authenticator apps, as far as this service takes them: one 30-second step to either side.

#include <optional>

#include "common/base/refusal.h"
#include "common/crypto/totp.h"
#include "services/identity/domain/second_factor.h"

namespace tc::identity {

inline constexpr int kDriftSteps = 1;

// The step of a right and new code.
inline std::optional<int64_t> StepOf(const TotpEnrolment& enrolment, const Secret& code, absl::Time now) {
  return crypto::MatchTotp(enrolment.key, code, now, kDriftSteps, crypto::kTotpNeverUsed);
}
inline std::optional<int64_t> StepOf(const TotpInUse& totp, const Secret& code, absl::Time now) {
  return crypto::MatchTotp(totp.key, code, now, kDriftSteps, totp.last_step);
}

// The second factor is another one than the code was judged for.
inline absl::Status Overtaken() {
  return Refuse(absl::StatusCode::kAborted, Reason::kConflict,
                "the second factor has been changed meanwhile");
}

}  // namespace tc::identity

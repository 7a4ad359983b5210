#pragma once

// Who may be a principal, who a contact (E1–E5). Pure.

#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/policy.h"

namespace tc::identity {

enum class EligibilityRole { kPrincipal = 1, kContact = 2 };

// In the order of the answer; the numbers are those of the public enum.
enum class Requirement {
  kAccountTypeNotPersonal = 1,
  kAccountNotConfirmed = 2,
  kAccountBlocked = 3,
  kAccountFrozen = 4,
  kAccountDeleted = 5,
  kAgeBelowMinimum = 6,
  kNotCitizen = 7,
  kPassportMissing = 8,
  kPhoneMissing = 9,
};

// Everything that is missing, each once, ascending; empty: eligible. A locked sign-in is no obstacle (R11).
// `today` is the civil date at `now` (E3); `has_main_phone`: a bound main number.
std::vector<Requirement> Unmet(const Account& account, bool has_main_phone, EligibilityRole role,
                               const EligibilityPolicy& policy, absl::CivilDay today, absl::Time now);

}  // namespace tc::identity

#pragma once

// What identity says about the two people, and which of it refuses an invitation or its acceptance (E4, L1,
// L4, L6).

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/id.h"

namespace tc::linking {

enum class EligibilityRole { kPrincipal, kContact };

struct Eligibility {
  bool eligible = false;
  std::vector<std::string> unmet;                      // all of them: "AGE_BELOW_MINIMUM", …
  absl::Time restricted_until = absl::InfinitePast();  // contact, phone, e-mail cannot be changed (REC-18)
};

// Whom a first name and a phone fit.
struct Match {
  AccountId account;        // empty: nobody
  std::string masked_name;  // "Мария С."
  bool same_account = false;
  bool same_person = false;
  bool same_phone = false;
};

// What stands between two accounts that are linked already (L6).
struct Conflicts {
  bool same_person = false;
  bool same_phone = false;
};

// FAILED_PRECONDITION / NOT_ELIGIBLE with every unmet requirement, for the person himself.
absl::Status RequireEligible(const Eligibility& eligibility);

// FAILED_PRECONDITION / SAME_PERSON or SAME_PHONE: both are the asking person's own facts, so that they may
// be said (L6).
absl::Status RefuseConflicts(const Match& match);

// Whether `contact` may take up an invitation that came to him, by what identity says now (L4, E5). His own
// unmet requirements are all told; what lies with the principal, or with a name or phone that no longer fits,
// is one refusal without particulars.
absl::Status MayAccept(const AccountId& contact, const Match& match, const Eligibility& contact_eligibility,
                       const Eligibility& principal_eligibility, absl::Time now);

// Whether identity says that the account is erased.
bool Erased(const Eligibility& eligibility);

// The refusal without particulars.
absl::Status NotForYouNow();

}  // namespace tc::linking

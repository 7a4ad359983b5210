#include "services/linking/domain/verdict.h"

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::linking {

absl::Status RequireEligible(const Eligibility& eligibility) {
  if (eligibility.eligible) return absl::OkStatus();
  Refusal refusal = Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNotEligible,
                           "your account does not meet all requirements");
  for (const std::string& requirement : eligibility.unmet) {
    refusal.Unmet(requirement, "account", "this requirement is not met");
  }
  return refusal;
}

absl::Status RefuseConflicts(const Match& match) {
  if (match.same_account || match.same_person) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kSamePerson,
                  "nobody can be his own trusted contact");
  }
  if (match.same_phone) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kSamePhone,
                  "principal and contact must not share a phone");
  }
  return absl::OkStatus();
}

absl::Status MayAccept(const AccountId& contact, const Match& match, const Eligibility& contact_eligibility,
                       const Eligibility& principal_eligibility, absl::Time now) {
  TRY(RequireEligible(contact_eligibility));
  if (match.account != contact) return NotForYouNow();
  TRY(RefuseConflicts(match));
  const bool ready = principal_eligibility.eligible && now >= principal_eligibility.restricted_until;
  return ready ? absl::OkStatus() : NotForYouNow();
}

bool Erased(const Eligibility& eligibility) {
  return std::find(eligibility.unmet.begin(), eligibility.unmet.end(), "ACCOUNT_DELETED") !=
         eligibility.unmet.end();
}

absl::Status NotForYouNow() {
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNotEligible,
                "this invitation cannot be accepted; ask for a new one");
}

}  // namespace tc::linking

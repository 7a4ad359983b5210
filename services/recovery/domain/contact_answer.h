#pragma once

// The contact's side: warning, code, match code, approve, reject. Approve is the suite's most guarded step:
// everything it needs is in ApprovalEvidence, and it is examined and written at once (R5, REC-13).

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/recovery/domain/evidence.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// Records that the present warning was read, and the answers. The time to think counts from the answers in
// which all are "yes": the same again moves nothing, a "no" in between begins it anew (REC-12).
// INVALID_ARGUMENT for missing or unknown questions; WARNING_VERSION_STALE with the present version.
absl::StatusOr<Recovery> Acknowledge(const Recovery& recovery, absl::string_view version,
                                     const std::map<std::string, bool>& answers, absl::Time now);
// Whether the answers that are recorded are to the present warning.
bool HasAcknowledged(const Recovery& recovery);
// When the contact may ask for his code; nullopt before he acknowledged the present warning, and while an
// answer is "no".
std::optional<absl::Time> CodeAllowedAt(const Recovery& recovery);
// WARNING_NOT_ACKNOWLEDGED; WARNING_ANSWERED_NO; THINKING_TIME_NOT_OVER with RetryInfo.
absl::Status CheckWarning(const Recovery& recovery, absl::Time now);

// CheckWarning's refusals, or the table's.
absl::Status MayAskForCode(const Recovery& recovery, absl::Time now);
absl::StatusOr<Recovery> ContactCodeSent(const Recovery& recovery, int serial, const CodeStatus& status,
                                         absl::Time now);

// From any state in which somebody still has to answer.
absl::StatusOr<Recovery> Hold(const Recovery& recovery, HoldReason reason, Actor actor, absl::Time now);
// RECOVERY_HELD for the contact; names the reason only where it is his own affair.
absl::Status RefuseHeld(HoldReason reason);

// A match code as typed. Charged once for a request id; the last miss locks the recovery (REC-11).
struct MatchTry {
  bool right = false;
  int tries_left = 0;
  Recovery next;  // unchanged when right
};
absl::StatusOr<MatchTry> TryMatchCode(const Recovery& recovery, absl::string_view typed,
                                      const std::string& request_id, absl::Time now);

struct ApprovalEvidence {
  absl::Duration session_age = absl::InfiniteDuration();
  ContactPlace place;
  GuardNow guard;
  PrincipalNow account;  // the principal's
  ContactPhone phone;
  EligibilityNow principal;
  EligibilityNow contact;
  bool code_consumed = false;  // otp's word: right, and used for this and nothing else
  std::string match_code;      // as typed
  int64_t version = -1;        // of the recovery that all of this was gathered for
};
inline constexpr absl::Duration kEvidenceMaxAge = absl::Seconds(60);

// NOT_ELIGIBLE names the side, never the data; ABORTED / CONFLICT for evidence that is stale.
absl::Status CheckEligibility(const EligibilityNow& principal, const EligibilityNow& contact, absl::Time now);
// APPROVED with the grant. Every refusal of the above; ABORTED / CONFLICT when the recovery changed since the
// evidence was gathered.
absl::StatusOr<Recovery> Approve(const Recovery& recovery, const ApprovalEvidence& evidence,
                                 const std::string& grant_hash, absl::Time now);

absl::StatusOr<Recovery> Reject(const Recovery& recovery, RejectReason reason, absl::Time now);
// The attempts at the contact's code are used up.
absl::StatusOr<Recovery> LockAnswer(const Recovery& recovery, absl::Time now);

}  // namespace tc::recovery

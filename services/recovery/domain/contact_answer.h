#pragma once

// The contact's side: warning, code, match code, approve, reject. Approve is the suite's most guarded step:
// everything it needs is in ApprovalEvidence, and it is examined and written at once (R5, REC-13).

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// Records that the present warning was read. The first time counts; reading again moves nothing.
// INVALID_ARGUMENT for missing or unknown questions; WARNING_VERSION_STALE with the present version.
absl::StatusOr<Recovery> Acknowledge(const Recovery& recovery, absl::string_view version,
                                     const std::map<std::string, bool>& answers, absl::Time now);
// When the contact may ask for his code; nullopt before he acknowledged the present warning.
std::optional<absl::Time> CodeAllowedAt(const Recovery& recovery);

// WARNING_NOT_ACKNOWLEDGED; THINKING_TIME_NOT_OVER with RetryInfo; or the table's refusal.
absl::Status MayAskForCode(const Recovery& recovery, absl::Time now);
absl::StatusOr<Recovery> ContactCodeSent(const Recovery& recovery, int serial, const CodeStatus& status,
                                         absl::Time now);

// How the contact is reached now.
struct ContactPhone {
  std::string index;  // keyed index of the number; empty: none
  absl::Time bound_at;
};
// Why a code must not go there: the number changed meanwhile (REC-21), or is too new.
std::optional<HoldReason> WhyHold(const Recovery& recovery, const ContactPhone& phone, absl::Time now);

// Who guards the principal now.
struct GuardNow {
  bool guarded = false;
  LinkId link;
  AccountId contact;
};
bool SameGuard(const Recovery& recovery, const GuardNow& guard);

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

struct EligibilityNow {
  bool eligible = false;
  absl::Time as_of;  // older than 60 s is no evidence
};
struct ApprovalEvidence {
  absl::Duration session_age = absl::InfiniteDuration();
  GuardNow guard;
  ContactPhone phone;
  EligibilityNow principal;
  EligibilityNow contact;
  bool code_consumed = false;  // otp's word: right, and used for this and nothing else
  std::string match_code;      // as typed
  int64_t version = -1;        // of the recovery that all of this was gathered for
};
inline constexpr absl::Duration kEvidenceMaxAge = absl::Seconds(60);

// UNAUTHENTICATED / REAUTHENTICATION_REQUIRED with max_age_seconds.
absl::Status CheckSession(const Policy& policy, absl::Duration session_age);
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

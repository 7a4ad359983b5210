#pragma once

// How often a principal's password may be asked for: one open recovery, three starts in 24 hours, cool-downs
// after failures (REC-06, REC-07). A start that is refused here is answered with a decoy, never with an error
// (R1). None of this locks the account or the sign-in (REC-08).

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// What is kept of one principal.
struct StartLedger {
  PublicId open;                                   // empty: none
  std::vector<absl::Time> starts;                  // within the last 24 hours
  std::vector<absl::Time> failures;                // within the last 24 hours
  absl::Time closed_until = absl::InfinitePast();  // cool-down or freeze
  friend bool operator==(const StartLedger&, const StartLedger&) = default;
};

// PURPOSE_NOT_ENABLED unless the policy guards that action (R13); a new password always can be asked for.
absl::Status CheckPurpose(const Policy& policy, Purpose purpose);

bool MayStart(const StartLedger& ledger, const Policy& policy, absl::Time now);
StartLedger AfterStart(const StartLedger& ledger, const PublicId& id, absl::Time now);
// The start did not come about: nobody was sent anything.
StartLedger AfterWithdrawal(const StartLedger& ledger, const Recovery& withdrawn);
// A real recovery has ended.
StartLedger AfterEnd(const StartLedger& ledger, const Recovery& ended);

// Rejected, locked, or left unanswered by the contact. A claim that was never proved is not held against the
// principal.
bool IsFailure(const Recovery& ended);

}  // namespace tc::recovery

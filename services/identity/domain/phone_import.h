#pragma once

// Numbers that a bank or the post has proved (I3). Pure.

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/domain/policy.h"

namespace tc::identity {

const OwnedPhone* ScheduledPhone(const std::vector<OwnedPhone>& phones);  // null when there is none

// Is the proof newer than every change of the main number? One that is not may be of a number that its owner
// has given up since. INVALID_ARGUMENT / FIELD_INVALID with PROOF_OUTDATED.
absl::Status CheckProof(const std::vector<OwnedPhone>& phones, absl::Time proved_at);

// May the number become the account's main one now? Asked when it is imported, and again when a scheduled one
// becomes effective (`phones` without it then). ACCOUNT_*, STATE_TRANSITION_NOT_ALLOWED while another change
// is scheduled, CheckProof, PHONE_BUSY, PHONE_QUARANTINED: who imports has proved possession.
absl::Status CheckImport(const Account& account, const std::vector<OwnedPhone>& phones,
                         const std::optional<Holder>& holder, absl::Time proved_at, const PhonePolicy& policy,
                         absl::Time now);

}  // namespace tc::identity

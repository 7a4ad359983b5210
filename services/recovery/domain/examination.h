#pragma once

// The operator's side: a recovery is stopped for an examination, and let go on. Neither approves anything.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// HELD by an operator. `comment` is for operators only and never leaves by an event or a notice.
absl::StatusOr<Recovery> HoldForExamination(const Recovery& recovery, const std::string& comment,
                                            absl::Time now);

// The contact is asked again, for what is left of his time (REC-05): never beyond the lifetime from the
// proof. NO_TRUSTED_CONTACT when nobody was asked; RECOVERY_EXPIRED when the contact's time is over though
// the way in person has kept the recovery open; or the table's refusal. `match_code`: four random digits,
// used where the policy demands them and the way in person has dropped the former ones.
absl::StatusOr<Recovery> Release(const Recovery& recovery, const std::string& comment,
                                 const std::string& match_code, absl::Time now);

}  // namespace tc::recovery

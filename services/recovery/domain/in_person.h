#pragma once

// The way in person (R10, REC-23): officers who have seen the principal's documents stand in for codes. Where
// somebody guards it takes two of them and a delay in which everybody is told. No officer learns or chooses
// the password: the grant is for whoever holds the capability that the principal's own device has made.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/recovery/domain/contact_answer.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// Who has seen the documents, and when they were shown.
struct Visit {
  std::string officer;  // as his organisation names him
  std::string peer;     // the organisation
  std::string number;   // the organisation's, of the visit
};

// What the way begins with. Everything random or derived by a key is given and fresh: what was known of the
// recovery before leads nowhere.
struct InPersonStart {
  Visit visit;
  std::string nonce, capability_hash, not_me_hash, grant_hash;
  GuardNow guard;
  std::string contact_phone_index;  // used where this contact has not been asked before
};

// An open recovery that can be taken over by an officer; linking will be asked to hold the link. From now on
// the end of the recovery must be told. RECOVERY_COMPLETING while a password is being set, or the table's
// refusal.
absl::StatusOr<Recovery> TakeHoldInPerson(const Recovery& recovery, absl::Time now);
// The hold may last until then: later than any end of what an officer begins at `now`.
absl::Time HoldInPersonUntil(const Policy& policy, absl::Time now);

// Of a recovery that is open, or just begun for this: IN_PERSON where somebody guards, APPROVED where nobody
// does. Capability, grant, match code, codes and acknowledgement of before are gone. Refusals as
// TakeHoldInPerson.
absl::StatusOr<Recovery> StartInPerson(const Recovery& recovery, const InPersonStart& start, absl::Time now);

// The second officer: APPROVED with the grant. SAME_PERSON for the first one, however spelled;
// DELAY_NOT_OVER with RetryInfo; or the table's refusal.
absl::StatusOr<Recovery> ConfirmInPerson(const Recovery& recovery, const Visit& visit,
                                         const std::string& grant_hash, absl::Time now);

}  // namespace tc::recovery

#pragma once

// What becomes of a recovery when something happens to one of its two accounts meanwhile (R12, REC-21): it is
// held or cancelled, never led to another person or number. Every later step examines everything again in any
// case; this stops a recovery at once instead of at the contact's next step.

#include "absl/time/time.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

enum class Happening {
  kPhoneChanged,  // the main number
  kEmailChanged,
  kBlocked,  // a lock by wrong passwords is none (R11)
  kFrozen,
  kErased,
  kConfirmationLost,
};

struct AccountNews {
  AccountId account;
  Happening what = Happening::kBlocked;
  absl::Time at;  // when it happened, not when it was learned
};

// The recovery after the news; the very same where they change nothing:
//   principal  phone or e-mail    HELD, PRINCIPAL_ADDRESS_CHANGED; CANCELLED where a grant is out
//              confirmation lost  HELD, PRINCIPAL_NOT_ELIGIBLE; CANCELLED where a grant is out and somebody
//                                 guards
//              blocked, frozen    HELD, ACCOUNT_NOT_ACTIVE; CANCELLED where a grant is out; a freeze is
//                                 nothing to the recovery that is to end it
//              erased             CANCELLED
//   contact    phone              HELD, CONTACT_PHONE_CHANGED
//              blocked, frozen, erased, confirmation lost   HELD, CONTACT_NOT_ELIGIBLE
//              anything           nothing in IN_PERSON, where he has no say
// A claim that is not proved looks the same whatever the account is (R1): the principal's news are remembered
// in early_news, the first of them, and the proof leads to HELD for it.
// Unchanged: a decoy; what the table has no row for; a grant that is being used; and news not later than the
// start, or for the contact not later than when he was asked, because those were seen then.
Recovery AfterNews(const Recovery& recovery, const AccountNews& news, absl::Time now);

// What is kept of a person who was erased: ids, times, states. Of his own recovery go name, addresses (their
// masks and indexes, too) and where the claimant sat; of one that was laid before him the mask and the index
// of his number. An open claim that is not proved keeps what its claimant has typed and is compared with: it
// looks as before (R1) and goes within a day.
Recovery WithoutDataOf(const Recovery& recovery, const AccountId& erased);

}  // namespace tc::recovery

#pragma once

// What becomes of a recovery when something happens to one of its two accounts meanwhile (R12, REC-21): it is
// held or cancelled, never led to another person or number. Approval examines everything again in any case;
// this stops a recovery at once instead of at the contact's last step.

#include "absl/time/time.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

enum class Happening {
  kPhoneChanged,  // the main number
  kEmailChanged,
  kNotActive,  // blocked or frozen; a lock by wrong passwords is none (R11)
  kErased,
  kConfirmationLost,
};

struct AccountNews {
  AccountId account;
  Happening what = Happening::kNotActive;
  absl::Time at;  // when it happened, not when it was learned
};

// The recovery after the news; the very same where they change nothing:
//   principal  phone or e-mail    HELD, PRINCIPAL_ADDRESS_CHANGED
//              confirmation lost  HELD, PRINCIPAL_NOT_ELIGIBLE
//              not active         HELD, ACCOUNT_NOT_ACTIVE; CANCELLED where a grant is out
//              erased             CANCELLED
//   contact    phone              HELD, CONTACT_PHONE_CHANGED
//              not active, erased, confirmation lost   HELD, CONTACT_NOT_ELIGIBLE
// Unchanged: a decoy and a claim that is not proved, which look the same whatever the account is (R1); what
// the table has no row for; a grant with which a password is being set; and news not later than the start, or
// for the contact not later than when he was asked, because those were seen then.
Recovery AfterNews(const Recovery& recovery, const AccountNews& news, absl::Time now);

}  // namespace tc::recovery

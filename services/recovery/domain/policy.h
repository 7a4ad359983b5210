#pragma once

// The numbers of a recovery (product profiles gosuslugi and strict). A recovery keeps the policy it was
// started under; a change of the configuration never reaches one that is open.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/policy.h"

namespace tc::recovery {

struct Policy {
  absl::Duration own_code_lifetime;        // to enter the claimant's own code
  absl::Duration lifetime;                 // from the proved own code; absolute (REC-05)
  int starts_per_day = 0;                  // for one principal (REC-07)
  std::vector<absl::Duration> cool_downs;  // after the first, second, third failure within a day
  absl::Duration fraud_freeze;             // after a reject for fraud
  bool match_code = false;                 // the contact types the claimant's four digits (REC-11)
  int match_tries = 0;
  absl::Duration grant_lifetime;      // REC-14
  int refused_passwords = 0;          // then the grant is burnt
  int codes = 0;                      // verifications on each side of one recovery
  absl::Duration retention;           // an ended recovery is kept so long
  absl::Duration thinking_time;       // between acknowledging the warning and the code (REC-12)
  absl::Duration session_age;         // the contact's sign-in may be so old (REC-09)
  absl::Duration phone_age;           // the contact's phone must have been bound so long
  bool same_address = false;          // claimant and contact at one network address: HELD (REC-25)
  absl::Duration restricted_period;   // no change of contact, phone, e-mail afterwards (REC-18)
  absl::Duration in_person_delay;     // between the officers, where somebody guards (R10)
  absl::Duration in_person_window;    // after it, for the second officer
  bool purpose_phone_change = false;  // which purposes may be started besides PASSWORD (R13)
  bool purpose_contact_removal = false;
  bool purpose_unfreeze = false;

  friend bool operator==(const Policy&, const Policy&) = default;
};

// Every key of this service: "recovery.*" and "contact.*".
std::vector<PolicyKey> PolicyKeys();

// `values` holds every key of PolicyKeys().
Policy MakePolicy(const PolicyValues& values);
// The same numbers under their keys: for storing and showing.
PolicyValues ToValues(const Policy& policy);

}  // namespace tc::recovery

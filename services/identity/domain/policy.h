#pragma once

// Policy: the numbers of identity's rules, from the keys password.*, phone.*, login.*, eligibility.*,
// account.*
// (docs/policy.md). Pure.

#include <vector>

#include "absl/time/time.h"
#include "common/base/policy.h"

namespace tc::identity {

struct PasswordPolicy {
  int min_length = 8;          // characters (code points of the NFC form)
  int max_length = 128;        // characters
  bool classes = true;         // upper, lower, digit and special are demanded
  bool spaces = false;         // spaces are allowed
  int sequence_run = 4;        // so many neighbours in a row are refused; 0: any
  int repeat_max = 2;          // one character at most so often in a row; 0: any
  bool personal_parts = true;  // no part of the person's data inside; otherwise not made of them as a whole
  int history = 5;             // last passwords that may not come back
  absl::Duration max_age = absl::Hours(24 * 90);  // zero: none
};

struct PhonePolicy {
  absl::Duration change_interval = absl::Hours(24 * 30);
  absl::Duration quarantine = absl::Hours(24 * 90);
  absl::Duration reauthentication = absl::Seconds(300);
  absl::Duration post_delay = absl::Hours(24);  // until an import by the post becomes effective (I3)
  bool change_confirmed = false;                // another main number in the cabinet needs a permit (R13)
};

struct AccountPolicy {
  bool unfreeze_confirmed = false;  // the owner's unfreezing needs a confirmed recovery (R13)
};

struct SignInPolicy {
  int threshold = 5;             // wrong passwords in a row that lock
  int threshold_after_lock = 5;  // the same after a lock, until a right one
  absl::Duration lock = absl::Minutes(30);
  absl::Duration lock_max = absl::Minutes(30);  // each further lock is twice as long, up to this
};

struct EligibilityPolicy {
  int principal_age = 14;  // full years
  int contact_age = 18;
};

struct Policy {
  PasswordPolicy password;
  PhonePolicy phone;
  SignInPolicy login;
  EligibilityPolicy eligibility;
  AccountPolicy account;
};

std::vector<PolicyKey> PolicyKeys();
// `values` as ResolvePolicy gives them for PolicyKeys().
Policy MakePolicy(const PolicyValues& values);

}  // namespace tc::identity

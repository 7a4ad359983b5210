#pragma once

// The numbers of linking (product policy, prefix "link."), as the rules take them.

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "common/base/policy.h"

namespace tc::linking {

struct Policy {
  absl::Duration invitation_lifetime;     // an invitation can be answered for so long
  int64_t principals_per_contact = 0;     // L5
  int64_t invitations_per_principal = 0;  // in 24 hours
  int64_t invitations_per_phone = 0;      // in 24 hours, by whomever
  absl::Duration removal_delay;           // L8; zero: at once
  absl::Duration hold_limit;              // a recovery may hold a link at most so long
  absl::Duration invitation_retention;    // an invitation is erased so long after it was made
  absl::Duration session_age;             // LNK-09, LNK-14: who changes a link signed in at most so long ago
  absl::Duration danger_freeze;           // L10
  absl::Duration reminder_interval;       // LNK-15
  bool removal_confirmed = false;         // the contact must agree to his removal
};

std::vector<PolicyKey> PolicyKeys();

// `values` come from ResolvePolicy(PolicyKeys(), …) and so hold every key.
Policy MakePolicy(const PolicyValues& values);

}  // namespace tc::linking

#pragma once

// What is found out anew, from the peers, whenever a recovery is to go a step on. The same questions at every
// step: whoever was fit an hour ago need not be so now (E5, REC-21).

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

// The principal's account.
struct PrincipalNow {
  bool active = false;               // ACTIVE or LOCKED: a lock never blocks recovery (R11)
  bool frozen = false;               // FROZEN
  bool addresses_unchanged = false;  // where the claimant's code went is still the principal's
};
// Why nothing may go on for this principal; nullopt: it may. A recovery that ends a freeze may find the
// account frozen, every other finds it active.
std::optional<HoldReason> WhyHold(Purpose purpose, const PrincipalNow& principal);

struct EligibilityNow {
  bool eligible = false;
  absl::Time as_of;          // older than 60 s is no evidence
  bool only_frozen = false;  // not eligible, but for the freeze alone
};
// The principal's, where the freeze that is to end is no obstacle.
EligibilityNow ForPurpose(Purpose purpose, const EligibilityNow& principal);

// How the contact is reached.
struct ContactPhone {
  std::string index;  // keyed index of the number; empty: none
  absl::Time bound_at;
};
// Why a code must not go there: the number changed meanwhile (REC-21), or is too new.
std::optional<HoldReason> WhyHold(const Recovery& recovery, const ContactPhone& phone, absl::Time now);

// Who guards the principal.
struct GuardNow {
  bool guarded = false;
  LinkId link;
  AccountId contact;
};
bool SameGuard(const Recovery& recovery, const GuardNow& guard);

// Where the contact sits as he approves, as the portal and his session say; each may be empty.
struct ContactPlace {
  std::string device;          // of the request
  std::string session_device;  // of the assertion
  std::string address;
};
// Whether the claimant sits there, too (REC-25): at the same device, or where the policy asks for it in the
// same network (an IPv4 address; the first 64 bits of an IPv6 address). What is not known is not the same.
bool SamePlace(const Recovery& recovery, const ContactPlace& contact);

}  // namespace tc::recovery

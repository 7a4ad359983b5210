#pragma once

// Protection: all that is decided about one principal, kept in one record so that "one contact, one open
// invitation" cannot be broken by two transactions at once (L5, LNK-02), and so that a recovery can hold his
// link (L8, L9).

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/linking/domain/link.h"
#include "services/linking/domain/policy.h"

namespace tc::linking {

// A recovery of this principal that is open until `until`, or until its end is heard of.
struct Hold {
  std::string recovery;  // its public id
  absl::Time until;

  friend bool operator==(const Hold&, const Hold&) = default;
};

struct Protection {
  AccountId principal;
  LinkId link;           // the one that guards; empty: nobody does
  InvitationId pending;  // the open invitation; empty: none
  std::vector<Hold> holds;
  std::vector<absl::Time> recent_invitations;  // of the last 24 hours, oldest first

  friend bool operator==(const Protection&, const Protection&) = default;
};

// Whether a hold lives at `now`.
bool RecoveryOpen(const Protection& protection, absl::Time now);

// FAILED_PRECONDITION / RECOVERY_OPEN while a hold lives.
absl::Status RequireNoOpenRecovery(const Protection& protection, absl::Time now);

// Adds a hold or moves the same recovery's; drops those that are over. RESOURCE_EXHAUSTED / RATE_LIMITED
// beyond eight.
absl::Status AddHold(Protection& protection, Hold hold, absl::Time now);

// Ends the hold of this recovery. False when there is none. A pending removal whose time has passed meanwhile
// takes effect then, not in the past: the contact has guarded until now.
bool EndHold(Protection& protection, absl::string_view recovery);

// When a pending removal takes effect: its time, but not while a recovery is open. InfiniteFuture for a link
// that is not REMOVAL_PENDING.
absl::Time RemovalDue(const Link& link, const Protection& protection);

// The link's state at `now`: REMOVAL_PENDING becomes REMOVED when its removal is due.
LinkState StateAt(const Link& link, const Protection& protection, absl::Time now);

// Whether the principal may send an invitation now: CONTACT_ALREADY_LINKED, INVITATION_PENDING,
// INVITATION_LIMIT_REACHED.
absl::Status MayInvite(const Protection& protection, const Policy& policy, absl::Time now);

// Whether he may get a contact now: CONTACT_ALREADY_LINKED.
absl::Status MayBeGuarded(const Protection& protection);

}  // namespace tc::linking

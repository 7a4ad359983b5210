#pragma once

// Protection: all that is decided about one principal, kept in one record so that "one contact, one open
// invitation" cannot be broken by two transactions at once (L5, LNK-02), so that a recovery can hold his link
// (L8, L9), and so that nobody can change his contact while he is in danger or has just recovered his
// password (L10, REC-18).

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
  std::vector<absl::Time> recent_invitations;          // of the last 24 hours, oldest first
  absl::Time frozen_until = absl::InfinitePast();      // danger or fraud was reported
  absl::Time restricted_until = absl::InfinitePast();  // a password was recovered

  friend bool operator==(const Protection&, const Protection&) = default;
};

// Whether a hold lives at `now`.
bool RecoveryOpen(const Protection& protection, absl::Time now);

// FAILED_PRECONDITION / RECOVERY_OPEN while a hold lives.
absl::Status RequireNoOpenRecovery(const Protection& protection, absl::Time now);

// Adds a hold or makes the same recovery's longer, never shorter; drops those that are over.
// RESOURCE_EXHAUSTED / RATE_LIMITED beyond eight.
absl::Status AddHold(Protection& protection, Hold hold, absl::Time now);

// Ends the hold of this recovery. False when there is none. A pending removal whose time has passed meanwhile
// takes effect then, not in the past: the contact has guarded until now.
bool EndHold(Protection& protection, absl::string_view recovery);

// The contact cannot be changed until then; of two ends the later counts. Told by another service: what lies
// more than kLongestFreeze after `now` is taken as that, so that a mistake there binds nobody for ever.
inline constexpr absl::Duration kLongestFreeze = absl::Hours(168);
void Freeze(Protection& protection, absl::Time until, absl::Time now);
void Restrict(Protection& protection, absl::Time until, absl::Time now);

// FAILED_PRECONDITION / ACCOUNT_FROZEN, RESTRICTED_AFTER_RECOVERY, with RetryInfo.
absl::Status RequireNotFrozen(const Protection& protection, absl::Time now);
absl::Status RequireChangeable(const Protection& protection, absl::Time now);
absl::Status RefuseRestricted(absl::Time until, absl::Time now);  // OK from `until` on

// When a pending removal takes effect: its time, but not while a recovery is open, nor while the contact
// cannot be changed. InfiniteFuture for a link that is not REMOVAL_PENDING.
absl::Time RemovalDue(const Link& link, const Protection& protection);

// The link's state at `now`: REMOVAL_PENDING becomes REMOVED when its removal is due.
LinkState StateAt(const Link& link, const Protection& protection, absl::Time now);

// Whether the principal may send an invitation now: ACCOUNT_FROZEN, RESTRICTED_AFTER_RECOVERY,
// CONTACT_ALREADY_LINKED, INVITATION_PENDING, INVITATION_LIMIT_REACHED. An open recovery does not stand
// against it: only its acceptance would change something.
absl::Status MayInvite(const Protection& protection, const Policy& policy, absl::Time now);

// Whether he may get a contact now: CONTACT_ALREADY_LINKED; the refusal without particulars when his contact
// cannot be changed, or a recovery is open: what has begun without a contact would end without him, though he
// guards by then.
absl::Status MayBeGuarded(const Protection& protection, absl::Time now);

// Whether he may disconnect his contact now: RECOVERY_OPEN, ACCOUNT_FROZEN, RESTRICTED_AFTER_RECOVERY, and
// CONFIRMATION_REQUIRED (metadata purpose) where the policy demands the contact's consent.
absl::Status MayRemove(const Protection& protection, const Policy& policy, absl::Time now);

// Whether the removal that this recovery has confirmed may take effect: RECOVERY_OPEN for another's hold,
// ACCOUNT_FROZEN.
absl::Status MayConfirmRemoval(const Protection& protection, absl::string_view recovery, absl::Time now);

// The contact reports danger (L10): once in 24 hours for a link, else RESOURCE_EXHAUSTED / RATE_LIMITED with
// RetryInfo. The principal is frozen for policy link.danger_freeze. FAILED_PRECONDITION /
// STATE_TRANSITION_NOT_ALLOWED for a link that guards no more.
absl::StatusOr<Link> ReportDanger(Link link, Protection& protection, const Policy& policy, absl::Time now);

}  // namespace tc::linking

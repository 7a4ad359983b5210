#pragma once

// Guarded actions: what the cabinet may not change for a while after a password was recovered (R9), what a
// confirmed recovery permits, and what needs one (R13). All end by the clock at every read. Pure.

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/domain/policy.h"

namespace tc::identity {

// How far ahead another service may set an end: the bounds of its policy.
inline constexpr absl::Duration kLongestFreeze =
    absl::Hours(168);  // link.danger_freeze, recovery.fraud_freeze
inline constexpr absl::Duration kLongestRestriction = absl::Hours(168);  // recovery.restricted_period
inline constexpr absl::Duration kLongestPermit = absl::Minutes(15);      // recovery.grant_lifetime
// Whether `until` is too far ahead for this bound. A minute more is taken: it was reckoned by the other
// service's clock, which may be ahead of ours.
bool TooFarAhead(absl::Time until, absl::Duration longest, absl::Time now);

bool RestrictedAt(const Account& account, absl::Time now);
// FAILED_PRECONDITION / RESTRICTED_AFTER_RECOVERY when the account is restricted at `at`, with RetryInfo: by
// how much later it would have to be.
absl::Status CheckUnrestricted(const Account& account, absl::Time at);
// Of two restrictions the later end counts; one in the past is none.
Account Restrict(Account account, absl::Time until, absl::Time now);

bool PhoneChangePermittedAt(const Account& account, absl::Time now);
// Of two permits the later end counts. ACCOUNT_BLOCKED, ACCOUNT_FROZEN, ACCOUNT_DELETED; a lock is no
// obstacle (R11).
absl::StatusOr<Account> PermitPhoneChange(Account account, absl::Time until, absl::Time now);

// May the cabinet bind a number of this kind now? A permit opens the main number, whatever stands below.
// CONFIRMATION_REQUIRED with metadata "purpose" = PHONE_CHANGE (another main number, policy
// phone.change_confirmed), RESTRICTED_AFTER_RECOVERY, PHONE_CHANGE_TOO_SOON.
absl::Status CheckCabinetBinding(const Account& account, PhoneKind kind, const PhonePolicy& policy,
                                 absl::Time now);

// The owner lifts his freeze: as Unfreeze. With policy account.unfreeze_confirmed a FROZEN account answers
// CONFIRMATION_REQUIRED with metadata "purpose" = UNFREEZE, whoever froze it.
absl::StatusOr<Account> UnfreezeByOwner(Account account, const AccountPolicy& policy, absl::Time now);

}  // namespace tc::identity

#include "services/identity/domain/guarded.h"

#include <algorithm>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::identity {
namespace {

constexpr absl::Duration kClocksDiffer = absl::Minutes(1);

bool InForce(const std::optional<absl::Time>& until, absl::Time now) {
  return until.has_value() && now < *until;
}

absl::Status ConfirmationRequired(absl::string_view purpose) {
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kConfirmationRequired,
                "this must be confirmed by a recovery of this purpose first")
      .With("purpose", purpose);
}

}  // namespace

bool TooFarAhead(absl::Time until, absl::Duration longest, absl::Time now) {
  return until > now + longest + kClocksDiffer;
}

bool RestrictedAt(const Account& account, absl::Time now) { return InForce(account.restricted_until, now); }

absl::Status CheckUnrestricted(const Account& account, absl::Time at) {
  if (!RestrictedAt(account, at)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kRestrictedAfterRecovery,
                "the password was recovered not long ago; phone and e-mail cannot be changed yet")
      .RetryAfter(*account.restricted_until - at);
}

Account Restrict(Account account, absl::Time until, absl::Time now) {
  if (until <= now) return account;
  const bool longer = !RestrictedAt(account, now) || until > *account.restricted_until;
  if (longer) account.restricted_until = until;
  return account;
}

bool PhoneChangePermittedAt(const Account& account, absl::Time now) {
  return InForce(account.phone_permit_until, now);
}

absl::StatusOr<Account> PermitPhoneChange(Account account, absl::Time until, absl::Time now) {
  TRY(RequireState(account, {State::kActive, State::kLocked}, now));
  const absl::Time present = account.phone_permit_until.value_or(absl::InfinitePast());
  account.phone_permit_until = std::max(present, until);
  return account;
}

absl::Status CheckCabinetBinding(const Account& account, PhoneKind kind, const PhonePolicy& policy,
                                 absl::Time now) {
  const bool main = kind == PhoneKind::kMain;
  if (main && PhoneChangePermittedAt(account, now)) return absl::OkStatus();
  if (main && account.had_main_phone && policy.change_confirmed) return ConfirmationRequired("PHONE_CHANGE");
  TRY(CheckUnrestricted(account, now));
  return main ? CheckChangeInterval(account, policy, now) : absl::OkStatus();
}

absl::StatusOr<Account> UnfreezeByOwner(Account account, const AccountPolicy& policy, absl::Time now) {
  TRY(Allowed(account, Trigger::kUnfreeze, Actor::kOwner, now));
  if (policy.unfreeze_confirmed) return ConfirmationRequired("UNFREEZE");
  return Unfreeze(std::move(account), now);
}

}  // namespace tc::identity

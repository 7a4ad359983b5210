#include "services/identity/domain/account.h"

#include <algorithm>
#include <utility>

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::identity {
namespace {

constexpr Transition kTransitions[] = {
    {State::kActive, Trigger::kConfirm, Actor::kRegistrar, State::kActive},
    {State::kLocked, Trigger::kConfirm, Actor::kRegistrar, State::kLocked},
    {State::kActive, Trigger::kLock, Actor::kSystem, State::kLocked},
    {State::kFrozen, Trigger::kLock, Actor::kSystem,
     State::kFrozen},  // guessing at a frozen account is counted, too
    {State::kLocked, Trigger::kUnlock, Actor::kOperator, State::kActive},
    {State::kLocked, Trigger::kUnlock, Actor::kSystem, State::kActive},  // a completed recovery
    {State::kActive, Trigger::kFreeze, Actor::kOwner, State::kFrozen},
    {State::kLocked, Trigger::kFreeze, Actor::kOwner, State::kFrozen},
    {State::kFrozen, Trigger::kFreeze, Actor::kOwner, State::kFrozen},
    {State::kFrozen, Trigger::kUnfreeze, Actor::kOwner, State::kActive},
    {State::kActive, Trigger::kReportDanger, Actor::kService, State::kFrozen},
    {State::kLocked, Trigger::kReportDanger, Actor::kService, State::kFrozen},
    {State::kFrozen, Trigger::kReportDanger, Actor::kService, State::kFrozen},
    {State::kBlocked, Trigger::kReportDanger, Actor::kService, State::kBlocked},
    {State::kFrozen, Trigger::kConfirmUnfreeze, Actor::kService, State::kActive},
    {State::kActive, Trigger::kBlock, Actor::kOperator, State::kBlocked},
    {State::kLocked, Trigger::kBlock, Actor::kOperator, State::kBlocked},
    {State::kFrozen, Trigger::kBlock, Actor::kOperator, State::kBlocked},
    {State::kBlocked, Trigger::kUnblock, Actor::kOperator, State::kActive},
    {State::kActive, Trigger::kDelete, Actor::kRegistrar, State::kDeleted},
    {State::kLocked, Trigger::kDelete, Actor::kRegistrar, State::kDeleted},
    {State::kFrozen, Trigger::kDelete, Actor::kRegistrar, State::kDeleted},
    {State::kActive, Trigger::kDelete, Actor::kOperator, State::kDeleted},
    {State::kLocked, Trigger::kDelete, Actor::kOperator, State::kDeleted},
    {State::kFrozen, Trigger::kDelete, Actor::kOperator, State::kDeleted},
    {State::kBlocked, Trigger::kDelete, Actor::kOperator, State::kDeleted},
};

bool InForce(const std::optional<absl::Time>& until, absl::Time now) {
  return until.has_value() && now < *until;
}

absl::Time Later(const std::optional<absl::Time>& present, absl::Time until, absl::Time now) {
  return InForce(present, now) ? std::max(*present, until) : until;
}

}  // namespace

State StateAt(const Account& account, absl::Time now) {
  if (account.deleted) return State::kDeleted;
  if (account.block_reason.has_value()) return State::kBlocked;
  if (InForce(account.owner_freeze_until, now) || InForce(account.danger_freeze_until, now))
    return State::kFrozen;
  if (account.lock.has_value() && now < account.lock->until) return State::kLocked;
  return State::kActive;
}

absl::string_view StateName(State state) {
  switch (state) {
    case State::kActive:
      return "ACTIVE";
    case State::kLocked:
      return "LOCKED";
    case State::kFrozen:
      return "FROZEN";
    case State::kBlocked:
      return "BLOCKED";
    case State::kDeleted:
      return "DELETED";
  }
  return "";
}

Level LevelOf(const Account& account) {
  if (account.confirmed.has_value()) return Level::kConfirmed;
  const Person& p = account.person;
  const bool known = !p.first_name.empty() && !p.last_name.empty() && p.birth.has_value() &&
                     !p.snils.empty() && p.document.has_value();
  return known ? Level::kStandard : Level::kSimplified;
}

absl::Time FrozenUntil(const Account& account, absl::Time now) {
  absl::Time until = absl::InfinitePast();
  if (InForce(account.owner_freeze_until, now)) until = std::max(until, *account.owner_freeze_until);
  if (InForce(account.danger_freeze_until, now)) until = std::max(until, *account.danger_freeze_until);
  return until;
}

absl::Span<const Transition> Transitions() { return kTransitions; }

absl::Status Allowed(const Account& account, Trigger trigger, Actor actor, absl::Time now) {
  const State state = StateAt(account, now);
  const bool listed = std::any_of(std::begin(kTransitions), std::end(kTransitions), [&](const Transition& t) {
    return t.from == state && t.trigger == trigger && t.actor == actor;
  });
  if (listed) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                "the account's state does not allow this")
      .With("state", StateName(state));
}

absl::StatusOr<Account> ConfirmBy(Account account, Confirmed how, Document document, absl::Time now) {
  TRY(Allowed(account, Trigger::kConfirm, Actor::kRegistrar, now));
  const std::optional<Document>& known = account.person.document;
  const bool same =
      !known.has_value() || (known->type == document.type && known->Number() == document.Number());
  if (!same && how.method != Confirmation::kServiceCentre) {
    return InvalidField("document", "DOCUMENT_DIFFERS",
                        "another document is on file; a service centre or an operator replaces it");
  }
  account.person.document = std::move(document);
  account.confirmed.reset();
  if (LevelOf(account) != Level::kStandard) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNotEligible, "registration data is missing")
        .Unmet("REGISTRATION_DATA_MISSING", account.id.Name(),
               "first name, last name, birth date and SNILS are needed");
  }
  account.confirmed = std::move(how);
  return account;
}

absl::StatusOr<Account> LockUntil(Account account, Lock lock, absl::Time now) {
  TRY(Allowed(account, Trigger::kLock, Actor::kSystem, now));
  account.lock = std::move(lock);
  return account;
}

absl::StatusOr<Account> Unlock(Account account, Actor actor, absl::Time now) {
  TRY(Allowed(account, Trigger::kUnlock, actor, now));
  account.lock.reset();
  return account;
}

absl::StatusOr<Account> Freeze(Account account, absl::Time until, absl::Time now) {
  TRY(Allowed(account, Trigger::kFreeze, Actor::kOwner, now));
  account.owner_freeze_until = Later(account.owner_freeze_until, until, now);
  return account;
}

absl::StatusOr<Account> Unfreeze(Account account, absl::Time now) {
  TRY(Allowed(account, Trigger::kUnfreeze, Actor::kOwner, now));
  if (!InForce(account.owner_freeze_until, now)) return RequireState(account, {State::kActive}, now);
  account.owner_freeze_until.reset();
  return account;
}

absl::StatusOr<Account> ReportDanger(Account account, absl::Time until, absl::Time now) {
  TRY(Allowed(account, Trigger::kReportDanger, Actor::kService, now));
  account.danger_freeze_until = Later(account.danger_freeze_until, until, now);
  return account;
}

absl::StatusOr<Account> EndFreezes(Account account, absl::Time now) {
  TRY(Allowed(account, Trigger::kConfirmUnfreeze, Actor::kService, now));
  account.owner_freeze_until.reset();
  account.danger_freeze_until.reset();
  return account;
}

absl::StatusOr<Account> Block(Account account, std::string reason, absl::Time now) {
  TRY(Allowed(account, Trigger::kBlock, Actor::kOperator, now));
  account.block_reason = std::move(reason);
  return account;
}

absl::StatusOr<Account> Unblock(Account account, absl::Time now) {
  TRY(Allowed(account, Trigger::kUnblock, Actor::kOperator, now));
  account.block_reason.reset();
  return account;
}

absl::Status CheckMayDelete(const Account& account, Actor actor, absl::Time now) {
  TRY(Allowed(account, Trigger::kDelete, actor, now));
  if (actor == Actor::kOperator || !InForce(account.danger_freeze_until, now)) return absl::OkStatus();
  return RequireState(account, {}, now);
}

absl::Status RequireState(const Account& account, std::initializer_list<State> allowed, absl::Time now) {
  const State state = StateAt(account, now);
  if (std::find(allowed.begin(), allowed.end(), state) != allowed.end()) return absl::OkStatus();
  const auto refuse = [](Reason reason, absl::string_view sentence) {
    return Refuse(absl::StatusCode::kFailedPrecondition, reason, sentence);
  };
  switch (state) {
    case State::kActive:
      break;
    case State::kLocked:
      return refuse(Reason::kAccountLocked, "the account is locked after wrong passwords")
          .RetryAfter(account.lock->until - now);
    case State::kFrozen: {
      Refusal refusal = refuse(Reason::kAccountFrozen, "the account is frozen");
      const absl::Time until = FrozenUntil(account, now);
      if (until != absl::InfiniteFuture()) refusal.RetryAfter(until - now);
      return refusal;
    }
    case State::kBlocked:
      return refuse(Reason::kAccountBlocked, "the account is blocked");
    case State::kDeleted:
      return refuse(Reason::kAccountDeleted, "the account has been erased");
  }
  return refuse(Reason::kStateTransitionNotAllowed, "the account's state does not allow this")
      .With("state", StateName(state));
}

}  // namespace tc::identity

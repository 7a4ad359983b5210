#pragma once

// Account: who somebody is to the state, and what may be done with it now. Pure values and rules.
//
// What stands against an account (block, freezes, lock) are separate facts, so that none is lost under
// another; its state is the gravest of those in force: DELETED, BLOCKED, FROZEN, LOCKED, else ACTIVE. Freezes
// and locks end by the clock at every read. Which trigger of which actor is allowed in which state is one
// table, Transitions().

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/id.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/person.h"

namespace tc::identity {

// The numbers are those on disk and of the public enums.
enum class AccountType { kPersonal = 1, kLegalEntity = 2, kSoleProprietor = 3, kPrivileged = 4 };
enum class Level { kSimplified = 1, kStandard = 2, kConfirmed = 3 };
enum class Confirmation { kServiceCentre = 1, kPostalCode = 2, kOnlineBank = 3, kElectronicSignature = 4 };
enum class State { kActive = 1, kLocked = 2, kFrozen = 3, kBlocked = 4, kDeleted = 5 };

inline constexpr State kStates[] = {State::kActive, State::kLocked, State::kFrozen, State::kBlocked,
                                    State::kDeleted};

struct Confirmed {
  Confirmation method = Confirmation::kServiceCentre;
  absl::Time at;
  std::string reference;  // the case's number on the side of whoever confirmed
  friend bool operator==(const Confirmed&, const Confirmed&) = default;
};

// Sign-in by password is closed until then (R11).
struct Lock {
  absl::Time until;
  std::string number;  // eight digits, for the support
  friend bool operator==(const Lock&, const Lock&) = default;
};

struct Account {
  AccountId id;
  AccountType type = AccountType::kPersonal;
  Person person;
  std::string organization;
  std::string locale = "ru";
  Email email;  // confirmed, or empty
  std::optional<Confirmed> confirmed;

  std::optional<Lock> lock;
  std::optional<absl::Time> owner_freeze_until;   // InfiniteFuture: until the owner lifts it
  std::optional<absl::Time> danger_freeze_until;  // L10, R6
  std::optional<std::string> block_reason;
  bool deleted = false;

  bool had_main_phone = false;                      // a further one is a change (I3)
  std::optional<absl::Time> main_phone_changed_at;  // in the cabinet
  std::optional<absl::Time> restricted_until;    // no change of phone and e-mail in the cabinet (guarded.h)
  std::optional<absl::Time> phone_permit_until;  // one confirmed change of the main number (guarded.h)
  int64_t version = 0;
  absl::Time created_at;
  absl::Time updated_at;

  friend bool operator==(const Account&, const Account&) = default;
};

State StateAt(const Account& account, absl::Time now);
absl::string_view StateName(State state);  // "ACTIVE"
// CONFIRMED when somebody confirmed it, STANDARD when names, birth date, SNILS and a document are on file.
Level LevelOf(const Account& account);
// The end of the freeze in force that lasts longest.
absl::Time FrozenUntil(const Account& account, absl::Time now);

enum class Trigger {
  kConfirm,
  kLock,
  kUnlock,
  kFreeze,           // by its owner
  kUnfreeze,         // the owner's own freeze
  kReportDanger,     // freeze by a danger report or a recovery refused as fraud
  kConfirmUnfreeze,  // a recovery of purpose UNFREEZE has come to its end: every freeze
  kBlock,
  kUnblock,
  kDelete,
};
enum class Actor {
  kOwner,
  kService,
  kOperator,
  kRegistrar,
  kSystem
};  // registrar: who may confirm or register

struct Transition {
  State from;
  Trigger trigger;
  Actor actor;
  State to;  // when nothing else stands against the account
};
absl::Span<const Transition> Transitions();

// OK, or FAILED_PRECONDITION / STATE_TRANSITION_NOT_ALLOWED with metadata "state".
absl::Status Allowed(const Account& account, Trigger trigger, Actor actor, absl::Time now);

// The account after the trigger, or the refusal of Allowed. None changes version or updated_at: the store
// does.
// Another document than the one on file is taken from a service centre only, where an officer holds it in his
// hands (I5): INVALID_ARGUMENT / FIELD_INVALID with DOCUMENT_DIFFERS of "document" from everybody else.
absl::StatusOr<Account> ConfirmBy(Account account, Confirmed how, Document document, absl::Time now);
absl::StatusOr<Account> LockUntil(Account account, Lock lock, absl::Time now);
absl::StatusOr<Account> Unlock(Account account, Actor actor, absl::Time now);
// Of two freezes of one cause the later end counts.
absl::StatusOr<Account> Freeze(Account account, absl::Time until, absl::Time now);
// ACCOUNT_FROZEN with RetryInfo when only a danger freeze holds: its owner, or who speaks as him, cannot lift
// that.
absl::StatusOr<Account> Unfreeze(Account account, absl::Time now);
absl::StatusOr<Account> ReportDanger(Account account, absl::Time until, absl::Time now);
absl::StatusOr<Account> EndFreezes(Account account, absl::Time now);  // whoever's they are
absl::StatusOr<Account> Block(Account account, std::string reason, absl::Time now);
absl::StatusOr<Account> Unblock(Account account, absl::Time now);

// May it be erased? After a danger report by an operator only: ACCOUNT_FROZEN for everybody else.
absl::Status CheckMayDelete(const Account& account, Actor actor, absl::Time now);

// OK when the state is one of `allowed`; otherwise FAILED_PRECONDITION with the state's own reason
// (ACCOUNT_LOCKED and ACCOUNT_FROZEN with RetryInfo where they end by themselves).
absl::Status RequireState(const Account& account, std::initializer_list<State> allowed, absl::Time now);

}  // namespace tc::identity

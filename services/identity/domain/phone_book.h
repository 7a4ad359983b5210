#pragma once

// Phones of an account: who may bind which number, when, and what becomes of a released one (I1–I4). Pure.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "common/base/phone.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/policy.h"

namespace tc::identity {

struct PhoneTag {
  static constexpr char kCollection[] = "phones";
  static constexpr char kField[] = "name";
};
using PhoneId = Id<PhoneTag>;

// The numbers are those on disk and of the public enums.
enum class PhoneKind { kMain = 1, kAdditional = 2, kSecondFactor = 3 };
enum class PhoneState { kPending = 1, kBound = 2, kReleased = 3, kScheduled = 4 };

// How long a number or an e-mail address may wait for its code, all resends included.
inline constexpr absl::Duration kPendingLifetime = absl::Hours(1);

struct OwnedPhone {
  AccountId account;
  PhoneId id;
  Phone number;
  PhoneKind kind = PhoneKind::kMain;
  PhoneState state = PhoneState::kPending;
  std::string title;
  absl::Time created_at;
  std::optional<absl::Time> bound_at;
  std::optional<absl::Time> released_at;
  std::optional<absl::Time> effective_at;  // set while kScheduled
  std::optional<absl::Time> proved_at;     // to the bank or the post that imported it

  // accounts/{account}/phones/{phone}
  std::string Name() const { return account.Name() + "/" + id.Name(); }
  bool PendingAt(absl::Time now) const {
    return state == PhoneState::kPending && now < created_at + kPendingLifetime;
  }
  friend bool operator==(const OwnedPhone&, const OwnedPhone&) = default;
};

struct PhoneName {
  AccountId account;
  PhoneId phone;
};
// "accounts/42/phones/7". INVALID_ARGUMENT / NAME_INVALID.
absl::StatusOr<PhoneName> ParsePhoneName(absl::string_view name, absl::string_view field = "name");

const OwnedPhone* MainPhone(const std::vector<OwnedPhone>& phones);  // bound; null when there is none

// Who has a number, or had it last.
struct Holder {
  AccountId account;
  PhoneId phone;
  std::optional<absl::Time> released_at;  // unset: has it now
  friend bool operator==(const Holder&, const Holder&) = default;
};

// May this account of this type have one more number of this kind, given those bound now? INVALID_ARGUMENT /
// FIELD_INVALID with PHONE_KIND_NOT_ALLOWED, or FAILED_PRECONDITION / STATE_TRANSITION_NOT_ALLOWED when there
// are too many.
absl::Status CheckKind(AccountType type, PhoneKind kind, const std::vector<OwnedPhone>& phones);

// May the main number be changed in the cabinet now? The first one is no change. PHONE_CHANGE_TOO_SOON with
// RetryInfo.
absl::Status CheckChangeInterval(const Account& account, const PhonePolicy& policy, absl::Time now);

// May the account take this number, given who holds it? PHONE_BUSY, or PHONE_QUARANTINED with RetryInfo. Said
// only to whom has proved possession (IDN-03). One's own released number is free at once.
absl::Status CheckFree(const std::optional<Holder>& holder, const AccountId& account,
                       const PhonePolicy& policy, absl::Time now);

}  // namespace tc::identity

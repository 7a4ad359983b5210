#pragma once

// Sign-in by password: wrong ones in a row are counted by account and lock it for a time (I6, R11, IDN-11).
// Pure.

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/policy.h"

namespace tc::identity {

struct SignIn {
  int wrong = 0;  // passwords and codes in a row, since the last complete sign-in or the last lock
  int locks = 0;  // in a row, since the last complete sign-in
  friend bool operator==(const SignIn&, const SignIn&) = default;
};

// May the password of this account be judged now? Not while a lock is in force, nor for a blocked or erased
// account. A frozen one may: its owner must get in to lift the freeze.
bool MaySignIn(const Account& account, absl::Time now);

struct WrongPassword {
  SignIn next;
  std::optional<absl::Duration> lock_for;  // lock the account now
};
WrongPassword CountWrong(SignIn sign_in, const SignInPolicy& policy);
// After a complete sign-in or a new password. Not after a right password that waits for a second factor: who
// knows the password would have as many guesses at the code as he likes.
inline SignIn CountRight() { return {}; }

// From then on only a change is allowed; InfiniteFuture: never (PWD-13).
absl::Time PasswordExpiry(absl::Time set_at, const PasswordPolicy& policy);

// When its owner is told that a password will expire: 14, 7 and 1 day before, ascending, only those after
// `set_at`; none where passwords do not expire (PWD-13).
std::vector<absl::Time> ExpiryWarnings(absl::Time set_at, const PasswordPolicy& policy);

}  // namespace tc::identity

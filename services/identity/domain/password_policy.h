#pragma once

// Password policy (I6, PWD-01 to 04): every broken rule at once, each with a sentence. What was used before
// is judged elsewhere, since only hashes of it exist. Letters of every script are letters; length is counted
// in characters of the NFC form. Pure.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/base/refusal.h"
#include "common/base/secret.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/blocklist.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/domain/policy.h"

namespace tc::identity {

// The numbers are those of the public enum.
enum class PasswordRule {
  kTooShort = 1,
  kTooLong = 2,
  kNoUpper = 3,
  kNoLower = 4,
  kNoDigit = 5,
  kNoSpecial = 6,
  kSpace = 7,
  kControl = 8,
  kSequence = 9,
  kRepeat = 10,
  kPersonal = 11,
  kCommon = 12,
  kReused = 13,
};

struct PasswordViolation {
  PasswordRule rule;
  std::string sentence;
};

absl::string_view RuleName(PasswordRule rule);  // "PASSWORD_TOO_SHORT"
PasswordViolation Violated(PasswordRule rule, const PasswordPolicy& policy);

// Words that a password must not contain, folded: account id, mailbox name, names; digits of phones and birth
// date.
struct PersonalWords {
  std::vector<std::string> words;
  std::vector<std::string> digits;
};
// Composed ones (anna-maria, ivan.petrov77) also in their parts of four or more letters, dates in several
// spellings.
PersonalWords PersonalWordsOf(const Account& account, const std::vector<OwnedPhone>& phones);

// The form in which passwords are judged and hashed: NFC.
Secret NormalisedPassword(const Secret& typed);

// Each broken rule once, ascending; never kReused. `blocklist`: an operator's own, besides the built-in lists
// (common_passwords.h); null: none.
std::vector<PasswordViolation> CheckPassword(const Secret& normalised, const PasswordPolicy& policy,
                                             const PersonalWords& personal,
                                             const Blocklist* blocklist = nullptr);

// INVALID_ARGUMENT / PASSWORD_POLICY_VIOLATED with one violation of `field` a rule.
absl::Status PolicyRefusal(const std::vector<PasswordViolation>& violations, absl::string_view field);

}  // namespace tc::identity

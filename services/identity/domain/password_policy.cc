#include "services/identity/domain/password_policy.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/identity/domain/common_passwords.h"
#include "services/identity/domain/text.h"

namespace tc::identity {
namespace {

using Points = std::vector<char32_t>;

constexpr size_t kShortestWord = 3;  // shorter personal words would forbid too much
constexpr size_t kPhoneDigits = 5;   // so many digits of a phone in a row are a part of it
constexpr std::array<std::u32string_view, 7> kKeyboardRows = {
    U"1234567890", U"qwertyuiop", U"asdfghjkl", U"zxcvbnm", U"йцукенгшщзхъ", U"фывапролджэ", U"ячсмитьбю"};

bool Has(const Points& points, bool (*is)(char32_t)) { return std::any_of(points.begin(), points.end(), is); }
bool IsSpecial(char32_t c) {
  return !IsLetter(c) && !IsDigit(c) && !IsSpace(c) && !IsControl(c) && !IsMark(c);
}

// +1 or -1 when b follows or precedes a in an alphabet or among the digits, else 0.
int AlphabetStep(char32_t a, char32_t b) {
  const bool alike = (IsLetter(a) && IsLetter(b)) || (IsDigit(a) && IsDigit(b));
  if (!alike) return 0;
  if (b == a + 1) return 1;
  return a == b + 1 ? -1 : 0;
}

int KeyboardStep(char32_t a, char32_t b) {
  for (const std::u32string_view row : kKeyboardRows) {
    const size_t i = row.find(a);
    const size_t j = row.find(b);
    if (i == std::u32string_view::npos || j == std::u32string_view::npos) continue;
    if (j == i + 1) return 1;
    if (i == j + 1) return -1;
  }
  return 0;
}

bool HasRun(const Points& folded, int run, int (*step)(char32_t, char32_t)) {
  int length = 1;
  int direction = 0;
  for (size_t i = 1; i < folded.size(); ++i) {
    const int next = step(folded[i - 1], folded[i]);
    length = next == 0 ? 1 : (next == direction ? length + 1 : 2);
    direction = next;
    if (length >= run) return true;
  }
  return false;
}

bool HasSequence(const Points& folded, int run) {
  return run > 0 && (HasRun(folded, run, AlphabetStep) || HasRun(folded, run, KeyboardStep));
}

bool HasRepeat(const Points& points, int most) {
  int length = 1;
  for (size_t i = 1; i < points.size(); ++i) {
    length = points[i] == points[i - 1] ? length + 1 : 1;
    if (most > 0 && length > most) return true;
  }
  return false;
}

std::string Only(const Points& points, bool (*is)(char32_t)) {
  Points kept;
  std::copy_if(points.begin(), points.end(), std::back_inserter(kept), is);
  return FromCodePoints(kept);
}

bool HasPersonalPart(const std::string& folded, const std::string& digits, const PersonalWords& personal) {
  for (const std::string& word : personal.words) {
    if (absl::StrContains(folded, word)) return true;
  }
  for (const std::string& number : personal.digits) {
    const size_t part =
        number.size() > 8 ? kPhoneDigits : number.size();  // a date counts as a whole, a phone in parts
    for (size_t i = 0; i + part <= number.size(); ++i) {
      if (absl::StrContains(digits, number.substr(i, part))) return true;
    }
  }
  return false;
}

// Is `text` nothing but listed words, one after another?
bool MadeOf(const std::string& text, const std::vector<std::string>& words,
            bool (*listed)(absl::string_view)) {
  if (text.empty()) return false;
  std::vector<bool> reached(text.size() + 1, false);
  reached[0] = true;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!reached[i]) continue;
    const absl::string_view rest = absl::string_view(text).substr(i);
    for (const std::string& word : words) {
      if (absl::StartsWith(rest, word)) reached[i + word.size()] = true;
    }
    for (size_t n = 3; n <= std::min(rest.size(), kLongestCommonPassword); ++n) {
      if (listed(rest.substr(0, n))) reached[i + n] = true;
    }
  }
  return reached[text.size()];
}

bool IsCommon(const Points& folded, const PersonalWords& personal) {
  const std::string letters = Only(folded, IsLetter);
  const std::string digits = Only(folded, IsDigit);
  if (IsCommonPassword(FromCodePoints(folded))) return true;
  if (!letters.empty()) return MadeOf(letters, personal.words, IsCommonPassword);
  return MadeOf(digits, personal.digits, IsCommonPassword);
}

void AddWord(PersonalWords& personal, absl::string_view text) {
  std::string word = Folded(text);
  if (CodePoints(word).size() >= kShortestWord) personal.words.push_back(std::move(word));
}

void AddDate(PersonalWords& personal, absl::CivilDay day) {
  const auto two = [](int64_t n) { return absl::StrCat(absl::Dec(n, absl::kZeroPad2)); };
  const std::string year = absl::StrCat(day.year());
  personal.digits.push_back(absl::StrCat(two(day.day()), two(day.month()), year));
  personal.digits.push_back(absl::StrCat(year, two(day.month()), two(day.day())));
  personal.digits.push_back(absl::StrCat(two(day.day()), two(day.month()), two(day.year() % 100)));
  personal.digits.push_back(year);
}

}  // namespace

absl::string_view RuleName(PasswordRule rule) {
  switch (rule) {
    case PasswordRule::kTooShort:
      return "PASSWORD_TOO_SHORT";
    case PasswordRule::kTooLong:
      return "PASSWORD_TOO_LONG";
    case PasswordRule::kNoUpper:
      return "PASSWORD_NO_UPPER";
    case PasswordRule::kNoLower:
      return "PASSWORD_NO_LOWER";
    case PasswordRule::kNoDigit:
      return "PASSWORD_NO_DIGIT";
    case PasswordRule::kNoSpecial:
      return "PASSWORD_NO_SPECIAL";
    case PasswordRule::kSpace:
      return "PASSWORD_SPACE";
    case PasswordRule::kControl:
      return "PASSWORD_CONTROL";
    case PasswordRule::kSequence:
      return "PASSWORD_SEQUENCE";
    case PasswordRule::kRepeat:
      return "PASSWORD_REPEAT";
    case PasswordRule::kPersonal:
      return "PASSWORD_PERSONAL";
    case PasswordRule::kCommon:
      return "PASSWORD_COMMON";
    case PasswordRule::kReused:
      return "PASSWORD_REUSED";
  }
  return "";
}

PasswordViolation Violated(PasswordRule rule, const PasswordPolicy& policy) {
  switch (rule) {
    case PasswordRule::kTooShort:
      return {rule, absl::StrCat("use at least ", policy.min_length, " characters")};
    case PasswordRule::kTooLong:
      return {rule, absl::StrCat("use at most ", policy.max_length, " characters")};
    case PasswordRule::kNoUpper:
      return {rule, "add an upper-case letter"};
    case PasswordRule::kNoLower:
      return {rule, "add a lower-case letter"};
    case PasswordRule::kNoDigit:
      return {rule, "add a digit"};
    case PasswordRule::kNoSpecial:
      return {rule, "add a special character such as ! or %"};
    case PasswordRule::kSpace:
      return {rule, "leave out spaces and tabs"};
    case PasswordRule::kControl:
      return {rule, "leave out control characters"};
    case PasswordRule::kSequence:
      return {rule, absl::StrCat("leave out runs of ", policy.sequence_run,
                                 " neighbours such as 1234, abcd or qwer")};
    case PasswordRule::kRepeat:
      return {rule, absl::StrCat("repeat a character at most ", policy.repeat_max, " times in a row")};
    case PasswordRule::kPersonal:
      return {rule, "leave out your name, e-mail address, phone and birth date"};
    case PasswordRule::kCommon:
      return {rule, "choose a password that is not among the commonest ones"};
    case PasswordRule::kReused:
      return {rule, "choose a password that you have not used before"};
  }
  return {rule, ""};
}

PersonalWords PersonalWordsOf(const Account& account, const std::vector<OwnedPhone>& phones) {
  PersonalWords personal;
  AddWord(personal, account.id.text());
  AddWord(personal, account.person.first_name);
  AddWord(personal, account.person.last_name);
  AddWord(personal, account.person.patronymic);
  if (account.email.has_value()) AddWord(personal, account.email.Local());
  if (account.person.birth.has_value()) AddDate(personal, *account.person.birth);
  for (const OwnedPhone& phone : phones) {
    if (phone.state == PhoneState::kBound) personal.digits.push_back(phone.number.e164().substr(2));
  }
  return personal;
}

Secret NormalisedPassword(const Secret& typed) { return Secret(Nfc(typed.Reveal())); }

std::vector<PasswordViolation> CheckPassword(const Secret& normalised, const PasswordPolicy& policy,
                                             const PersonalWords& personal) {
  const Points points = CodePoints(normalised.Reveal());
  const std::string folded_text = Folded(normalised.Reveal());
  const Points folded = CodePoints(folded_text);
  std::vector<PasswordViolation> violations;
  const auto refuse = [&](bool broken, PasswordRule rule) {
    if (broken) violations.push_back(Violated(rule, policy));
  };
  refuse(points.size() < static_cast<size_t>(policy.min_length), PasswordRule::kTooShort);
  refuse(points.size() > static_cast<size_t>(policy.max_length), PasswordRule::kTooLong);
  refuse(policy.classes && !Has(points, IsUpper), PasswordRule::kNoUpper);
  refuse(policy.classes && !Has(points, IsLower), PasswordRule::kNoLower);
  refuse(policy.classes && !Has(points, IsDigit), PasswordRule::kNoDigit);
  refuse(policy.classes && !Has(points, IsSpecial), PasswordRule::kNoSpecial);
  refuse(!policy.spaces && Has(points, IsSpace), PasswordRule::kSpace);
  refuse(Has(points, IsControl) || (policy.spaces && std::count(points.begin(), points.end(), U'\t') > 0),
         PasswordRule::kControl);
  refuse(HasSequence(folded, policy.sequence_run), PasswordRule::kSequence);
  refuse(HasRepeat(points, policy.repeat_max), PasswordRule::kRepeat);
  refuse(policy.personal_parts && HasPersonalPart(folded_text, Only(folded, IsDigit), personal),
         PasswordRule::kPersonal);
  refuse(IsCommon(folded, policy.personal_parts ? PersonalWords() : personal), PasswordRule::kCommon);
  return violations;
}

absl::Status PolicyRefusal(const std::vector<PasswordViolation>& violations, absl::string_view field) {
  if (violations.empty()) return absl::OkStatus();
  Refusal refusal = Refuse(absl::StatusCode::kInvalidArgument, Reason::kPasswordPolicyViolated,
                           "the password breaks rules");
  for (const PasswordViolation& v : violations) refusal.Violation(field, RuleName(v.rule), v.sentence);
  return refusal;
}

}  // namespace tc::identity

#include "services/identity/domain/password_policy.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/identity/domain/common_passwords.h"
#include "services/identity/domain/neighbours.h"
#include "services/identity/domain/text.h"

namespace tc::identity {
namespace {

using Points = std::vector<char32_t>;

constexpr size_t kShortestWord = 3;  // shorter personal words would forbid too much
constexpr size_t kShortestPart = 4;  // of a composed one
constexpr size_t kPhoneDigits = 5;   // so many digits of a phone in a row are a part of it

bool Has(const Points& points, bool (*is)(char32_t)) { return std::any_of(points.begin(), points.end(), is); }
bool IsSpecial(char32_t c) {
  return !IsLetter(c) && !IsDigit(c) && !IsSpace(c) && !IsControl(c) && !IsMark(c);
}

bool HasSequence(const Points& folded, int run) {
  return run > 0 && OutsideRuns(folded, run) < folded.size();
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

// Is `text` nothing but these words, one after another?
bool MadeOf(const std::string& text, const std::vector<std::string>& words) {
  std::vector<bool> reached(text.size() + 1, false);
  reached[0] = true;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!reached[i]) continue;
    for (const std::string& word : words) {
      if (absl::StartsWith(absl::string_view(text).substr(i), word)) reached[i + word.size()] = true;
    }
  }
  return !text.empty() && reached[text.size()];
}

bool MadeOfPersonalData(const Points& folded, const PersonalWords& personal) {
  const std::string letters = Only(folded, IsLetter);
  return letters.empty() ? MadeOf(Only(folded, IsDigit), personal.digits) : MadeOf(letters, personal.words);
}

bool IsCommon(absl::string_view password, const Points& folded, const PasswordPolicy& policy,
              const PersonalWords& personal, const Blocklist* blocklist) {
  if (password.empty()) return false;  // that nothing is too short says enough
  return IsCommonPassword(ListForm(password), blocklist) ||
         (!policy.personal_parts && MadeOfPersonalData(folded, personal));
}

// The text and, where it is composed like anna-maria or ivan.petrov77, its longer parts.
void AddWord(PersonalWords& personal, absl::string_view text) {
  const Points word = CodePoints(Folded(text));
  if (word.size() < kShortestWord) return;
  personal.words.push_back(FromCodePoints(word));
  for (size_t begin = 0, end = 0; begin < word.size(); begin = end + 1) {
    for (end = begin; end < word.size() && IsLetter(word[end]);) ++end;
    if (end - begin < kShortestPart || end - begin == word.size()) continue;
    personal.words.push_back(FromCodePoints(
        Points(word.begin() + static_cast<ptrdiff_t>(begin), word.begin() + static_cast<ptrdiff_t>(end))));
  }
}

void AddDate(PersonalWords& personal, absl::CivilDay date) {
  const auto two = [](int64_t n) { return absl::StrCat(absl::Dec(n, absl::kZeroPad2)); };
  const std::string day = two(date.day());
  const std::string month = two(date.month());
  const std::string year = absl::StrCat(date.year());
  const std::string short_year = two(date.year() % 100);
  for (std::string spelling :
       {day + month + year, year + month + day, month + day + year, day + month + short_year,
        short_year + month + day, absl::StrCat(date.day(), date.month(), short_year), day + month, year}) {
    personal.digits.push_back(std::move(spelling));
  }
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
      return {rule, "add a digit from 0 to 9"};
    case PasswordRule::kNoSpecial:
      return {rule, "add a special character such as ! or %"};
    case PasswordRule::kSpace:
      return {rule, "leave out spaces and tabs"};
    case PasswordRule::kControl:
      return {rule, "leave out line breaks, tabs and other characters that cannot be seen"};
    case PasswordRule::kSequence:
      return {rule, absl::StrCat("leave out runs of ", policy.sequence_run,
                                 " or more neighbours such as 1234, abcd or qwer, in either direction")};
    case PasswordRule::kRepeat:
      return {rule, absl::StrCat("repeat a character at most ", policy.repeat_max, " times in a row")};
    case PasswordRule::kPersonal:
      return {rule, "leave out your account name, names, e-mail address, phone and birth date"};
    case PasswordRule::kCommon:
      return {rule, policy.classes
                        ? "this one is among the first to be guessed: choose one that is not a common "
                          "word, name or keyboard pattern with some characters added"
                        : "this one is among the first to be guessed: put three or more unrelated words "
                          "together, none of them your own data"};
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
                                             const PersonalWords& personal, const Blocklist* blocklist) {
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
  refuse(IsCommon(normalised.Reveal(), folded, policy, personal, blocklist), PasswordRule::kCommon);
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

#include "services/identity/domain/person.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "services/identity/domain/text.h"

namespace tc::identity {
namespace {

bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsZero(absl::string_view text) { return text.find_first_not_of('0') == absl::string_view::npos; }

bool AllDigits(absl::string_view text, size_t n) {
  return text.size() == n && std::all_of(text.begin(), text.end(), IsDigit);
}

int DigitAt(absl::string_view digits, size_t i) { return digits[i] - '0'; }

template <size_t N>
int Weighted(absl::string_view digits, const std::array<int, N>& weights) {
  int sum = 0;
  for (size_t i = 0; i < N; ++i) sum += DigitAt(digits, i) * weights[i];
  return sum;
}

bool SnilsChecks(absl::string_view digits) {
  if (digits.substr(0, 9) == "000000000") return false;
  if (digits.substr(0, 9) <= "001001998") return true;  // older numbers have no check digits
  const int sum = Weighted<9>(digits, {9, 8, 7, 6, 5, 4, 3, 2, 1}) % 101;
  return (sum == 100 ? 0 : sum) == DigitAt(digits, 9) * 10 + DigitAt(digits, 10);
}

bool InnChecks(absl::string_view digits) {
  if (IsZero(digits)) return false;
  if (digits.size() == 10)
    return Weighted<9>(digits, {2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == DigitAt(digits, 9);
  return Weighted<10>(digits, {7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == DigitAt(digits, 10) &&
         Weighted<11>(digits, {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}) % 11 % 10 == DigitAt(digits, 11);
}

// What a document of one type bears; why it is refused, when it is.
struct Expected {
  bool series;
  const char* series_sentence;
  bool number;
  const char* number_sentence;
};

Expected ExpectedOf(DocumentType type, absl::string_view series, absl::string_view number) {
  switch (type) {
    case DocumentType::kRfPassport:
      return {AllDigits(series, 4), "the series of a Russian passport has four digits: 4509",
              AllDigits(number, 6), "the number of a Russian passport has six digits: 123456"};
    case DocumentType::kForeignPassport:
      return {
          series.empty(), "a foreign passport has no series: write all of it as the number",
          number.size() >= 5 && number.size() <= 20 &&
              std::all_of(number.begin(), number.end(), [](char c) { return IsCapital(c) || IsDigit(c); }),
          "the number of a passport has 5 to 20 Latin capitals and digits"};
    case DocumentType::kResidencePermit:
      return {AllDigits(series, 2), "the series of a residence permit has two digits: 82",
              AllDigits(number, 7), "the number of a residence permit has seven digits: 1234567"};
  }
  return {false, "there is no such type of document", false, "there is no such type of document"};
}

}  // namespace

bool SamePerson(const Person& a, const Person& b) {
  if (!a.snils.empty() && a.snils == b.snils) return true;
  return a.document.has_value() && b.document.has_value() && a.document->type == b.document->type &&
         a.document->Number() == b.document->Number();
}

absl::StatusOr<std::string> ParseSnils(absl::string_view text, absl::string_view field) {
  std::string digits(text);
  if (text.size() == 14 && text[3] == '-' && text[7] == '-' && text[11] == ' ') {
    digits = absl::StrCat(text.substr(0, 3), text.substr(4, 3), text.substr(8, 3), text.substr(12, 2));
  }
  if (!AllDigits(digits, 11)) {
    return InvalidField(field, "SNILS_FORMAT", "a SNILS has eleven digits: 12345678964 or 123-456-789 64");
  }
  if (!SnilsChecks(digits))
    return InvalidField(field, "SNILS_CHECK_DIGITS",
                        "there is no such SNILS: the last two digits do not fit");
  return digits;
}

absl::StatusOr<std::string> ParseCountry(absl::string_view text, absl::string_view field) {
  if (text.size() != 2 || !std::all_of(text.begin(), text.end(), IsCapital)) {
    return InvalidField(field, "COUNTRY_FORMAT",
                        "write the country's two capital Latin letters, such as RU or KZ");
  }
  for (const char* const* country = uloc_getISOCountries(); *country != nullptr; ++country) {
    if (text == *country) return std::string(text);
  }
  return InvalidField(field, "COUNTRY_UNKNOWN",
                      "there is no such country: write its two letters of ISO 3166-1, such as RU or KZ");
}

absl::StatusOr<std::string> ParseInn(absl::string_view text, absl::string_view field) {
  if (!AllDigits(text, 10) && !AllDigits(text, 12)) {
    return InvalidField(field, "INN_FORMAT", "an INN has ten digits (an organisation) or twelve (a person)");
  }
  if (!InnChecks(text))
    return InvalidField(field, "INN_CHECK_DIGITS", "there is no such INN: its last digits do not fit");
  return std::string(text);
}

absl::StatusOr<std::string> ParsePersonName(absl::string_view text, absl::string_view field) {
  const std::string name = Nfc(absl::StripAsciiWhitespace(text));
  const std::vector<char32_t> points = CodePoints(name);
  if (points.empty()) return InvalidField(field, "NAME_EMPTY", "the name is missing");
  if (points.size() > 100) return InvalidField(field, "NAME_TOO_LONG", "a name has at most 100 characters");
  const bool good =
      IsLetter(points.front()) && std::all_of(points.begin(), points.end(), [](char32_t c) {
        return IsLetter(c) || IsMark(c) || c == U' ' || c == U'-' || c == U'\'' || c == U'\u2019';
      });
  if (!good)
    return InvalidField(field, "NAME_CHARACTERS", "a name has letters, spaces, hyphens and apostrophes only");
  return name;
}

absl::StatusOr<absl::CivilDay> ParseDate(int year, int month, int day, absl::string_view field) {
  const absl::CivilDay date(year, month, day);
  if (year < 1900 || year > 9999 || date.year() != year || date.month() != month || date.day() != day) {
    return InvalidField(field, "DATE_INVALID", "there is no such date");
  }
  return date;
}

absl::Status CheckDocumentNumber(DocumentType type, absl::string_view series, absl::string_view number,
                                 absl::string_view field) {
  const Expected expected = ExpectedOf(type, series, number);
  const bool has_series = expected.series && (series.empty() || !IsZero(series));
  const bool has_number = expected.number && !IsZero(number);
  if (has_series && has_number) return absl::OkStatus();
  Refusal refusal =
      Refuse(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid, "the request has an invalid field");
  if (!has_series)
    refusal.Violation(absl::StrCat(field, ".series"), "DOCUMENT_SERIES", expected.series_sentence);
  if (!has_number)
    refusal.Violation(absl::StrCat(field, ".number"), "DOCUMENT_NUMBER", expected.number_sentence);
  return refusal;
}

}  // namespace tc::identity

#pragma once

// Person: registration data and what makes each part of it possible (I5, I9). Pure values.

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace tc::identity {

enum class Sex { kUnknown = 0, kMale = 1, kFemale = 2 };

enum class DocumentType { kRfPassport = 1, kForeignPassport = 2, kResidencePermit = 3 };

struct Document {
  DocumentType type = DocumentType::kRfPassport;
  std::string series;  // "4509"; empty where the type has none
  std::string number;  // "123456"
  absl::CivilDay issued;
  std::string issuer;
  // Series and number together: the same document is the same person (L6).
  std::string Number() const { return series + number; }
  friend bool operator==(const Document&, const Document&) = default;
};

struct Person {
  std::string first_name;
  std::string last_name;
  std::string patronymic;
  std::optional<absl::CivilDay> birth;
  Sex sex = Sex::kUnknown;
  std::string citizenship;  // ISO 3166-1 alpha-2
  std::string snils;        // eleven digits
  std::string inn;          // ten or twelve digits
  std::optional<Document> document;
  friend bool operator==(const Person&, const Person&) = default;
};

// The same living person: the same SNILS, or the same document of the same type (L6).
bool SamePerson(const Person& a, const Person& b);

// Each refuses with INVALID_ARGUMENT / FIELD_INVALID and one violation of `field`.
// SNILS_FORMAT, SNILS_CHECK_DIGITS. Takes "12345678964" and "123-456-789 64", gives eleven digits. Numbers up
// to 001-001-998 were issued before there were check digits: their last two digits are taken as they are.
absl::StatusOr<std::string> ParseSnils(absl::string_view text, absl::string_view field);
// COUNTRY_FORMAT: not two capital Latin letters; COUNTRY_UNKNOWN: no country of ISO 3166-1, as ICU lists them
// (withdrawn codes such as SU are none).
absl::StatusOr<std::string> ParseCountry(absl::string_view text, absl::string_view field);
// INN_FORMAT, INN_CHECK_DIGITS. Ten digits (an organisation's) or twelve (a person's).
absl::StatusOr<std::string> ParseInn(absl::string_view text, absl::string_view field);
// NAME_EMPTY, NAME_TOO_LONG, NAME_CHARACTERS: 1 to 100 letters, spaces, hyphens, apostrophes. Gives NFC.
absl::StatusOr<std::string> ParsePersonName(absl::string_view text, absl::string_view field);
// DATE_INVALID: no such day, or a year outside 1900–9999.
absl::StatusOr<absl::CivilDay> ParseDate(int year, int month, int day, absl::string_view field);
// DOCUMENT_SERIES and DOCUMENT_NUMBER by type, both when both are wrong: a Russian passport has four digits
// and six, a residence permit two and seven, a foreign passport no series and 5 to 20 Latin capitals and
// digits. Nothing but zeros is no number. The fields are `field`.series and `field`.number.
absl::Status CheckDocumentNumber(DocumentType type, absl::string_view series, absl::string_view number,
                                 absl::string_view field);

}  // namespace tc::identity

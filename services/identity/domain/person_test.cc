#include "services/identity/domain/person.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using tc::testing::IsOk;
using tc::testing::Violates;

TEST(ParseSnils, TakesBothForms) {
  EXPECT_EQ(ParseSnils("11223344595", "snils").value(), "11223344595");
  EXPECT_EQ(ParseSnils("112-233-445 95", "snils").value(), "11223344595");
}

struct Number {
  const char* text;
  const char* reason;  // null: good
};

class Snils : public ::testing::TestWithParam<Number> {};

TEST_P(Snils, IsJudgedByItsCheckDigits) {
  const auto parsed = ParseSnils(GetParam().text, "snils");
  if (GetParam().reason == nullptr) {
    EXPECT_THAT(parsed, IsOk());
  } else {
    EXPECT_THAT(parsed, Violates(GetParam().reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    I9, Snils,
    ::testing::Values(
        Number{"11223344595", nullptr}, Number{"12345678964", nullptr},
        Number{"08765430300", nullptr},  // sum 202
        Number{"16023030700", nullptr},  // sum 100
        Number{"16022033700", nullptr},  // sum 101
        Number{"16077865700", nullptr},  // sum 201
        Number{"00100199801", nullptr},  // the last one without check digits
        Number{"00100199700", nullptr}, Number{"00000000199", nullptr}, Number{"001-001-998 55", nullptr},
        Number{"00100199965", nullptr},  // the first one with them
        Number{"00100199966", "SNILS_CHECK_DIGITS"}, Number{"11223344596", "SNILS_CHECK_DIGITS"},
        Number{"12345678900", "SNILS_CHECK_DIGITS"}, Number{"21223344595", "SNILS_CHECK_DIGITS"},
        Number{"12123344595", "SNILS_CHECK_DIGITS"}, Number{"123-456-789 65", "SNILS_CHECK_DIGITS"},
        Number{"00000000000", "SNILS_CHECK_DIGITS"}, Number{"00000000001", "SNILS_CHECK_DIGITS"},
        Number{"1122334459", "SNILS_FORMAT"}, Number{"112233445950", "SNILS_FORMAT"},
        Number{"", "SNILS_FORMAT"}, Number{" 11223344595", "SNILS_FORMAT"},
        Number{"11223344595\n", "SNILS_FORMAT"}, Number{"112 233 445 95", "SNILS_FORMAT"},
        Number{"112-233-44595", "SNILS_FORMAT"}, Number{"1122334459A", "SNILS_FORMAT"},
        Number{"112-233-445-95", "SNILS_FORMAT"}, Number{"112-23A-445 95", "SNILS_FORMAT"},
        Number{"-11223344595", "SNILS_FORMAT"}, Number{"١١٢٢٣٣٤٤٥٩٥", "SNILS_FORMAT"}));

class Inn : public ::testing::TestWithParam<Number> {};

TEST_P(Inn, IsJudgedByItsCheckDigits) {
  const auto parsed = ParseInn(GetParam().text, "inn");
  if (GetParam().reason == nullptr) {
    EXPECT_THAT(parsed, IsOk());
  } else {
    EXPECT_THAT(parsed, Violates(GetParam().reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    I9, Inn,
    ::testing::Values(Number{"500100732259", nullptr}, Number{"7707083893", nullptr},
                      Number{"7830002293", nullptr}, Number{"7736050003", nullptr},
                      Number{"7704407589", nullptr}, Number{"7710140679", nullptr},
                      Number{"772053109496", nullptr}, Number{"773370857141", nullptr},
                      Number{"772053109467", "INN_CHECK_DIGITS"}, Number{"7736050004", "INN_CHECK_DIGITS"},
                      Number{"7770083893", "INN_CHECK_DIGITS"}, Number{"500100732258", "INN_CHECK_DIGITS"},
                      Number{"500100732269", "INN_CHECK_DIGITS"}, Number{"7707083894", "INN_CHECK_DIGITS"},
                      Number{"0000000000", "INN_CHECK_DIGITS"}, Number{"000000000000", "INN_CHECK_DIGITS"},
                      Number{"77070838930", "INN_FORMAT"}, Number{"770708389", "INN_FORMAT"},
                      Number{"", "INN_FORMAT"}, Number{" 7707083893", "INN_FORMAT"},
                      Number{"7707-083893", "INN_FORMAT"}, Number{"5001007322590", "INN_FORMAT"},
                      Number{"７７０７０８３８９３", "INN_FORMAT"}, Number{"77070838A3", "INN_FORMAT"}));

struct DocumentCase {
  DocumentType type;
  const char* series;
  const char* number;
  const char* reason;
};

class DocumentNumber : public ::testing::TestWithParam<DocumentCase> {};

TEST_P(DocumentNumber, HasTheFormOfItsType) {
  const auto& [type, series, number, reason] = GetParam();
  const absl::Status status = CheckDocumentNumber(type, series, number, "document");
  if (reason == nullptr) {
    EXPECT_THAT(status, IsOk());
  } else {
    EXPECT_THAT(status, Violates(reason));
  }
}

constexpr auto kRf = DocumentType::kRfPassport;
constexpr auto kForeign = DocumentType::kForeignPassport;
constexpr auto kPermit = DocumentType::kResidencePermit;
INSTANTIATE_TEST_SUITE_P(
    I9, DocumentNumber,
    ::testing::Values(
        DocumentCase{kRf, "4509", "123456", nullptr}, DocumentCase{kRf, "0101", "000101", nullptr},
        DocumentCase{kRf, "9922", "999999", nullptr}, DocumentCase{kRf, "45 09", "123456", "DOCUMENT_SERIES"},
        DocumentCase{kRf, "450", "123456", "DOCUMENT_SERIES"},
        DocumentCase{kRf, "45090", "123456", "DOCUMENT_SERIES"},
        DocumentCase{kRf, "", "123456", "DOCUMENT_SERIES"},
        DocumentCase{kRf, "0000", "123456", "DOCUMENT_SERIES"},
        DocumentCase{kRf, "XIАК", "123456", "DOCUMENT_SERIES"},  // of the Soviet Union
        DocumentCase{kRf, "٤٥", "123456", "DOCUMENT_SERIES"},
        DocumentCase{kRf, "4509", "", "DOCUMENT_NUMBER"},
        DocumentCase{kRf, "4509", "12345", "DOCUMENT_NUMBER"},
        DocumentCase{kRf, "4509", "1234567", "DOCUMENT_NUMBER"},
        DocumentCase{kRf, "4509", "12345X", "DOCUMENT_NUMBER"},
        DocumentCase{kRf, "4509", "000000", "DOCUMENT_NUMBER"},
        DocumentCase{kRf, "4509", "№12345", "DOCUMENT_NUMBER"},
        DocumentCase{kForeign, "", "AB123456", nullptr}, DocumentCase{kForeign, "", "12345", nullptr},
        DocumentCase{kForeign, "", "12345678901234567890", nullptr},
        DocumentCase{kForeign, "AB", "123456", "DOCUMENT_SERIES"},
        DocumentCase{kForeign, "", "", "DOCUMENT_NUMBER"},
        DocumentCase{kForeign, "", "1234", "DOCUMENT_NUMBER"},
        DocumentCase{kForeign, "", "123456789012345678901", "DOCUMENT_NUMBER"},
        DocumentCase{kForeign, "", "12-3456", "DOCUMENT_NUMBER"},
        DocumentCase{kForeign, "", "ab123456", "DOCUMENT_NUMBER"},
        DocumentCase{kForeign, "", "АВ123456", "DOCUMENT_NUMBER"},  // Cyrillic
        DocumentCase{kForeign, "", "00000000", "DOCUMENT_NUMBER"},
        DocumentCase{kPermit, "82", "1234567", nullptr}, DocumentCase{kPermit, "83", "0000001", nullptr},
        DocumentCase{kPermit, "8", "1234567", "DOCUMENT_SERIES"},
        DocumentCase{kPermit, "4509", "1234567", "DOCUMENT_SERIES"},
        DocumentCase{kPermit, "00", "1234567", "DOCUMENT_SERIES"},
        DocumentCase{kPermit, "82", "123456", "DOCUMENT_NUMBER"},
        DocumentCase{kPermit, "82", "0000000", "DOCUMENT_NUMBER"}));

TEST(DocumentNumber, TellsBothMistakesAtOnce) {
  const std::vector<FieldViolation> violations =
      ViolationsOf(CheckDocumentNumber(kRf, "450", "12345", "document"));
  ASSERT_EQ(violations.size(), 2U);
  EXPECT_EQ(violations[0].field, "document.series");
  EXPECT_EQ(violations[1].field, "document.number");
  EXPECT_NE(violations[0].description, violations[1].description);
}

class Country : public ::testing::TestWithParam<Number> {};

TEST_P(Country, IsOneOfIso3166) {  // I4
  const auto parsed = ParseCountry(GetParam().text, "citizenship");
  if (GetParam().reason == nullptr) {
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(*parsed, GetParam().text);
  } else {
    EXPECT_THAT(parsed, Violates(GetParam().reason));
  }
}

INSTANTIATE_TEST_SUITE_P(I9, Country,
                         ::testing::Values(Number{"RU", nullptr}, Number{"KZ", nullptr},
                                           Number{"BY", nullptr}, Number{"AM", nullptr},
                                           Number{"DE", nullptr}, Number{"US", nullptr},
                                           Number{"VN", nullptr}, Number{"SS", nullptr},
                                           Number{"ZW", nullptr}, Number{"AD", nullptr},
                                           Number{"XX", "COUNTRY_UNKNOWN"}, Number{"ZZ", "COUNTRY_UNKNOWN"},
                                           Number{"AA", "COUNTRY_UNKNOWN"}, Number{"SU", "COUNTRY_UNKNOWN"},
                                           Number{"YU", "COUNTRY_UNKNOWN"}, Number{"DD", "COUNTRY_UNKNOWN"},
                                           Number{"UK", "COUNTRY_UNKNOWN"}, Number{"EU", "COUNTRY_UNKNOWN"},
                                           Number{"RF", "COUNTRY_UNKNOWN"}, Number{"EN", "COUNTRY_UNKNOWN"},
                                           Number{"ru", "COUNTRY_FORMAT"}, Number{"Ru", "COUNTRY_FORMAT"},
                                           Number{"RUS", "COUNTRY_FORMAT"}, Number{"R", "COUNTRY_FORMAT"},
                                           Number{"", "COUNTRY_FORMAT"}, Number{"643", "COUNTRY_FORMAT"},
                                           Number{"R1", "COUNTRY_FORMAT"}, Number{"РФ", "COUNTRY_FORMAT"},
                                           Number{"RU ", "COUNTRY_FORMAT"}, Number{"Я", "COUNTRY_FORMAT"}));

class PersonName : public ::testing::TestWithParam<Number> {};

TEST_P(PersonName, HasLettersSpacesHyphensAndApostrophes) {
  const auto parsed = ParsePersonName(GetParam().text, "first_name");
  if (GetParam().reason == nullptr) {
    EXPECT_THAT(parsed, IsOk());
  } else {
    EXPECT_THAT(parsed, Violates(GetParam().reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Names, PersonName,
    ::testing::Values(Number{"Иван", nullptr}, Number{"Анна-Мария", nullptr}, Number{"О'Коннор", nullptr},
                      Number{"Ли Мин Хо", nullptr}, Number{"José", nullptr}, Number{"Ю", nullptr},
                      Number{"", "NAME_EMPTY"}, Number{"   ", "NAME_EMPTY"},
                      Number{"Иван1", "NAME_CHARACTERS"}, Number{"-Иван", "NAME_CHARACTERS"},
                      Number{"Иван;", "NAME_CHARACTERS"}, Number{"<b>", "NAME_CHARACTERS"},
                      Number{"Иван\n", nullptr}, Number{"Ив\nан", "NAME_CHARACTERS"}));

TEST(ParsePersonName, MeasuresCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "я";
  EXPECT_THAT(ParsePersonName(name, "n"), IsOk());
  EXPECT_THAT(ParsePersonName(name + "я", "n"), Violates("NAME_TOO_LONG"));
}

TEST(ParsePersonName, ComposesLetters) { EXPECT_EQ(ParsePersonName("И\u0306горь", "n").value(), "Йгорь"); }

TEST(ParseDate, RefusesDaysThatDoNotExist) {
  EXPECT_THAT(ParseDate(2024, 2, 29, "d"), IsOk());
  EXPECT_THAT(ParseDate(2000, 2, 29, "d"), IsOk());
  EXPECT_THAT(ParseDate(1900, 2, 29, "d"), Violates("DATE_INVALID"));
  EXPECT_THAT(ParseDate(2023, 2, 29, "d"), Violates("DATE_INVALID"));
  EXPECT_THAT(ParseDate(2023, 13, 1, "d"), Violates("DATE_INVALID"));
  EXPECT_THAT(ParseDate(2023, 0, 1, "d"), Violates("DATE_INVALID"));
  EXPECT_THAT(ParseDate(1899, 12, 31, "d"), Violates("DATE_INVALID"));
  EXPECT_THAT(ParseDate(0, 0, 0, "d"), Violates("DATE_INVALID"));
}

TEST(SamePerson, ShareASnilsOrADocument) {
  Person other;
  other.snils = IvanPetrov().snils;
  EXPECT_TRUE(SamePerson(IvanPetrov(), other));
  other.snils = "12345678964";
  EXPECT_FALSE(SamePerson(IvanPetrov(), other));
  other.document = IvanPetrov().document;
  EXPECT_TRUE(SamePerson(IvanPetrov(), other));
  other.document->type = DocumentType::kForeignPassport;
  EXPECT_FALSE(SamePerson(IvanPetrov(), other));
  EXPECT_FALSE(SamePerson(Person(), Person()));  // nothing known is nothing shared
}

}  // namespace
}  // namespace tc::identity

#include "common/base/phone.h"

#include <map>
#include <regex>

#include "absl/strings/match.h"
#include "common/testing/status.h"

namespace tc {
namespace {

using testing::IsOk;
using testing::Violates;

struct Mistake {
  std::string text;
  const char* reason;
};

std::string WithNul(const char* before, const char* after) {
  return std::string(before) + std::string(1, '\0') + after;
}

const std::vector<Mistake>& Mistakes() {
  static const auto& mistakes = *new std::vector<Mistake>{
      {"", "PHONE_NO_COUNTRY_CODE"},
      {"+", "PHONE_NO_COUNTRY_CODE"},
      {"7", "PHONE_NO_COUNTRY_CODE"},
      {"79161234567", "PHONE_NO_COUNTRY_CODE"},
      {"9161234567", "PHONE_NO_COUNTRY_CODE"},
      {"1234567", "PHONE_NO_COUNTRY_CODE"},
      {"+9161234567", "PHONE_NO_COUNTRY_CODE"},
      {"+19161234567", "PHONE_NO_COUNTRY_CODE"},
      {"+380671234567", "PHONE_NO_COUNTRY_CODE"},
      {"+3579161234567", "PHONE_NO_COUNTRY_CODE"},
      {"+8613912345678", "PHONE_NO_COUNTRY_CODE"},
      {"0916123456", "PHONE_NO_COUNTRY_CODE"},
      {"779161234567", "PHONE_NO_COUNTRY_CODE"},
      {"89161234567", "PHONE_TRUNK_PREFIX_8"},
      {"84951234567", "PHONE_TRUNK_PREFIX_8"},
      {"88005553535", "PHONE_TRUNK_PREFIX_8"},
      {"8916123456", "PHONE_TRUNK_PREFIX_8"},
      {"8916", "PHONE_TRUNK_PREFIX_8"},
      {"891612345678", "PHONE_TRUNK_PREFIX_8"},
      {"+89161234567", "PHONE_TRUNK_PREFIX_8"},
      {"+789161234567", "PHONE_TRUNK_PREFIX_8"},
      {"0079161234567", "PHONE_INTERNATIONAL_PREFIX_00"},
      {"00179161234567", "PHONE_INTERNATIONAL_PREFIX_00"},
      {"0019161234567", "PHONE_INTERNATIONAL_PREFIX_00"},
      {"00", "PHONE_INTERNATIONAL_PREFIX_00"},
      {"+0079161234567", "PHONE_INTERNATIONAL_PREFIX_00"},
      {"0089161234567", "PHONE_INTERNATIONAL_PREFIX_00"},
      {"+7 916 123-45-67", "PHONE_SEPARATORS"},
      {"+7 (916) 123-45-67", "PHONE_SEPARATORS"},
      {"+7(916)1234567", "PHONE_SEPARATORS"},
      {"+7.916.123.45.67", "PHONE_SEPARATORS"},
      {"+7-9161234567", "PHONE_SEPARATORS"},
      {"+79161234567 ", "PHONE_SEPARATORS"},
      {" +79161234567", "PHONE_SEPARATORS"},
      {"+7\t9161234567", "PHONE_SEPARATORS"},
      {"8 (916) 123-45-67", "PHONE_SEPARATORS"},
      {"8-916-123-45-67", "PHONE_SEPARATORS"},
      {"00 7 916 1234567", "PHONE_SEPARATORS"},
      {"+7\u00A09161234567", "PHONE_SEPARATORS"},        // no-break space
      {"+7916123\u201145\u201167", "PHONE_SEPARATORS"},  // hyphens that do not break
      {"+7916123\u20134567", "PHONE_SEPARATORS"},        // a dash
      {"+79161234567, +79990000000", "PHONE_SEPARATORS"},
      {"+791612345678", "PHONE_TOO_LONG"},
      {"+7916112345677", "PHONE_TOO_LONG"},  // one digit twice
      {"+7799161234567", "PHONE_TOO_LONG"},
      {"+77916123456789", "PHONE_TOO_LONG"},
      {"+749512345678", "PHONE_TOO_LONG"},
      {"+7916123456", "PHONE_TOO_SHORT"},
      {"+7", "PHONE_TOO_SHORT"},
      {"+79", "PHONE_TOO_SHORT"},
      {"+7495123456", "PHONE_TOO_SHORT"},
      {"+78161234567", "PHONE_NOT_MOBILE"},
      {"+77011234567", "PHONE_NOT_MOBILE"},  // Kazakhstan
      {"+74951234567", "PHONE_NOT_MOBILE"},
      {"+78005553535", "PHONE_NOT_MOBILE"},
      {"+70000000000", "PHONE_NOT_MOBILE"},
      {"+7916123456O", "PHONE_NOT_DIGITS"},
      {"tel:+79161234567", "PHONE_NOT_DIGITS"},
      {"+79161234567;ext=1", "PHONE_NOT_DIGITS"},
      {"++79161234567", "PHONE_NOT_DIGITS"},
      {"7+9161234567", "PHONE_NOT_DIGITS"},
      {"+79161234567\n", "PHONE_NOT_DIGITS"},
      {"+79161234567\r\n", "PHONE_NOT_DIGITS"},
      {"\n+79161234567", "PHONE_NOT_DIGITS"},
      {"+79161234567\n+79990000000", "PHONE_NOT_DIGITS"},
      {WithNul("+79161234567", ""), "PHONE_NOT_DIGITS"},
      {WithNul("+7916123", "4567"), "PHONE_NOT_DIGITS"},
      {WithNul("+7916123456", "7"), "PHONE_NOT_DIGITS"},
      {"+7٩١٦١٢٣٤٥٦٧", "PHONE_NOT_DIGITS"},             // Arabic-Indic
      {"+7۹۱۶۱۲۳۴۵۶۷", "PHONE_NOT_DIGITS"},             // Eastern Arabic-Indic
      {"+７９１６１２３４５６７", "PHONE_NOT_DIGITS"},  // full-width
      {"＋79161234567", "PHONE_NOT_DIGITS"},
      {"+7916123456\uFF17", "PHONE_NOT_DIGITS"},
      {"\u200E+79161234567", "PHONE_NOT_DIGITS"},  // a mark of direction that nobody sees
      {"телефон", "PHONE_NOT_DIGITS"},
      {"+7916123456\xff", "PHONE_NOT_DIGITS"},
  };
  return mistakes;
}

TEST(Phone, IsRefusedForEachTypicalMistakeWithItsOwnReason) {  // I1, IDN-01
  std::map<std::string, int> seen;
  for (const Mistake& mistake : Mistakes()) {
    EXPECT_THAT(Phone::Parse(mistake.text, "phone"), Violates(mistake.reason)) << mistake.text;
    seen[mistake.reason] += 1;
  }
  EXPECT_EQ(seen.size(), 8U);
  for (const auto& [reason, times] : seen) EXPECT_GE(times, 3) << reason;
}

TEST(Phone, IsRefusedWithASentenceThatShowsTheFormWanted) {
  for (const Mistake& mistake : Mistakes()) {
    const absl::Status refusal = Phone::Parse(mistake.text, "contact_phone").status();
    const std::vector<FieldViolation> violations = ViolationsOf(refusal);
    ASSERT_EQ(violations.size(), 1U) << mistake.text;
    EXPECT_EQ(violations[0].field, "contact_phone");
    EXPECT_TRUE(absl::StrContains(violations[0].description, "+79161234567")) << violations[0].description;
  }
}

TEST(Phone, AcceptsPlusSevenNineAndNineDigitsAsTheyAre) {
  for (const char* text : {"+79161234567", "+79000000000", "+79999999999", "+79011111111"}) {
    ASSERT_OK_AND_ASSIGN(const Phone phone, Phone::Parse(text, "phone"));
    EXPECT_EQ(phone.e164(), text);
  }
}

TEST(Phone, AcceptsExactlyWhatThePatternDoes) {
  const std::regex pattern("\\+79[0-9]{9}");
  const std::string good = "+79161234567";
  for (size_t i = 0; i < good.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string text = good;
      text[i] = static_cast<char>(c);
      EXPECT_EQ(Phone::Parse(text, "phone").ok(), std::regex_match(text, pattern)) << i << " " << c;
      text = good;
      text.insert(i, 1, static_cast<char>(c));
      EXPECT_FALSE(Phone::Parse(text, "phone").ok()) << i << " " << c;
    }
  }
}

TEST(Phone, ShowsOnlyTheLastTwoDigitsWhenMasked) {
  EXPECT_EQ(Phone::FromTrusted("+79161234567").Masked(), "+7 9** ***-**-67");
}

}  // namespace
}  // namespace tc

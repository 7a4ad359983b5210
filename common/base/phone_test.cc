#include "common/base/phone.h"

#include "common/testing/status.h"

namespace tc {
namespace {

using testing::IsOk;
using testing::Violates;

struct Mistake {
  const char* text;
  const char* reason;
};

class PhoneMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(PhoneMistake, IsRefusedWithItsOwnReason) {  // I1, IDN-01, C-ID-P 1–19
  EXPECT_THAT(Phone::Parse(GetParam().text, "phone"), Violates(GetParam().reason)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Phone, PhoneMistake,
    ::testing::Values(
        Mistake{"89161234567", "PHONE_TRUNK_PREFIX_8"}, Mistake{"+7 916 123-45-67", "PHONE_SEPARATORS"},
        Mistake{"+7(916)1234567", "PHONE_SEPARATORS"}, Mistake{"79161234567", "PHONE_NO_COUNTRY_CODE"},
        Mistake{"9161234567", "PHONE_NO_COUNTRY_CODE"}, Mistake{"+79161234567 ", "PHONE_SEPARATORS"},
        Mistake{" +79161234567", "PHONE_SEPARATORS"}, Mistake{"+7916123456", "PHONE_TOO_SHORT"},
        Mistake{"+791612345678", "PHONE_TOO_LONG"}, Mistake{"+78161234567", "PHONE_NOT_MOBILE"},
        Mistake{"+77011234567", "PHONE_NOT_MOBILE"},
        Mistake{"0079161234567", "PHONE_INTERNATIONAL_PREFIX_00"},
        Mistake{"+19161234567", "PHONE_NO_COUNTRY_CODE"}, Mistake{"+7９161234567", "PHONE_NOT_DIGITS"},
        Mistake{"+7916123456O", "PHONE_NOT_DIGITS"}, Mistake{"tel:+79161234567", "PHONE_NOT_DIGITS"},
        Mistake{"+79161234567\n+79990000000", "PHONE_NOT_DIGITS"}, Mistake{"", "PHONE_NO_COUNTRY_CODE"},
        Mistake{"+", "PHONE_NO_COUNTRY_CODE"}, Mistake{"+79161234567;ext=1", "PHONE_NOT_DIGITS"}));

TEST(Phone, AcceptsPlusSevenNineAndNineDigits) {
  ASSERT_OK_AND_ASSIGN(const Phone phone, Phone::Parse("+79161234567", "phone"));
  EXPECT_EQ(phone.e164(), "+79161234567");
}

TEST(Phone, ShowsOnlyTheLastTwoDigitsWhenMasked) {
  EXPECT_EQ(Phone::FromTrusted("+79161234567").Masked(), "+7 9** ***-**-67");
}

TEST(Phone, RefusesANulByteInside) {
  EXPECT_THAT(Phone::Parse(std::string("+79161234567\0", 13), "phone"), Violates("PHONE_NOT_DIGITS"));
}

}  // namespace
}  // namespace tc

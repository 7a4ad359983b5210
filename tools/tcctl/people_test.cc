#include "tools/tcctl/people.h"

#include <gmock/gmock.h>

#include <set>

namespace tc::dev {
namespace {

TEST(Snils, HasTheCheckDigitsOfTheOfficialExample) { EXPECT_EQ(Snils(112233445), "11223344595"); }

TEST(Snils, WritesASumOf100AsZero) { EXPECT_EQ(Snils(29999), "00002999900"); }

TEST(Snils, WritesASumOf101AsZero) { EXPECT_EQ(Snils(38999), "00003899900"); }

TEST(Invent, MakesPeopleWhoDiffer) {
  std::set<std::string> phones;
  std::set<std::string> passports;
  std::set<std::string> snils;
  for (int i = 0; i < 100; ++i) {
    const Citizen who = Invent("x", "Anna", "Petrova", i);
    phones.insert(who.phone);
    passports.insert(who.passport);
    snils.insert(who.snils);
  }
  EXPECT_EQ(phones.size(), 100u);
  EXPECT_EQ(passports.size(), 100u);
  EXPECT_EQ(snils.size(), 100u);
}

TEST(Invent, MakesNumbersOfTheRightForm) {
  const Citizen who = Invent("anna", "Anna", "Petrova", 7);
  EXPECT_THAT(who.phone, ::testing::MatchesRegex("\\+79[0-9]{9}"));
  EXPECT_THAT(who.passport, ::testing::MatchesRegex("[0-9]{10}"));
  EXPECT_EQ(who.Name(), "accounts/anna");
}

}  // namespace
}  // namespace tc::dev

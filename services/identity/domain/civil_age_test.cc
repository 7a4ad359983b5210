#include "services/identity/domain/civil_age.h"

#include <gtest/gtest.h>

#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

struct AgeCase {
  const char* what;
  absl::CivilDay birth;
  absl::CivilDay today;
  int age;
};

class FullYearsTable : public ::testing::TestWithParam<AgeCase> {};

TEST_P(FullYearsTable, Counts) {
  EXPECT_EQ(FullYears(GetParam().birth, GetParam().today), GetParam().age) << GetParam().what;
}

using Day = absl::CivilDay;
INSTANTIATE_TEST_SUITE_P(
    E3, FullYearsTable,
    ::testing::Values(
        AgeCase{"on the day of birth", Day(2010, 5, 17), Day(2010, 5, 17), 0},
        AgeCase{"the day before birth", Day(2010, 5, 17), Day(2010, 5, 16), -1},
        AgeCase{"a day before the first birthday", Day(2010, 5, 17), Day(2011, 5, 16), 0},
        AgeCase{"a day before 14", Day(2010, 5, 17), Day(2024, 5, 16), 13},
        AgeCase{"14 on the day", Day(2010, 5, 17), Day(2024, 5, 17), 14},
        AgeCase{"a day after 14", Day(2010, 5, 17), Day(2024, 5, 18), 14},
        AgeCase{"a day before 18", Day(2010, 5, 17), Day(2028, 5, 16), 17},
        AgeCase{"18 on the day", Day(2010, 5, 17), Day(2028, 5, 17), 18},
        AgeCase{"born on 31 December, on the 30th", Day(2005, 12, 31), Day(2023, 12, 30), 17},
        AgeCase{"born on 31 December, on the day", Day(2005, 12, 31), Day(2023, 12, 31), 18},
        AgeCase{"born on 31 December, on New Year's Day", Day(2005, 12, 31), Day(2024, 1, 1), 18},
        AgeCase{"born on 1 January, the day before", Day(2006, 1, 1), Day(2023, 12, 31), 17},
        AgeCase{"born on 1 January, on the day", Day(2006, 1, 1), Day(2024, 1, 1), 18},
        AgeCase{"born on 29 February, common year, 28 February", Day(2008, 2, 29), Day(2022, 2, 28), 13},
        AgeCase{"born on 29 February, common year, 1 March", Day(2008, 2, 29), Day(2022, 3, 1), 14},
        AgeCase{"born on 29 February, leap year, 28 February", Day(2008, 2, 29), Day(2024, 2, 28), 15},
        AgeCase{"born on 29 February, leap year, on the day", Day(2008, 2, 29), Day(2024, 2, 29), 16},
        AgeCase{"born on 29 February, 18 in a common year, 28 February", Day(2008, 2, 29), Day(2026, 2, 28),
                17},
        AgeCase{"born on 29 February, 18 in a common year, 1 March", Day(2008, 2, 29), Day(2026, 3, 1), 18},
        AgeCase{"born on 29 February 2000, 2100 is a common year", Day(2000, 2, 29), Day(2100, 2, 28), 99},
        AgeCase{"born on 28 February, leap year, on the 28th", Day(2007, 2, 28), Day(2024, 2, 28), 17},
        AgeCase{"born on 1 March, leap year, 29 February", Day(2006, 3, 1), Day(2024, 2, 29), 17},
        AgeCase{"born on 1 March, on the day", Day(2006, 3, 1), Day(2024, 3, 1), 18},
        AgeCase{"very old", Day(1900, 1, 1), Day(2026, 3, 2), 126}));

struct MidnightCase {
  absl::CivilSecond utc;
  absl::CivilDay day;
};

class MoscowCalendar : public ::testing::TestWithParam<MidnightCase> {};

TEST_P(MoscowCalendar, TurnsAtMidnightInMoscow) {
  EXPECT_EQ(Today(absl::FromCivil(GetParam().utc, absl::UTCTimeZone()), Moscow()), GetParam().day);
}

INSTANTIATE_TEST_SUITE_P(
    E3, MoscowCalendar,
    ::testing::Values(MidnightCase{absl::CivilSecond(2024, 5, 16, 20, 59, 59), Day(2024, 5, 16)},
                      MidnightCase{absl::CivilSecond(2024, 5, 16, 21, 0, 0), Day(2024, 5, 17)},
                      MidnightCase{absl::CivilSecond(2024, 5, 17, 0, 0, 0), Day(2024, 5, 17)},
                      MidnightCase{absl::CivilSecond(2024, 12, 31, 20, 59, 59), Day(2024, 12, 31)},
                      MidnightCase{absl::CivilSecond(2024, 12, 31, 21, 0, 0), Day(2025, 1, 1)},
                      MidnightCase{absl::CivilSecond(2024, 2, 28, 21, 0, 0), Day(2024, 2, 29)},
                      MidnightCase{absl::CivilSecond(2023, 2, 28, 21, 0, 0), Day(2023, 3, 1)},
                      // Until 2014 Moscow was four hours ahead.
                      MidnightCase{absl::CivilSecond(2012, 6, 1, 20, 0, 0), Day(2012, 6, 2)}));

TEST(MoscowCalendar, MakesSomebodyOfAgeAMillisecondApart) {
  const absl::CivilDay birth(2006, 3, 2);
  const absl::Time midnight = absl::FromCivil(absl::CivilSecond(2024, 3, 2), Moscow());
  EXPECT_EQ(FullYears(birth, Today(midnight - absl::Milliseconds(1), Moscow())), 17);
  EXPECT_EQ(FullYears(birth, Today(midnight, Moscow())), 18);
  EXPECT_EQ(FullYears(birth, Today(midnight + absl::Milliseconds(1), Moscow())), 18);
}

}  // namespace
}  // namespace tc::identity

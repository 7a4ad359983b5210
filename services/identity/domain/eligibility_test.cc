#include "services/identity/domain/eligibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "absl/strings/str_cat.h"
#include "services/identity/domain/civil_age.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using R = Requirement;
using ::testing::ElementsAre;

const absl::CivilDay kToday(2026, 3, 2);
constexpr EligibilityRole kRoles[] = {EligibilityRole::kPrincipal, EligibilityRole::kContact};

struct Case {
  std::string what;
  Account account;
  bool phone = true;
  EligibilityRole role = EligibilityRole::kPrincipal;
  absl::Time now = TestNow();
  std::string zone = "Europe/Moscow";
  std::vector<Requirement> unmet = {};
};

std::vector<Requirement> UnmetOf(const Case& c) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(c.zone, &zone)) << c.zone;
  return Unmet(c.account, c.phone, c.role, {}, Today(c.now, zone), c.now);
}

// A fact that stands against eligibility by itself.
struct Fact {
  const char* what;
  void (*set)(Case&);
  Requirement missing;
};

constexpr Fact kFacts[] = {
    {"legal entity", [](Case& c) { c.account.type = AccountType::kLegalEntity; }, R::kAccountTypeNotPersonal},
    {"not confirmed", [](Case& c) { c.account.confirmed.reset(); }, R::kAccountNotConfirmed},
    {"blocked", [](Case& c) { c.account.block_reason = "fraud"; }, R::kAccountBlocked},
    {"frozen", [](Case& c) { c.account.owner_freeze_until = absl::InfiniteFuture(); }, R::kAccountFrozen},
    {"erased", [](Case& c) { c.account.deleted = true; }, R::kAccountDeleted},
    {"child", [](Case& c) { c.account.person.birth = absl::CivilDay(2012, 3, 3); }, R::kAgeBelowMinimum},
    {"foreigner", [](Case& c) { c.account.person.citizenship = "KZ"; }, R::kNotCitizen},
    {"no document", [](Case& c) { c.account.person.document.reset(); }, R::kPassportMissing},
    {"no phone", [](Case& c) { c.phone = false; }, R::kPhoneMissing}};
constexpr size_t kCombinations = size_t{1} << std::size(kFacts);

bool Stands(size_t combination, size_t fact) { return (combination >> fact & 1U) != 0; }

// Of block, freeze and erasure only the gravest is the account's state.
bool IsHidden(size_t combination, size_t fact) {
  const bool erased = Stands(combination, 4);
  return (fact == 2 && erased) || (fact == 3 && (erased || Stands(combination, 2)));
}

// Every requirement alone and with all others, in both roles (E1, E2, E4).
void AddCombinations(std::vector<Case>& cases) {
  for (const EligibilityRole role : kRoles) {
    for (size_t combination = 0; combination < kCombinations; ++combination) {
      Case c{"", GoodAccount()};
      c.role = role;
      for (size_t i = 0; i < std::size(kFacts); ++i) {
        if (!Stands(combination, i)) continue;
        kFacts[i].set(c);
        c.what += std::string(kFacts[i].what) + "; ";
        if (!IsHidden(combination, i)) c.unmet.push_back(kFacts[i].missing);
      }
      cases.push_back(std::move(c));
    }
  }
}

constexpr Fact kOtherFacts[] = {
    {"sole proprietor", [](Case& c) { c.account.type = AccountType::kSoleProprietor; },
     R::kAccountTypeNotPersonal},
    {"privileged", [](Case& c) { c.account.type = AccountType::kPrivileged; }, R::kAccountTypeNotPersonal},
    {"frozen in danger", [](Case& c) { c.account.danger_freeze_until = c.now + absl::Seconds(1); },
     R::kAccountFrozen},
    {"blocked without words", [](Case& c) { c.account.block_reason = ""; }, R::kAccountBlocked},
    {"blocked and frozen",
     [](Case& c) {
       c.account.block_reason = "fraud";
       c.account.danger_freeze_until = absl::InfiniteFuture();
     },
     R::kAccountBlocked},
    {"birth date absent", [](Case& c) { c.account.person.birth.reset(); }, R::kAgeBelowMinimum},
    {"citizenship empty", [](Case& c) { c.account.person.citizenship = ""; }, R::kNotCitizen},
    {"citizenship in small letters", [](Case& c) { c.account.person.citizenship = "ru"; }, R::kNotCitizen},
    {"citizen of Belarus", [](Case& c) { c.account.person.citizenship = "BY"; }, R::kNotCitizen},
    {"foreign passport", [](Case& c) { c.account.person.document->type = DocumentType::kForeignPassport; },
     R::kPassportMissing},
    {"residence permit", [](Case& c) { c.account.person.document->type = DocumentType::kResidencePermit; },
     R::kPassportMissing}};

struct NoObstacle {
  const char* what;
  void (*set)(Case&);
};

constexpr NoObstacle kNoObstacles[] = {
    {"locked",
     [](Case& c) {
       c.account.lock = Lock{c.now + absl::Minutes(30), "12345678"};
     }},
    {"locked for ever",
     [](Case& c) {
       c.account.lock = Lock{absl::InfiniteFuture(), "12345678"};
     }},
    {"a freeze that ends now", [](Case& c) { c.account.owner_freeze_until = c.now; }},
    {"a danger that is over", [](Case& c) { c.account.danger_freeze_until = c.now - absl::Hours(1); }},
    {"confirmed by post", [](Case& c) { c.account.confirmed->method = Confirmation::kPostalCode; }},
    {"no SNILS", [](Case& c) { c.account.person.snils.clear(); }},
    {"no INN, no sex", [](Case& c) { c.account.person.inn.clear(), c.account.person.sex = Sex::kUnknown; }},
    {"no e-mail address, no name", [](Case& c) { c.account.person.first_name.clear(); }},
    {"an old passport", [](Case& c) { c.account.person.document->issued = absl::CivilDay(1998, 1, 1); }}};

void AddSingles(std::vector<Case>& cases) {
  for (const EligibilityRole role : kRoles) {
    const auto add = [&](const char* what, void (*set)(Case&), std::vector<Requirement> unmet) {
      Case c{what, GoodAccount()};
      c.role = role;
      c.unmet = std::move(unmet);
      set(c);
      cases.push_back(std::move(c));
    };
    for (const Fact& fact : kOtherFacts) add(fact.what, fact.set, {fact.missing});
    for (const NoObstacle& fact : kNoObstacles) add(fact.what, fact.set, {});
  }
}

constexpr char kMoscow[] = "Europe/Moscow";

struct Birthday {
  absl::CivilDay birth;
  const char* now;
  const char* zone;
  bool principal;
  bool contact;
};

// E3: a year is complete at 00:00 of the birthday on the wall's clock.
const std::vector<Birthday>& Birthdays() {
  using Day = absl::CivilDay;
  static const auto& birthdays = *new std::vector<Birthday>{
      // 14 and 18, the day before, the day, the day after
      {Day(2012, 3, 2), "2026-03-01T09:00:00Z", kMoscow, false, false},
      {Day(2012, 3, 2), "2026-03-02T09:00:00Z", kMoscow, true, false},
      {Day(2012, 3, 2), "2026-03-03T09:00:00Z", kMoscow, true, false},
      {Day(2008, 3, 2), "2026-03-01T09:00:00Z", kMoscow, true, false},
      {Day(2008, 3, 2), "2026-03-02T09:00:00Z", kMoscow, true, true},
      {Day(2008, 3, 2), "2026-03-03T09:00:00Z", kMoscow, true, true},
      // midnight in Moscow is 21:00 UTC of the day before
      {Day(2012, 3, 2), "2026-03-01T20:59:59Z", kMoscow, false, false},
      {Day(2012, 3, 2), "2026-03-01T21:00:00Z", kMoscow, true, false},
      {Day(2008, 3, 2), "2026-03-01T20:59:59Z", kMoscow, true, false},
      {Day(2008, 3, 2), "2026-03-01T21:00:00Z", kMoscow, true, true},
      {Day(2008, 1, 1), "2025-12-31T20:59:59Z", kMoscow, true, false},
      {Day(2008, 1, 1), "2025-12-31T21:00:00Z", kMoscow, true, true},
      {Day(2007, 12, 31), "2025-12-30T20:59:59Z", kMoscow, true, false},
      {Day(2007, 12, 31), "2025-12-30T21:00:00Z", kMoscow, true, true},
      // Moscow was four hours ahead until 26 October 2014
      {Day(1996, 7, 1), "2014-06-30T19:59:59Z", kMoscow, true, false},
      {Day(1996, 7, 1), "2014-06-30T20:00:00Z", kMoscow, true, true},
      // other zones
      {Day(2008, 3, 2), "2026-03-01T21:00:00Z", "UTC", true, false},
      {Day(2008, 3, 2), "2026-03-01T23:59:59Z", "UTC", true, false},
      {Day(2008, 3, 2), "2026-03-02T00:00:00Z", "UTC", true, true},
      {Day(2008, 3, 2), "2026-03-01T11:59:59Z", "Asia/Kamchatka", true, false},
      {Day(2008, 3, 2), "2026-03-01T12:00:00Z", "Asia/Kamchatka", true, true},
      {Day(2008, 3, 2), "2026-03-01T21:59:59Z", "Europe/Kaliningrad", true, false},
      {Day(2008, 3, 2), "2026-03-01T22:00:00Z", "Europe/Kaliningrad", true, true},
      {Day(2008, 3, 2), "2026-03-01T18:29:59Z", "Asia/Kolkata", true, false},
      {Day(2008, 3, 2), "2026-03-01T18:30:00Z", "Asia/Kolkata", true, true},
      {Day(2008, 3, 2), "2026-03-02T04:59:59Z", "America/New_York", true, false},
      {Day(2008, 3, 2), "2026-03-02T05:00:00Z", "America/New_York", true, true},
      {Day(2008, 7, 2), "2026-07-02T03:59:59Z", "America/New_York", true, false},
      {Day(2008, 7, 2), "2026-07-02T04:00:00Z", "America/New_York", true, true},
      // 29 February comes on 1 March in common years
      {Day(2012, 2, 29), "2026-02-28T09:00:00Z", kMoscow, false, false},
      {Day(2012, 2, 29), "2026-02-28T20:59:59Z", kMoscow, false, false},
      {Day(2012, 2, 29), "2026-02-28T21:00:00Z", kMoscow, true, false},
      {Day(2008, 2, 29), "2026-02-28T20:59:59Z", kMoscow, true, false},
      {Day(2008, 2, 29), "2026-02-28T21:00:00Z", kMoscow, true, true},
      {Day(2000, 2, 29), "2014-02-28T09:00:00Z", kMoscow, false, false},
      {Day(2000, 2, 29), "2014-03-01T09:00:00Z", kMoscow, true, false},
      {Day(2000, 2, 29), "2018-02-28T09:00:00Z", kMoscow, true, false},
      {Day(2000, 2, 29), "2018-03-01T09:00:00Z", kMoscow, true, true},
      {Day(2000, 2, 29), "2020-02-28T09:00:00Z", kMoscow, true, true},
      {Day(1896, 2, 29), "1910-02-28T09:00:00Z", "UTC", false, false},
      {Day(1896, 2, 29), "1910-03-01T09:00:00Z", "UTC", true, false},
      {Day(2096, 2, 29), "2110-02-28T09:00:00Z", "UTC", false, false},
      {Day(2096, 2, 29), "2110-03-01T09:00:00Z", "UTC", true, false},
      {Day(2096, 2, 29), "2114-02-28T09:00:00Z", "UTC", true, false},
      {Day(2096, 2, 29), "2114-03-01T09:00:00Z", "UTC", true, true},
      // 1900 and 2100 have no 29 February, 2000 has one
      {Day(1886, 3, 1), "1900-02-28T09:00:00Z", "UTC", false, false},
      {Day(1886, 3, 1), "1900-03-01T09:00:00Z", "UTC", true, false},
      {Day(1882, 3, 1), "1900-02-28T09:00:00Z", "UTC", true, false},
      {Day(1882, 3, 1), "1900-03-01T09:00:00Z", "UTC", true, true},
      {Day(1986, 3, 1), "2000-02-29T09:00:00Z", "UTC", false, false},
      {Day(1986, 3, 1), "2000-03-01T09:00:00Z", "UTC", true, false},
      {Day(1982, 2, 28), "2000-02-28T09:00:00Z", "UTC", true, true},
      {Day(1982, 3, 1), "2000-02-29T09:00:00Z", "UTC", true, false},
      {Day(2086, 3, 1), "2100-02-28T09:00:00Z", "UTC", false, false},
      {Day(2086, 3, 1), "2100-03-01T09:00:00Z", "UTC", true, false},
      {Day(2082, 3, 1), "2100-02-28T09:00:00Z", "UTC", true, false},
      {Day(2082, 3, 1), "2100-03-01T09:00:00Z", "UTC", true, true},
      // the very old, the newly born, the unborn
      {Day(1926, 3, 2), "2026-03-02T09:00:00Z", kMoscow, true, true},
      {Day(1915, 1, 1), "2026-03-02T09:00:00Z", kMoscow, true, true},
      {Day(1900, 1, 1), "2026-03-02T09:00:00Z", kMoscow, true, true},
      {Day(2026, 3, 2), "2026-03-02T09:00:00Z", kMoscow, false, false},
      {Day(2026, 3, 3), "2026-03-02T09:00:00Z", kMoscow, false, false},
      {Day(2044, 3, 2), "2026-03-02T09:00:00Z", kMoscow, false, false},
      {Day(9999, 12, 31), "2026-03-02T09:00:00Z", kMoscow, false, false},
  };
  return birthdays;
}

void AddBirthdays(std::vector<Case>& cases) {
  for (const Birthday& birthday : Birthdays()) {
    for (const EligibilityRole role : kRoles) {
      Case c{absl::StrCat("born ", absl::FormatCivilTime(birthday.birth), ", ", birthday.now, " ",
                          birthday.zone),
             GoodAccount()};
      std::string error;
      EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, birthday.now, &c.now, &error)) << error;
      c.account.person.birth = birthday.birth;
      c.role = role;
      c.zone = birthday.zone;
      const bool old_enough = role == EligibilityRole::kPrincipal ? birthday.principal : birthday.contact;
      if (!old_enough) c.unmet = {R::kAgeBelowMinimum};
      cases.push_back(std::move(c));
    }
  }
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  AddCombinations(cases);
  AddSingles(cases);
  AddBirthdays(cases);
  return cases;
}

TEST(Eligibility, IsDecidedAsInTheTable) {
  const std::vector<Case> cases = Cases();
  for (const Case& c : cases) EXPECT_EQ(UnmetOf(c), c.unmet) << c.what << " " << static_cast<int>(c.role);
  EXPECT_GE(cases.size(), 150U);
  EXPECT_GE(Birthdays().size(), 60U);
}

TEST(Eligibility, IsToldSortedEachRequirementOnce) {
  for (const Case& c : Cases()) {
    const std::vector<Requirement> unmet = UnmetOf(c);
    EXPECT_TRUE(std::is_sorted(unmet.begin(), unmet.end())) << c.what;
    EXPECT_EQ(std::adjacent_find(unmet.begin(), unmet.end()), unmet.end()) << c.what;
  }
}

TEST(Eligibility, DoesNotDependOnTheOrderInWhichFactsCame) {
  std::mt19937 random(11);
  std::vector<size_t> order(std::size(kFacts));
  std::iota(order.begin(), order.end(), size_t{0});
  const std::vector<Case> cases = Cases();
  for (size_t combination = 0; combination < kCombinations; ++combination) {
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      std::shuffle(order.begin(), order.end(), random);
      Case c{"", GoodAccount()};
      for (const size_t i : order) {
        if (Stands(combination, i)) kFacts[i].set(c);
      }
      EXPECT_EQ(UnmetOf(c), cases[combination].unmet) << cases[combination].what;
    }
  }
}

TEST(Eligibility, OfAContactIsNeverEasierThanOfAPrincipal) {
  for (Case c : Cases()) {
    c.role = EligibilityRole::kPrincipal;
    const std::vector<Requirement> principal = UnmetOf(c);
    c.role = EligibilityRole::kContact;
    const std::vector<Requirement> contact = UnmetOf(c);
    EXPECT_TRUE(std::includes(contact.begin(), contact.end(), principal.begin(), principal.end())) << c.what;
  }
}

TEST(Eligibility, FollowsThePolicysAges) {
  Account account = GoodAccount();
  account.person.birth = absl::CivilDay(2010, 3, 2);  // 16
  EXPECT_THAT(Unmet(account, true, EligibilityRole::kPrincipal, {.principal_age = 17, .contact_age = 18},
                    kToday, TestNow()),
              ElementsAre(Requirement::kAgeBelowMinimum));
}

}  // namespace
}  // namespace tc::identity

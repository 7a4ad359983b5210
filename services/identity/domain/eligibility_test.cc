#include "services/identity/domain/eligibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kToday(2026, 3, 2);
constexpr EligibilityRole kRoles[] = {EligibilityRole::kPrincipal, EligibilityRole::kContact};

std::vector<Requirement> UnmetOf(const Account& account, EligibilityRole role, bool phone = true,
                                 absl::CivilDay today = kToday) {
  return Unmet(account, phone, role, {}, today, TestNow());
}

struct Spoilt {
  const char* what;
  void (*spoil)(Account&);
  Requirement missing;
};

class OneThingMissing : public ::testing::TestWithParam<std::tuple<Spoilt, EligibilityRole>> {};

TEST_P(OneThingMissing, IsToldAlone) {
  const auto& [spoilt, role] = GetParam();
  Account account = GoodAccount();
  spoilt.spoil(account);
  EXPECT_THAT(UnmetOf(account, role), ElementsAre(spoilt.missing)) << spoilt.what;
}

INSTANTIATE_TEST_SUITE_P(
    E1E2, OneThingMissing,
    ::testing::Combine(
        ::testing::Values(
            Spoilt{"legal entity", [](Account& a) { a.type = AccountType::kLegalEntity; },
                   Requirement::kAccountTypeNotPersonal},
            Spoilt{"sole proprietor", [](Account& a) { a.type = AccountType::kSoleProprietor; },
                   Requirement::kAccountTypeNotPersonal},
            Spoilt{"privileged", [](Account& a) { a.type = AccountType::kPrivileged; },
                   Requirement::kAccountTypeNotPersonal},
            Spoilt{"not confirmed", [](Account& a) { a.confirmed.reset(); },
                   Requirement::kAccountNotConfirmed},
            Spoilt{"blocked", [](Account& a) { a.block_reason = "fraud"; }, Requirement::kAccountBlocked},
            Spoilt{"frozen by owner", [](Account& a) { a.owner_freeze_until = absl::InfiniteFuture(); },
                   Requirement::kAccountFrozen},
            Spoilt{"frozen in danger", [](Account& a) { a.danger_freeze_until = TestNow() + absl::Hours(1); },
                   Requirement::kAccountFrozen},
            Spoilt{"erased", [](Account& a) { a.deleted = true; }, Requirement::kAccountDeleted},
            Spoilt{"a child", [](Account& a) { a.person.birth = absl::CivilDay(2012, 3, 3); },
                   Requirement::kAgeBelowMinimum},
            Spoilt{"age unknown", [](Account& a) { a.person.birth.reset(); }, Requirement::kAgeBelowMinimum},
            Spoilt{"foreigner", [](Account& a) { a.person.citizenship = "KZ"; }, Requirement::kNotCitizen},
            Spoilt{"citizenship unknown", [](Account& a) { a.person.citizenship = ""; },
                   Requirement::kNotCitizen},
            Spoilt{"no document", [](Account& a) { a.person.document.reset(); },
                   Requirement::kPassportMissing},
            Spoilt{"foreign passport",
                   [](Account& a) { a.person.document->type = DocumentType::kForeignPassport; },
                   Requirement::kPassportMissing},
            Spoilt{"residence permit",
                   [](Account& a) { a.person.document->type = DocumentType::kResidencePermit; },
                   Requirement::kPassportMissing}),
        ::testing::ValuesIn(kRoles)));

class BothRoles : public ::testing::TestWithParam<EligibilityRole> {};
INSTANTIATE_TEST_SUITE_P(E1E2, BothRoles, ::testing::ValuesIn(kRoles));

TEST_P(BothRoles, NeedNothingMoreThanAGoodAccount) {
  EXPECT_THAT(UnmetOf(GoodAccount(), GetParam()), IsEmpty());
}

TEST_P(BothRoles, NeedAPhone) {
  EXPECT_THAT(UnmetOf(GoodAccount(), GetParam(), false), ElementsAre(Requirement::kPhoneMissing));
}

TEST_P(BothRoles, AreNotHinderedByALockedSignIn) {
  Account account = GoodAccount();
  account.lock = Lock{TestNow() + absl::Minutes(30), "12345678"};
  EXPECT_THAT(UnmetOf(account, GetParam()), IsEmpty());
}

TEST_P(BothRoles, AreNotHinderedByAFreezeThatIsOver) {
  Account account = GoodAccount();
  account.danger_freeze_until = TestNow();
  EXPECT_THAT(UnmetOf(account, GetParam()), IsEmpty());
}

struct AgeEdge {
  absl::CivilDay birth;
  bool principal;
  bool contact;
};

class AgeEdges : public ::testing::TestWithParam<AgeEdge> {};

TEST_P(AgeEdges, Decide) {
  Account account = GoodAccount();
  account.person.birth = GetParam().birth;
  EXPECT_EQ(UnmetOf(account, EligibilityRole::kPrincipal).empty(), GetParam().principal);
  EXPECT_EQ(UnmetOf(account, EligibilityRole::kContact).empty(), GetParam().contact);
}

INSTANTIATE_TEST_SUITE_P(E1E2, AgeEdges,
                         ::testing::Values(AgeEdge{absl::CivilDay(2012, 3, 3), false, false},  // 14 tomorrow
                                           AgeEdge{absl::CivilDay(2012, 3, 2), true, false},   // 14 today
                                           AgeEdge{absl::CivilDay(2008, 3, 3), true, false},   // 18 tomorrow
                                           AgeEdge{absl::CivilDay(2008, 3, 2), true, true},    // 18 today
                                           AgeEdge{absl::CivilDay(2008, 2, 29), true,
                                                   true}));  // 18 since yesterday

TEST(Eligibility, NamesEverythingAtOnceInOrder) {
  Account account;
  account.type = AccountType::kLegalEntity;
  account.deleted = true;
  EXPECT_THAT(
      UnmetOf(account, EligibilityRole::kContact, false),
      ElementsAre(Requirement::kAccountTypeNotPersonal, Requirement::kAccountNotConfirmed,
                  Requirement::kAccountDeleted, Requirement::kAgeBelowMinimum, Requirement::kNotCitizen,
                  Requirement::kPassportMissing, Requirement::kPhoneMissing));
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

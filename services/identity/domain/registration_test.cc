#include "services/identity/domain/registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using tc::testing::IsOk;
using tc::testing::Refused;
using tc::testing::Violates;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::set<Field> kAll(std::begin(kFields), std::end(kFields));

// Another value in every field, all of which fit together.
Account Another() {
  Account account = GoodAccount();
  Person& p = account.person;
  p.first_name = "Пётр";
  p.last_name = "Иванов";
  p.patronymic = "Ильич";
  p.birth = absl::CivilDay(1986, 2, 20);
  p.sex = Sex::kFemale;
  p.citizenship = "KZ";
  p.snils = "12345678964";
  p.inn = "773370857141";
  p.document = Document{DocumentType::kRfPassport, "4510", "654321", absl::CivilDay(2010, 1, 1), "УФМС"};
  account.locale = "en";
  return account;
}

struct FieldCase {
  Field field;
  bool operator_only;
  bool confirming;
};

constexpr FieldCase kCases[] = {
    {Field::kFirstName, false, true}, {Field::kLastName, false, true},     {Field::kPatronymic, false, true},
    {Field::kBirthDate, true, true},  {Field::kSex, true, false},          {Field::kCitizenship, false, true},
    {Field::kSnils, false, true},     {Field::kInn, false, false},         {Field::kDocument, true, true},
    {Field::kLocale, false, false},   {Field::kOrganization, false, false}};

class OneField : public ::testing::TestWithParam<std::tuple<FieldCase, Corrector>> {
 protected:
  OneField() : field_(std::get<0>(GetParam())), author_(std::get<1>(GetParam())) {
    if (field_.field != Field::kOrganization) return;
    for (Account* account : {&present_, &wanted_}) {
      account->type = AccountType::kLegalEntity;
      account->organization = "Ромашка";
      account->person.inn = "7707083893";
    }
    wanted_.organization = "Лютик";
  }
  const FieldCase field_;
  const Corrector author_;
  Account present_ = GoodAccount();
  Account wanted_ = Another();
};

TEST_P(OneField, IsCorrectedByWhomItMayBe) {  // I5
  const auto correction = Correct(present_, wanted_, {field_.field}, author_, TestNow());
  if (field_.operator_only && author_ != Corrector::kOperator) {
    EXPECT_THAT(correction, Violates("OPERATOR_ONLY"));
    ASSERT_EQ(ViolationsOf(correction.status()).size(), 1U);
    EXPECT_EQ(ViolationsOf(correction.status())[0].field, "update_mask");
    EXPECT_THAT(ViolationsOf(correction.status())[0].description,
                ::testing::HasSubstr(std::string(FieldPath(field_.field))));
    return;
  }
  ASSERT_THAT(correction, IsOk());
  EXPECT_THAT(correction->changed, ElementsAre(field_.field));
  EXPECT_EQ(correction->confirmation_lost, field_.confirming);
  EXPECT_EQ(correction->account.confirmed.has_value(), !field_.confirming);
}

TEST_P(OneField, LeavesTheOthersAsTheyWere) {
  auto correction = Correct(present_, wanted_, {field_.field}, Corrector::kOperator, TestNow());
  ASSERT_THAT(correction, IsOk());
  const auto back = Correct(correction->account, present_, {field_.field}, Corrector::kOperator, TestNow());
  ASSERT_THAT(back, IsOk());
  Account restored = back->account;
  restored.confirmed = present_.confirmed;
  EXPECT_EQ(restored, present_);
}

TEST_P(OneField, IsNoChangeWhenItHasTheValueAlready) {
  const auto correction = Correct(present_, present_, {field_.field}, author_, TestNow());
  ASSERT_THAT(correction, IsOk());
  EXPECT_EQ(correction->account, present_);
  EXPECT_THAT(correction->changed, IsEmpty());
  EXPECT_FALSE(correction->confirmation_lost);
}

INSTANTIATE_TEST_SUITE_P(Fields, OneField,
                         ::testing::Combine(::testing::ValuesIn(kCases),
                                            ::testing::Values(Corrector::kOperator, Corrector::kOther)));

struct StateCase {
  const char* what;
  void (*bring)(Account&);
  const char* by_other;  // null: allowed
  const char* by_operator;
};

constexpr StateCase kStateCases[] = {
    {"active", [](Account&) {}, nullptr, nullptr},
    {"locked",
     [](Account& a) {
       a.lock = Lock{TestNow() + absl::Minutes(1), "12345678"};
     },
     nullptr, nullptr},
    {"frozen by its owner", [](Account& a) { a.owner_freeze_until = absl::InfiniteFuture(); },
     "ACCOUNT_FROZEN", nullptr},
    {"frozen in danger", [](Account& a) { a.danger_freeze_until = TestNow() + absl::Hours(1); },
     "ACCOUNT_FROZEN", nullptr},
    {"a freeze that is over", [](Account& a) { a.danger_freeze_until = TestNow(); }, nullptr, nullptr},
    {"blocked", [](Account& a) { a.block_reason = "fraud"; }, "ACCOUNT_BLOCKED", nullptr},
    {"erased", [](Account& a) { a.deleted = true; }, "ACCOUNT_DELETED", "ACCOUNT_DELETED"}};

class InState : public ::testing::TestWithParam<std::tuple<StateCase, Field>> {};

TEST_P(InState, DecidesBeforeAnythingElse) {
  const StateCase& state = std::get<0>(GetParam());
  const Field field = std::get<1>(GetParam());
  Account present = GoodAccount();
  state.bring(present);
  const auto reason = [&](Corrector corrector, const Account& wanted) {
    return ReasonOf(Correct(present, wanted, {field}, corrector, TestNow()).status()).value_or("");
  };
  EXPECT_EQ(reason(Corrector::kOperator, Another()), state.by_operator == nullptr ? "" : state.by_operator);
  EXPECT_EQ(reason(Corrector::kOther, present), state.by_other == nullptr ? "" : state.by_other)
      << state.what;
  const std::string by_field = OperatorOnly(field) ? "FIELD_INVALID" : "";
  EXPECT_EQ(reason(Corrector::kOther, Another()), state.by_other == nullptr ? by_field : state.by_other)
      << state.what;
}

INSTANTIATE_TEST_SUITE_P(
    States, InState,
    ::testing::Combine(::testing::ValuesIn(kStateCases),
                       ::testing::Values(Field::kFirstName, Field::kLastName, Field::kPatronymic,
                                         Field::kBirthDate, Field::kSex, Field::kCitizenship, Field::kSnils,
                                         Field::kInn, Field::kDocument, Field::kLocale)));

TEST(Correct, TellsEverythingAtOnce) {
  Account wanted = Another();
  wanted.person.first_name.clear();
  wanted.person.last_name.clear();
  wanted.person.inn = "7707083893";
  wanted.organization = "Ромашка";
  wanted.person.document->issued = absl::CivilDay(1980, 1, 1);
  const auto refused = Correct(GoodAccount(), wanted, kAll, Corrector::kOther, TestNow());
  std::vector<std::string> told;
  for (const FieldViolation& v : ViolationsOf(refused.status())) {
    told.push_back(v.field + " " + v.reason);
    EXPECT_FALSE(v.description.empty());
  }
  EXPECT_THAT(
      told, ElementsAre("account.person.first_name NAME_EMPTY", "account.person.last_name NAME_EMPTY",
                        "update_mask OPERATOR_ONLY", "update_mask OPERATOR_ONLY", "update_mask OPERATOR_ONLY",
                        "account.person.document.issue_date DATE_BEFORE_BIRTH",
                        "account.organization ORGANIZATION_NOT_ALLOWED", "account.person.inn INN_FORMAT"));
}

TEST(Correct, TakesAllFieldsFromAnOperator) {
  const auto correction = Correct(GoodAccount(), Another(), kAll, Corrector::kOperator, TestNow());
  ASSERT_THAT(correction, IsOk());
  EXPECT_EQ(correction->account.person, Another().person);
  EXPECT_EQ(correction->account.locale, "en");
  EXPECT_EQ(correction->changed.size(), kAll.size() - 1);  // no organisation
  EXPECT_TRUE(correction->confirmation_lost);
}

TEST(Correct, JudgesADocumentAgainstTheBirthDateThatStays) {
  Account wanted = GoodAccount();
  wanted.person.document->issued = absl::CivilDay(1987, 3, 20);
  EXPECT_THAT(Correct(GoodAccount(), wanted, {Field::kDocument}, Corrector::kOperator, TestNow()),
              Violates("DATE_BEFORE_BIRTH"));
  wanted.person.document->issued = absl::CivilDay(1987, 3, 21);
  EXPECT_THAT(Correct(GoodAccount(), wanted, {Field::kDocument}, Corrector::kOperator, TestNow()), IsOk());
}

TEST(Correct, ChangesNothingThatIsNotRegistrationData) {
  Account wanted = Another();
  wanted.id = AccountId::FromTrusted("other");
  wanted.type = AccountType::kPrivileged;
  wanted.email = Email::FromTrusted("thief@example.org");
  wanted.block_reason = "none";
  wanted.deleted = true;
  wanted.version = 77;
  const auto correction = Correct(GoodAccount(), wanted, kAll, Corrector::kOperator, TestNow());
  ASSERT_THAT(correction, IsOk());
  Account expected = GoodAccount();
  expected.person = wanted.person;
  expected.locale = wanted.locale;
  expected.confirmed.reset();
  EXPECT_EQ(correction->account, expected);
}

TEST(Correct, LosesNoConfirmationThatWasNotThere) {
  Account present = GoodAccount();
  present.confirmed.reset();
  const auto correction = Correct(present, Another(), {Field::kSnils}, Corrector::kOther, TestNow());
  ASSERT_THAT(correction, IsOk());
  EXPECT_FALSE(correction->confirmation_lost);
}

TEST(Correct, LetsAnOrganisationBeWithoutAPersonButNotWithoutAName) {
  Account company;
  company.type = AccountType::kLegalEntity;
  company.organization = "Ромашка";
  company.person.first_name = "Анна";
  Account wanted = company;
  wanted.person.first_name.clear();
  EXPECT_THAT(Correct(company, wanted, {Field::kFirstName}, Corrector::kOther, TestNow()), IsOk());
  wanted.organization.clear();
  EXPECT_THAT(Correct(company, wanted, {Field::kOrganization}, Corrector::kOther, TestNow()),
              Violates("TEXT_MISSING"));
}

TEST(Correct, FindsNoFaultWithWhatIsNotChanged) {
  Account company;
  company.type = AccountType::kLegalEntity;  // it has no name
  const auto correction = Correct(company, company, kAll, Corrector::kOther, TestNow());
  ASSERT_THAT(correction, IsOk());
  EXPECT_EQ(correction->account, company);
}

TEST(FieldPath, IsDifferentForEveryField) {
  std::set<absl::string_view> paths;
  for (const Field field : kFields) paths.insert(FieldPath(field));
  EXPECT_EQ(paths.size(), std::size(kFields));
  EXPECT_EQ(std::size(kCases), std::size(kFields));
  for (const FieldCase& c : kCases) EXPECT_EQ(OperatorOnly(c.field), c.operator_only) << FieldPath(c.field);
}

}  // namespace
}  // namespace tc::identity

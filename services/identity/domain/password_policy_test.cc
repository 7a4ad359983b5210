#include "services/identity/domain/password_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using R = PasswordRule;
using ::testing::IsSupersetOf;

PersonalWords Ivans() {
  Account account = GoodAccount("vanya-77");
  account.email = Email::FromTrusted("ivpetrov@example.org");
  return PersonalWordsOf(account, {BoundPhone(account)});
}

std::vector<R> RulesOf(absl::string_view password, const PasswordPolicy& policy) {
  std::vector<R> rules;
  for (const PasswordViolation& v : CheckPassword(NormalisedPassword(Secret(password)), policy, Ivans())) {
    EXPECT_FALSE(v.sentence.empty());
    rules.push_back(v.rule);
  }
  return rules;
}

TEST(CheckPassword, CountsUpToTheMostAndRefusesOneMore) {
  std::string password = "Kp7!";
  while (password.size() < 128) password += password.size() % 2 == 0 ? "w" : "Q";
  EXPECT_THAT(RulesOf(password, PasswordPolicy()), ::testing::IsEmpty());
  EXPECT_THAT(RulesOf(password + "x", PasswordPolicy()), ::testing::ElementsAre(R::kTooLong));
}

TEST(CheckPassword, TellsPasswordsApartBehindANulByte) {  // PWD-04
  EXPECT_FALSE(NormalisedPassword(Secret(absl::string_view("a\0b", 3))) == NormalisedPassword(Secret("a")));
  EXPECT_EQ(NormalisedPassword(Secret(absl::string_view("a\0b", 3))).Reveal().size(), 3U);
}

TEST(CheckPassword, SeesAllOfALongPassword) {  // PWD-03
  PasswordPolicy policy;
  policy.max_length = 1024;
  std::string password = "Kp7!";
  while (password.size() < 1023) password += password.size() % 2 == 0 ? "w" : "Q";
  EXPECT_THAT(RulesOf(password + "x", policy), ::testing::IsEmpty());
  EXPECT_THAT(RulesOf(password + "\t", policy), ::testing::ElementsAre(R::kSpace));
}

TEST(CheckPassword, AsksTheOperatorsListToo) {
  const PasswordPolicy policy;
  const Blocklist leaked = LoadBlocklist("Kp7!wQz2\nVerwaltungsamt\n");
  const auto common = [&](const char* password, const Blocklist* list) {
    return !CheckPassword(Secret(password), policy, {}, list).empty();
  };
  EXPECT_FALSE(common("Kp7!wQz2", nullptr));
  EXPECT_TRUE(common("Kp7!wQz2", &leaked));
  EXPECT_TRUE(common("kP7!WqZ2", &leaked));
  EXPECT_FALSE(common("Verwaltungsamt7!", nullptr));
  EXPECT_TRUE(common("Verwaltungsamt7!", &leaked));
  EXPECT_FALSE(common("Kp7!wQz3", &leaked));
}

TEST(NormalisedPassword, MakesComposedAndDecomposedEqual) {
  EXPECT_TRUE(NormalisedPassword(Secret("e\u0301")) == NormalisedPassword(Secret("\u00e9")));
}

TEST(PersonalWords, LeavesOutWhatIsTooShortToMatter) {
  Account account = GoodAccount("ab");
  account.person.first_name = "Ян";
  account.person.last_name = "Ли";
  account.person.patronymic.clear();
  EXPECT_THAT(PersonalWordsOf(account, {}).words, ::testing::IsEmpty());
}

TEST(PersonalWords, AreAlsoThePartsOfComposedOnes) {
  Account account = GoodAccount("vanya-77");
  account.person.first_name = "Анна-Мария";
  account.email = Email::FromTrusted("Ivan.Petrov77@example.org");
  EXPECT_THAT(PersonalWordsOf(account, {}).words, IsSupersetOf({"vanya-77", "vanya", "анна-мария", "анна",
                                                                "мария", "ivan.petrov77", "ivan", "petrov"}));
}

TEST(PersonalWords, HaveTheBirthDateInSeveralSpellings) {
  Account account = GoodAccount();
  account.person.birth = absl::CivilDay(1987, 3, 1);
  EXPECT_THAT(PersonalWordsOf(account, {}).digits,
              IsSupersetOf({"01031987", "19870301", "03011987", "010387", "870301", "1387", "0103", "1987"}));
}

TEST(PersonalWords, LeaveOutPhonesThatAreNotBound) {
  OwnedPhone phone = BoundPhone(GoodAccount());
  phone.state = PhoneState::kReleased;
  Account account = GoodAccount();
  account.person.birth.reset();
  EXPECT_THAT(PersonalWordsOf(account, {phone}).digits, ::testing::IsEmpty());
}

TEST(PolicyRefusal, CarriesOneViolationARule) {
  const PasswordPolicy policy;
  const absl::Status refusal =
      PolicyRefusal({Violated(R::kTooShort, policy), Violated(R::kReused, policy)}, "new_password");
  EXPECT_THAT(refusal,
              tc::testing::Refused(absl::StatusCode::kInvalidArgument, Reason::kPasswordPolicyViolated));
  const std::vector<FieldViolation> violations = ViolationsOf(refusal);
  ASSERT_EQ(violations.size(), 2U);
  EXPECT_EQ(violations[0].field, "new_password");
  EXPECT_EQ(violations[0].reason, "PASSWORD_TOO_SHORT");
  EXPECT_EQ(violations[0].description, "use at least 8 characters");
  EXPECT_EQ(violations[1].reason, "PASSWORD_REUSED");
  EXPECT_THAT(PolicyRefusal({}, "new_password"), tc::testing::IsOk());
}

TEST(Violated, SaysInWordsWhatToDo) {
  const PasswordPolicy strict = MakePolicy(*ResolvePolicy(PolicyKeys(), "strict", {})).password;
  for (const PasswordPolicy& policy : {PasswordPolicy(), strict}) {
    std::set<std::string> sentences;
    for (int i = 1; i <= 13; ++i) {
      EXPECT_EQ(RuleName(static_cast<R>(i)).substr(0, 9), "PASSWORD_") << i;
      const std::string sentence = Violated(static_cast<R>(i), policy).sentence;
      EXPECT_THAT(sentence, ::testing::ContainsRegex("use|add|leave out|repeat|choose|put")) << i;
      sentences.insert(sentence);
    }
    EXPECT_EQ(sentences.size(), 13U);
  }
}

}  // namespace
}  // namespace tc::identity

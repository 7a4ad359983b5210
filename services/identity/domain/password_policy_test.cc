#include "services/identity/domain/password_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using R = PasswordRule;
using ::testing::ElementsAreArray;

PasswordPolicy Strict() {
  PasswordPolicy policy;
  policy.min_length = 15;
  policy.classes = false;
  policy.spaces = true;
  policy.sequence_run = 0;
  policy.repeat_max = 0;
  policy.personal_parts = false;
  return policy;
}

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

struct Case {
  const char* password;
  std::vector<R> broken;
};

class Gosuslugi : public ::testing::TestWithParam<Case> {};
TEST_P(Gosuslugi, NamesEveryBrokenRule) {
  EXPECT_THAT(RulesOf(GetParam().password, PasswordPolicy()), ElementsAreArray(GetParam().broken))
      << GetParam().password;
}

INSTANTIATE_TEST_SUITE_P(Good, Gosuslugi,
                         ::testing::Values(Case{"Tr0ub&dor3", {}}, Case{"Kp7!wQz2", {}}, Case{"xK9#mmLp", {}},
                                           Case{"Снег5!Лето", {}}, Case{"Ёлка7%Дом", {}},
                                           Case{"aB3$aB3$", {}}, Case{"Zm1~Zm1~", {}}, Case{"Ж7ж!Ш9ш@", {}},
                                           Case{"mIxЯг5!кот", {}}, Case{"P@ss9word-Zebra", {}},
                                           Case{"Aa1!Bb2@Cc3#", {}}, Case{"Дождь№4уФ", {}},
                                           Case{"g7H_kL2m", {}}, Case{"Über5€weg", {}}, Case{"wX4😀vN8p", {}},
                                           Case{"123Zk!Wy", {}},   // three in a row are allowed
                                           Case{"abcZ5!Wy", {}},   //
                                           Case{"aaZ5!Wyk", {}},   // twice is allowed
                                           Case{"zyxK5!Wm", {}},   //
                                           Case{"\"Qz5'Wm;", {}},  // quotes are special
                                           Case{"<Qz5>Wm\\", {}}));

INSTANTIATE_TEST_SUITE_P(
    Length, Gosuslugi,
    ::testing::Values(Case{"Kp7!wQz", {R::kTooShort}},
                      Case{"", {R::kTooShort, R::kNoUpper, R::kNoLower, R::kNoDigit, R::kNoSpecial}},
                      Case{"aB3$", {R::kTooShort}}, Case{"Ж7ж!Ш9ш", {R::kTooShort}},  // characters, not bytes
                      Case{"Kp7!wQze\u0301", {}}, Case{"Kp7!wQe\u0301", {R::kTooShort}}));  // é is one

INSTANTIATE_TEST_SUITE_P(
    Classes, Gosuslugi,
    ::testing::Values(Case{"kp7!wqz2", {R::kNoUpper}}, Case{"KP7!WQZ2", {R::kNoLower}},
                      Case{"KpX!wQzY", {R::kNoDigit}}, Case{"Kp7XwQz2", {R::kNoSpecial}},
                      Case{"снег5!лето", {R::kNoUpper}}, Case{"СНЕГ5!ЛЕТО", {R::kNoLower}},
                      Case{"Снег!ЛетоЗ", {R::kNoDigit}}, Case{"Снег5Лето9", {R::kNoSpecial}},
                      Case{"kpxwqzmt", {R::kNoUpper, R::kNoDigit, R::kNoSpecial}},
                      Case{"57293846", {R::kNoUpper, R::kNoLower, R::kNoSpecial}},
                      Case{"!#%?*+=~", {R::kNoUpper, R::kNoLower, R::kNoDigit}},
                      Case{"KПx!wДzФ", {R::kNoDigit}},
                      Case{"Kp٧!wQzx", {R::kNoDigit}},     // an Arabic digit is none of ours
                      Case{"Kp７!wQzx", {R::kNoDigit}}));  // nor a full-width one

INSTANTIATE_TEST_SUITE_P(
    Characters, Gosuslugi,
    ::testing::Values(Case{"Kp7! wQz2", {R::kSpace}}, Case{" Kp7!wQz2", {R::kSpace}},
                      Case{"Kp7!wQz2 ", {R::kSpace}}, Case{"Kp7!\twQz2", {R::kSpace}},
                      Case{"Kp7!\u00A0wQz2", {R::kSpace}}, Case{"Kp7!\u2003wQz2", {R::kSpace}},
                      Case{"Kp7!\nwQz2", {R::kControl}}, Case{"Kp7!\x01wQz2", {R::kControl}},
                      Case{"Kp7!\x7fwQz2", {R::kControl}}, Case{"Kp7!\u2028wQz2", {R::kControl}}));

INSTANTIATE_TEST_SUITE_P(Sequences, Gosuslugi,
                         ::testing::Values(Case{"Kp!w1234", {R::kSequence}}, Case{"4321Kp!w", {R::kSequence}},
                                           Case{"Kp7!abcd", {R::kSequence}}, Case{"Kp7!dcba", {R::kSequence}},
                                           Case{"Kp7!aBcD", {R::kSequence}}, Case{"Kp7!абвг", {R::kSequence}},
                                           Case{"Kp7!гвба", {R::kSequence}}, Case{"Kp7!xyzw", {}},
                                           Case{"Kp7!wxyz", {R::kSequence}}, Case{"Kp!w7890", {R::kSequence}},
                                           Case{"Kp!w0987", {R::kSequence}}, Case{"Kp7!qwer", {R::kSequence}},
                                           Case{"Kp7!rewq", {R::kSequence}}, Case{"Kp7!йцук", {R::kSequence}},
                                           Case{"Kp7!ФЫВА", {R::kSequence}}, Case{"Kp!w1357", {}},
                                           Case{"Kp!w6789", {R::kSequence}}, Case{"Kp7!э1ю2", {}},
                                           Case{"K12p3!4w", {}}, Case{"Kp!wx234", {}}));

INSTANTIATE_TEST_SUITE_P(Repeats, Gosuslugi,
                         ::testing::Values(Case{"Kp7!wwwQ", {R::kRepeat}}, Case{"Kp777!wQ", {R::kRepeat}},
                                           Case{"Kp7!!!wQ", {R::kRepeat}}, Case{"Kp7!яяяQ", {R::kRepeat}},
                                           Case{"Kp7!wWwQ", {}}, Case{"Kp7!wwQww", {}}));

INSTANTIATE_TEST_SUITE_P(
    Personal, Gosuslugi,
    ::testing::Values(Case{"Иван7!xKz", {R::kPersonal}}, Case{"xK7!иван", {R::kPersonal}},
                      Case{"ПеТрОв7!x", {R::kPersonal}}, Case{"Сергеевич7!", {R::kPersonal}},
                      Case{"Vanya-77!", {R::kPersonal}}, Case{"xIvPetrov7!", {R::kPersonal}},
                      Case{"Kp!x9161234567", {R::kSequence, R::kPersonal}},
                      Case{"Kp!x61234", {R::kSequence, R::kPersonal}}, Case{"Kp!x91612w", {R::kPersonal}},
                      Case{"Kp!9-16-12w", {R::kPersonal}}, Case{"Kp!x9161w", {}},
                      Case{"Kp!21031987", {R::kPersonal}}, Case{"Kp!21.03.1987", {R::kPersonal}},
                      Case{"Kp!19870321", {R::kPersonal}}, Case{"Kp!210387w", {R::kPersonal}},
                      Case{"Kp!w1987x", {R::kPersonal}}, Case{"Kp!w1988x", {}}, Case{"Мария7!xK", {}}));

INSTANTIATE_TEST_SUITE_P(Common, Gosuslugi,
                         ::testing::Values(Case{"Password1!", {R::kCommon}}, Case{"pAssword7%", {R::kCommon}},
                                           Case{"Qwerty!2345", {R::kSequence, R::kCommon}},
                                           Case{"Пароль1!", {R::kCommon}}, Case{"Gfhjkm1!", {R::kCommon}},
                                           Case{"Привет2024!", {R::kCommon}},
                                           Case{"1!Welcome2", {R::kCommon}}, Case{"Love!You7", {}},
                                           Case{"ПарольПривет7!", {R::kCommon}}, Case{"Летмein7!x", {}},
                                           Case{"Солнышко5!", {R::kCommon}},
                                           Case{"Qwerty123", {R::kNoSpecial, R::kSequence, R::kCommon}},
                                           Case{"123456",
                                                {R::kTooShort, R::kNoUpper, R::kNoLower, R::kNoSpecial,
                                                 R::kSequence, R::kPersonal, R::kCommon}}));

class StrictProfile : public ::testing::TestWithParam<Case> {};
TEST_P(StrictProfile, NamesEveryBrokenRule) {
  EXPECT_THAT(RulesOf(GetParam().password, Strict()), ElementsAreArray(GetParam().broken))
      << GetParam().password;
}

INSTANTIATE_TEST_SUITE_P(
    Strict, StrictProfile,
    ::testing::Values(Case{"correct horse battery", {}}, Case{"дождь идёт над рекой", {}},
                      Case{"zebraviolinteapot", {}}, Case{"ЗЕБРАСКРИПКАЧАЙНИК", {}},
                      Case{"abcd zebra violin tea", {}}, Case{"aaaa zebra violin tea", {}},
                      Case{"zebra иван violin tea", {}},  // a part is no harm here
                      Case{"😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", {}}, Case{"zebra violin t", {R::kTooShort}},
                      Case{"дождь над рекой", {}}, Case{"дождь надрекой", {R::kTooShort}},
                      Case{"Tr0ub&dor3", {R::kTooShort}}, Case{"zebra violin\ttea pot", {R::kControl}},
                      Case{"zebra violin\ntea pot", {R::kControl}}, Case{"passwordpassword", {R::kCommon}},
                      Case{"Password Password 1!", {R::kCommon}}, Case{"qwertyuiopasdfghjkl", {R::kCommon}},
                      Case{"123456789012345678", {R::kCommon}}, Case{"111111111111111111", {R::kCommon}},
                      Case{"123456123456123456", {R::kCommon}},
                      Case{"correct horse battery staple", {R::kCommon}},
                      Case{"пароль пароль пароль", {R::kCommon}}, Case{"Иван Сергеевич Петров", {R::kCommon}},
                      Case{"иван2103петров1987", {R::kCommon}}, Case{"", {R::kTooShort}}));

TEST(CheckPassword, CountsUpToTheMostAndRefusesOneMore) {
  std::string password = "Kp7!";
  while (password.size() < 128) password += password.size() % 2 == 0 ? "w" : "Q";
  EXPECT_THAT(RulesOf(password, PasswordPolicy()), ::testing::IsEmpty());
  EXPECT_THAT(RulesOf(password + "x", PasswordPolicy()), ::testing::ElementsAre(R::kTooLong));
}

TEST(CheckPassword, DoesNotCutAtANulByte) {
  EXPECT_THAT(RulesOf(absl::string_view("Kp7!wQz2\0x", 10), PasswordPolicy()),
              ::testing::ElementsAre(R::kControl));
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

TEST(RuleName, IsGivenForEveryRule) {
  for (int i = 1; i <= 13; ++i) {
    EXPECT_TRUE(RuleName(static_cast<R>(i)).substr(0, 9) == "PASSWORD_") << i;
    EXPECT_FALSE(Violated(static_cast<R>(i), {}).sentence.empty()) << i;
  }
}

}  // namespace
}  // namespace tc::identity

// UpdateAccount: who may correct what of the registration data, and what a correction costs (I5).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using ::testing::ElementsAre;
using testing::HasCode;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::UnorderedElementsAre;

class UpdateAccount : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(world_.Citizen("ivan", 1), IsOk());
    world_.NewEvents();
  }

  pb::UpdateAccountRequest Request(const std::vector<std::string>& paths) {
    pb::UpdateAccountRequest in;
    in.mutable_account()->set_name("accounts/ivan");
    for (const std::string& path : paths) in.mutable_update_mask()->add_paths(path);
    in.set_reason("заявление 12");
    return in;
  }
  absl::StatusOr<pb::Account> Update(const rpc::Call& call, const pb::UpdateAccountRequest& in) {
    return world_.handlers().accounts.UpdateAccount(call, in);
  }
  static std::vector<std::string> Violations(const absl::Status& status) {
    std::vector<std::string> reasons;
    for (const FieldViolation& v : ViolationsOf(status)) reasons.push_back(v.reason);
    return reasons;
  }

  World world_;
};

TEST_F(UpdateAccount, ChangesWhatTheMaskNamesAndNothingElse) {
  pb::UpdateAccountRequest in = Request({"locale"});
  in.mutable_account()->set_locale("en");
  in.mutable_account()->mutable_person()->set_first_name("1!");  // is not looked at
  ASSERT_OK_AND_ASSIGN(const pb::Account account, Update(world_.Idp(), in));
  EXPECT_EQ(account.locale(), "en");
  EXPECT_EQ(account.person().first_name(), "Иван");
  EXPECT_EQ(account.level(), pb::ACCOUNT_LEVEL_CONFIRMED);
  EXPECT_THAT(world_.NewEvents(), ElementsAre("AccountUpdated"));
}

TEST_F(UpdateAccount, ANewNameTakesTheConfirmationAway) {
  pb::UpdateAccountRequest in = Request({"person.last_name"});
  in.mutable_account()->mutable_person()->set_last_name("Сидоров");
  ASSERT_OK_AND_ASSIGN(const pb::Account account, Update(world_.Idp(), in));
  EXPECT_EQ(account.person().last_name(), "Сидоров");
  EXPECT_EQ(account.level(), pb::ACCOUNT_LEVEL_STANDARD);
  pb::CheckEligibilityRequest question;
  question.set_account("accounts/ivan");
  question.set_role(pb::ELIGIBILITY_ROLE_CONTACT);
  EXPECT_FALSE(world_.handlers().eligibility.CheckEligibility(world_.Service(), question)->eligible());
}

TEST_F(UpdateAccount, BirthDateSexAndPassportAreAnOperators) {
  pb::UpdateAccountRequest in = Request({"person.birth_date", "person.sex", "person.document"});
  pb::Person* person = in.mutable_account()->mutable_person();
  SetDay(person->mutable_birth_date(), 1986, 1, 2);
  person->set_sex(pb::SEX_FEMALE);
  SetPassport(person->mutable_document(), 777);
  const absl::Status refused = Update(world_.Idp(), in).status();
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(Violations(refused), ElementsAre("OPERATOR_ONLY", "OPERATOR_ONLY", "OPERATOR_ONLY"));
  EXPECT_THAT(world_.NewEvents(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const pb::Account account, Update(world_.Operator(), in));
  EXPECT_EQ(account.person().document().number(), "000777");
  EXPECT_EQ(account.person().birth_date().year(), 1986);
}

TEST_F(UpdateAccount, MovesTheIndexesWithTheData) {
  pb::UpdateAccountRequest in = Request({"person.snils"});
  in.mutable_account()->mutable_person()->set_snils(SnilsNumber(55));
  ASSERT_THAT(Update(world_.Idp(), in), IsOk());
  pb::LookupAccountRequest look;
  look.set_snils(SnilsNumber(55));
  EXPECT_EQ(world_.handlers().eligibility.LookupAccount(world_.Service(), look)->account(), "accounts/ivan");
  look.set_snils(SnilsNumber(1));
  EXPECT_THAT(world_.handlers().eligibility.LookupAccount(world_.Service(), look), HasCode(kNotFound));
}

TEST_F(UpdateAccount, NamesEveryMistakeAtOnce) {
  pb::UpdateAccountRequest in = Request({"person.snils", "person.citizenship", "level", "locale"});
  in.mutable_account()->mutable_person()->set_snils("12345678900");
  in.mutable_account()->mutable_person()->set_citizenship("XX");
  in.mutable_account()->set_locale("fr");
  in.clear_reason();
  EXPECT_THAT(Violations(Update(world_.Operator(), in).status()),
              UnorderedElementsAre("SNILS_CHECK_DIGITS", "COUNTRY_UNKNOWN", "MASK_PATH_UNKNOWN",
                                   "LOCALE_UNKNOWN", "TEXT_MISSING"));
}

// Refusals are logged, and a caller may have put anything into a path (LOG-04).
TEST_F(UpdateAccount, TellsAnUnknownPathByItsPlaceAndDoesNotRepeatIt) {
  const absl::Status refused = Update(world_.Idp(), Request({"person.first_name", "+79161234567"})).status();
  const std::vector<FieldViolation> violations = ViolationsOf(refused);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].field, "update_mask.paths[1]");
  EXPECT_EQ(violations[0].reason, "MASK_PATH_UNKNOWN");
  EXPECT_FALSE(absl::StrContains(violations[0].description, "+7"));
}

TEST_F(UpdateAccount, WantsAMask) {
  EXPECT_THAT(Violations(Update(world_.Idp(), Request({})).status()), ElementsAre("MASK_EMPTY"));
}

TEST_F(UpdateAccount, OfTheWholePersonReplacesAllOfIt) {
  pb::UpdateAccountRequest in = Request({"person"});
  *in.mutable_account()->mutable_person() = Registration("ivan", 1).account().person();
  in.mutable_account()->mutable_person()->clear_patronymic();
  ASSERT_OK_AND_ASSIGN(const pb::Account account, Update(world_.Operator(), in));
  EXPECT_EQ(account.person().patronymic(), "");
  EXPECT_EQ(account.person().first_name(), "Иван");
}

TEST_F(UpdateAccount, ThatChangesNothingLeavesNoTrace) {
  ASSERT_OK_AND_ASSIGN(const pb::Account before, world_.Get("ivan"));
  pb::UpdateAccountRequest in = Request({"person.first_name"});
  in.mutable_account()->mutable_person()->set_first_name("Иван");
  ASSERT_OK_AND_ASSIGN(const pb::Account after, Update(world_.Idp(), in));
  EXPECT_EQ(after.version(), before.version());
  EXPECT_EQ(after.level(), pb::ACCOUNT_LEVEL_CONFIRMED);
  EXPECT_THAT(world_.NewEvents(), IsEmpty());
}

TEST_F(UpdateAccount, TellsTheOwner) {
  pb::UpdateAccountRequest in = Request({"person.last_name"});
  in.mutable_account()->mutable_person()->set_last_name("Сидоров");
  ASSERT_THAT(Update(world_.Idp(), in), IsOk());
  world_.Settle();
  ASSERT_FALSE(world_.otp().notices().empty());
  EXPECT_EQ(world_.otp().notices().back().kind, NoticeKind::kPersonalDataChanged);
}

TEST_F(UpdateAccount, OfABlockedAccountIsAnOperatorsAloneOfAnErasedOneNobodys) {
  pb::UpdateAccountRequest in = Request({"locale"});
  in.mutable_account()->set_locale("en");
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_THAT(Update(world_.Idp(), in), Refused(kFailedPrecondition, Reason::kAccountBlocked));
  EXPECT_THAT(Update(world_.Operator(), in), IsOk());
  ASSERT_THAT(world_.Delete(world_.Operator(), "ivan"), IsOk());
  in.mutable_account()->set_locale("ru");
  EXPECT_THAT(Update(world_.Operator(), in), Refused(kFailedPrecondition, Reason::kAccountDeleted));
}

}  // namespace
}  // namespace tc::identity

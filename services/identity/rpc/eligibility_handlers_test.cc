#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

absl::StatusOr<pb::Eligibility> Check(World& world, const rpc::Call& call, const std::string& id,
                                      pb::EligibilityRole role) {
  pb::CheckEligibilityRequest in;
  in.set_account("accounts/" + id);
  in.set_role(role);
  return world.handlers().eligibility.CheckEligibility(call, in);
}
std::vector<int> UnmetOf(const pb::Eligibility& answer) {
  return {answer.unmet().begin(), answer.unmet().end()};
}

constexpr auto kPrincipal = pb::ELIGIBILITY_ROLE_PRINCIPAL;
constexpr auto kContact = pb::ELIGIBILITY_ROLE_CONTACT;

TEST(CheckEligibility, AnswersADecisionWithItsTimeAndVersion) {
  World world;
  ASSERT_THAT(world.Citizen("ivan", 1), IsOk());
  for (const pb::EligibilityRole role : {kPrincipal, kContact}) {
    ASSERT_OK_AND_ASSIGN(const pb::Eligibility answer, Check(world, world.Service(), "ivan", role));
    EXPECT_TRUE(answer.eligible());
    EXPECT_THAT(UnmetOf(answer), IsEmpty());
    EXPECT_EQ(answer.as_of().seconds(), absl::ToUnixSeconds(world.now()));
    EXPECT_EQ(answer.version(), 2);
  }
}

TEST(CheckEligibility, NamesAllThatIsMissing) {
  World world;
  pb::CreateAccountRequest in = Registration("child", 1);
  SetDay(in.mutable_account()->mutable_person()->mutable_birth_date(), 2015, 1, 1);
  in.mutable_account()->mutable_person()->clear_document();
  in.mutable_account()->mutable_person()->set_citizenship("KZ");
  ASSERT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), in), IsOk());
  ASSERT_THAT(world.Block("child"), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Eligibility answer, Check(world, world.Service(), "child", kPrincipal));
  EXPECT_FALSE(answer.eligible());
  EXPECT_THAT(UnmetOf(answer),
              ElementsAre(pb::REQUIREMENT_ACCOUNT_NOT_CONFIRMED, pb::REQUIREMENT_ACCOUNT_BLOCKED,
                          pb::REQUIREMENT_AGE_BELOW_MINIMUM, pb::REQUIREMENT_NOT_CITIZEN,
                          pb::REQUIREMENT_PASSPORT_MISSING, pb::REQUIREMENT_PHONE_MISSING));
}

TEST(CheckEligibility, TurnsAtMidnightInMoscow) {
  World world;
  pb::CreateAccountRequest in = Registration("kolya", 1);
  SetDay(in.mutable_account()->mutable_person()->mutable_birth_date(), 2008, 3, 3);  // 18 tomorrow
  SetDay(in.mutable_account()->mutable_person()->mutable_document()->mutable_issue_date(), 2022, 4, 1);
  in.set_verified_phone(PhoneNumber(1));
  ASSERT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), in), IsOk());
  pb::ConfirmAccountRequest confirm;
  confirm.set_name("accounts/kolya");
  confirm.set_method(pb::CONFIRMATION_METHOD_SERVICE_CENTRE);
  confirm.set_reference("case-1");
  *confirm.mutable_document() = in.account().person().document();
  ASSERT_THAT(world.handlers().accounts.ConfirmAccount(world.Centre(), confirm), IsOk());
  world.clock().Set(absl::FromCivil(absl::CivilSecond(2026, 3, 2, 20, 59, 59), absl::UTCTimeZone()));
  EXPECT_TRUE(Check(world, world.Service(), "kolya", kPrincipal)->eligible());
  EXPECT_THAT(UnmetOf(*Check(world, world.Service(), "kolya", kContact)),
              ElementsAre(pb::REQUIREMENT_AGE_BELOW_MINIMUM));
  world.clock().Advance(absl::Seconds(1));
  EXPECT_TRUE(Check(world, world.Service(), "kolya", kContact)->eligible());
}

TEST(CheckEligibility, IsTheOwnersToAskFromAPortal) {
  World world;
  ASSERT_THAT(world.Citizen("ivan", 1), IsOk());
  EXPECT_THAT(Check(world, world.As("ivan"), "ivan", kContact), IsOk());
  EXPECT_THAT(Check(world, world.As("oleg"), "ivan", kContact), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(Check(world, world.Service(), "nobody", kContact), Refused(kNotFound, Reason::kNotFound));
}

TEST(CheckEligibility, NeedsARole) {
  World world;
  EXPECT_THAT(Check(world, world.Service(), "ivan", pb::ELIGIBILITY_ROLE_UNSPECIFIED),
              Violates("ROLE_MISSING"));
}

absl::StatusOr<pb::MatchContactResponse> Match(World& world, const std::string& principal,
                                               const std::string& first_name, const std::string& phone) {
  pb::MatchContactRequest in;
  in.set_principal("accounts/" + principal);
  in.set_first_name(first_name);
  in.set_phone(phone);
  return world.handlers().eligibility.MatchContact(world.Service(), in);
}
std::vector<int> ConflictsOf(const pb::MatchContactResponse& answer) {
  return {answer.conflicts().begin(), answer.conflicts().end()};
}

class MatchContact : public ::testing::Test {
 protected:
  MatchContact() {
    EXPECT_THAT(world_.Citizen("anna", 1, "Анна", "Иванова"), IsOk());
    EXPECT_THAT(world_.Citizen("petr", 2, "Пётр", "Сидоров"), IsOk());
  }
  std::string Found(const std::string& first_name, const std::string& phone) {
    return Match(world_, "anna", first_name, phone)->account();
  }
  World world_;
};

TEST_F(MatchContact, FindsByFirstNameAndPhone) {
  ASSERT_OK_AND_ASSIGN(const pb::MatchContactResponse answer,
                       Match(world_, "anna", "  ПЕТР ", PhoneNumber(2)));
  EXPECT_EQ(answer.account(), "accounts/petr");
  EXPECT_EQ(answer.masked_name(), "Пётр С.");
  EXPECT_THAT(ConflictsOf(answer), IsEmpty());
}

TEST_F(MatchContact, FindsNobodyWhenOneOfTheTwoIsWrong) {
  EXPECT_EQ(Found("Павел", PhoneNumber(2)), "");
  EXPECT_EQ(Found("Пётр", PhoneNumber(3)), "");
  EXPECT_EQ(Found("Пётр", PhoneNumber(1)), "");
  EXPECT_EQ(Found("Пётр1", PhoneNumber(2)), "");
}

TEST_F(MatchContact, FindsNobodyWhoIsBlocked) {
  ASSERT_THAT(world_.Block("petr"), IsOk());
  EXPECT_EQ(Found("Пётр", PhoneNumber(2)), "");
}

TEST_F(MatchContact, FollowsAChangeOfNumber) {
  ASSERT_THAT(world_.Move("petr", PhoneNumber(22)), IsOk());
  EXPECT_EQ(Found("Пётр", PhoneNumber(2)), "");
  EXPECT_EQ(Found("Пётр", PhoneNumber(22)), "accounts/petr");
}

TEST_F(MatchContact, NamesTheConflictsWithTheSearcher) {
  EXPECT_THAT(ConflictsOf(*Match(world_, "anna", "Анна", PhoneNumber(1))),
              ElementsAre(pb::CONTACT_CONFLICT_SAME_ACCOUNT, pb::CONTACT_CONFLICT_SAME_PERSON,
                          pb::CONTACT_CONFLICT_SAME_PHONE));
  pb::CreateAccountRequest second =
      Registration("anna2", 1, "Анна", "Иванова");  // the same SNILS and passport
  second.set_verified_phone(PhoneNumber(3));
  ASSERT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), second), IsOk());
  EXPECT_THAT(ConflictsOf(*Match(world_, "anna", "Анна", PhoneNumber(3))),
              ElementsAre(pb::CONTACT_CONFLICT_SAME_PERSON));
}

TEST_F(MatchContact, DoesNotKnowAnAbsentPrincipal) {
  EXPECT_THAT(Match(world_, "nobody", "Пётр", PhoneNumber(2)), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(MatchContact, NamesEveryMistakeAtOnce) {
  const absl::Status status =
      world_.handlers().eligibility.MatchContact(world_.Service(), pb::MatchContactRequest()).status();
  EXPECT_THAT(status, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_EQ(ViolationsOf(status).size(), 3U);
}

class LookupAccount : public ::testing::Test {
 protected:
  LookupAccount() { EXPECT_THAT(world_.Citizen("ivan", 1), IsOk()); }
  absl::StatusOr<pb::LookupAccountResponse> Lookup(const pb::LookupAccountRequest& in) {
    return world_.handlers().eligibility.LookupAccount(world_.Service("recovery"), in);
  }
  absl::StatusOr<pb::LookupAccountResponse> ByPhone(const std::string& phone) {
    pb::LookupAccountRequest in;
    in.set_phone(phone);
    return Lookup(in);
  }
  absl::StatusOr<pb::LookupAccountResponse> ByEmail(const std::string& email) {
    pb::LookupAccountRequest in;
    in.set_email(email);
    return Lookup(in);
  }
  absl::StatusOr<pb::LookupAccountResponse> BySnils(const std::string& snils) {
    pb::LookupAccountRequest in;
    in.set_snils(snils);
    return Lookup(in);
  }
  absl::StatusOr<pb::LookupAccountResponse> ByName(const std::string& name) {
    pb::LookupAccountRequest in;
    in.set_account(name);
    return Lookup(in);
  }
  World world_;
};

TEST_F(LookupAccount, FindsByEveryIdentifier) {
  for (const auto& found : {ByPhone(PhoneNumber(1)), ByEmail("Ivan@EXAMPLE.org"), BySnils(SnilsNumber(1)),
                            ByName("accounts/ivan")}) {
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->account(), "accounts/ivan");
    EXPECT_EQ(found->masked_name(), "Иван П.");
    EXPECT_EQ(found->phone(), PhoneNumber(1));
    EXPECT_EQ(found->phone_bind_time().seconds(), absl::ToUnixSeconds(world_.now()));
    EXPECT_EQ(found->email(), "ivan@example.org");
    EXPECT_EQ(found->locale(), "ru");
    EXPECT_EQ(found->state(), pb::ACCOUNT_STATE_ACTIVE);
    EXPECT_EQ(found->version(), 2);
  }
}

TEST_F(LookupAccount, KnowsNobodyElse) {
  for (const auto& found : {ByPhone(PhoneNumber(2)), ByEmail("oleg@example.org"), BySnils(SnilsNumber(2)),
                            ByName("accounts/oleg")}) {
    EXPECT_THAT(found, Refused(kNotFound, Reason::kNotFound));
  }
}

TEST_F(LookupAccount, AnswersNobodyWithNothingWhereThatIsAllowed) {
  pb::LookupAccountRequest in;
  in.set_allow_missing(true);
  in.set_phone(PhoneNumber(9));
  ASSERT_OK_AND_ASSIGN(const pb::LookupAccountResponse nobody, Lookup(in));
  EXPECT_EQ(nobody.ByteSizeLong(), 0U);
  in.set_phone(PhoneNumber(1));
  ASSERT_OK_AND_ASSIGN(const pb::LookupAccountResponse found, Lookup(in));
  EXPECT_EQ(found.account(), "accounts/ivan");
  in.set_phone("one");
  EXPECT_THAT(Lookup(in), testing::HasCode(kInvalidArgument));
}

TEST_F(LookupAccount, FindsABlockedAndAFrozenAccount) {
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_EQ(ByPhone(PhoneNumber(1))->state(), pb::ACCOUNT_STATE_FROZEN);
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_EQ(ByPhone(PhoneNumber(1))->state(), pb::ACCOUNT_STATE_BLOCKED);
}

TEST_F(LookupAccount, DoesNotFindByAReleasedNumber) {
  ASSERT_OK_AND_ASSIGN(const pb::ListPhonesResponse phones, world_.Phones("ivan"));
  ASSERT_THAT(world_.Release(world_.As("ivan"), phones.phones(0).name()), IsOk());
  EXPECT_THAT(ByPhone(PhoneNumber(1)), Refused(kNotFound, Reason::kNotFound));
  ASSERT_OK_AND_ASSIGN(const pb::LookupAccountResponse found, ByName("accounts/ivan"));
  EXPECT_EQ(found.phone(), "");
  EXPECT_FALSE(found.has_phone_bind_time());
}

TEST_F(LookupAccount, DoesNotGuessBetweenTwoWithOneSnils) {
  ASSERT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), Registration("twin", 1)), IsOk());
  EXPECT_EQ(BySnils(SnilsNumber(1))->account(), "accounts/ivan");  // the confirmed one
  ASSERT_THAT(world_.Confirm("twin", 1), IsOk());
  EXPECT_THAT(BySnils(SnilsNumber(1)), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(LookupAccount, RefusesWhatIsNoIdentifier) {
  EXPECT_THAT(Lookup({}), Violates("IDENTIFIER_MISSING"));
  EXPECT_THAT(ByPhone("89160000001"), Violates("PHONE_TRUNK_PREFIX_8"));
  EXPECT_THAT(ByEmail("ivan"), Violates("EMAIL_INVALID"));
  EXPECT_THAT(BySnils("11223344596"), Violates("SNILS_CHECK_DIGITS"));
  EXPECT_THAT(ByName("ivan"), Violates("NAME_INVALID"));
}

}  // namespace
}  // namespace tc::identity

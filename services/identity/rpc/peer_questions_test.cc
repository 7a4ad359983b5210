// What only linking and recovery ask: CompareAccounts and CheckDocument.

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

class CompareAccounts : public ::testing::Test {
 protected:
  CompareAccounts() {
    EXPECT_THAT(world_.Citizen("anna", 1, "Анна", "Иванова"), IsOk());
    EXPECT_THAT(world_.Citizen("petr", 2, "Пётр", "Сидоров"), IsOk());
  }
  absl::StatusOr<std::vector<int>> Compare(const std::string& principal, const std::string& contact) {
    pb::CompareAccountsRequest in;
    in.set_principal("accounts/" + principal);
    in.set_contact("accounts/" + contact);
    const pb::CompareAccountsResponse out =
        TRY(world_.handlers().eligibility.CompareAccounts(world_.Service("linking"), in));
    return std::vector<int>(out.conflicts().begin(), out.conflicts().end());
  }
  World world_;
};

TEST_F(CompareAccounts, FindsNothingBetweenTwoPeople) { EXPECT_THAT(*Compare("anna", "petr"), IsEmpty()); }

TEST_F(CompareAccounts, FindsTheSameAccount) {
  EXPECT_THAT(*Compare("anna", "anna"),
              ElementsAre(pb::CONTACT_CONFLICT_SAME_ACCOUNT, pb::CONTACT_CONFLICT_SAME_PERSON,
                          pb::CONTACT_CONFLICT_SAME_PHONE));
}

TEST_F(CompareAccounts, FindsThePersonBySnilsAndByPassport) {  // L6
  pb::CreateAccountRequest by_snils = Registration("snils", 1);
  SetPassport(by_snils.mutable_account()->mutable_person()->mutable_document(), 77);
  ASSERT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), by_snils), IsOk());
  pb::CreateAccountRequest by_passport = Registration("passport", 78);
  SetPassport(by_passport.mutable_account()->mutable_person()->mutable_document(), 1);
  ASSERT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), by_passport), IsOk());
  for (const char* other : {"snils", "passport"}) {
    EXPECT_THAT(*Compare("anna", other), ElementsAre(pb::CONTACT_CONFLICT_SAME_PERSON)) << other;
    EXPECT_THAT(*Compare(other, "anna"), ElementsAre(pb::CONTACT_CONFLICT_SAME_PERSON)) << other;
  }
  EXPECT_THAT(*Compare("snils", "passport"), IsEmpty());
}

TEST_F(CompareAccounts, FindsNothingWithAnErasedAccountAndKnowsNoAbsentOne) {
  ASSERT_THAT(world_.Delete(world_.Operator(), "petr"), IsOk());
  EXPECT_THAT(*Compare("anna", "petr"), IsEmpty());
  EXPECT_THAT(*Compare("petr", "petr"), IsEmpty());
  EXPECT_THAT(Compare("anna", "nobody"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(Compare("nobody", "anna"), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(CompareAccounts, NamesEveryMistakeAtOnce) {
  const absl::Status status =
      world_.handlers().eligibility.CompareAccounts(world_.Service("linking"), {}).status();
  EXPECT_EQ(ViolationsOf(status).size(), 2U);
}

class CheckDocument : public ::testing::Test {
 protected:
  CheckDocument() { EXPECT_THAT(world_.Citizen("ivan", 123456), IsOk()); }
  absl::StatusOr<bool> Check(const std::string& id, const std::string& passport) {
    pb::CheckDocumentRequest in;
    in.set_account("accounts/" + id);
    in.set_passport(passport);
    return TRY(world_.handlers().eligibility.CheckDocument(world_.Service("recovery"), in)).matches();
  }
  World world_;
};

TEST_F(CheckDocument, KnowsThePassportOnFileAndNoOther) {  // R10
  EXPECT_TRUE(*Check("ivan", "4509123456"));
  EXPECT_FALSE(*Check("ivan", "4509123457"));
  EXPECT_FALSE(*Check("ivan", "4510123456"));
}

TEST_F(CheckDocument, SaysNoForWhomItDoesNotKnow) {
  EXPECT_FALSE(*Check("nobody", "4509123456"));
  pb::CreateAccountRequest in = Registration("bare", 5);
  in.mutable_account()->mutable_person()->clear_document();
  ASSERT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), in), IsOk());
  EXPECT_FALSE(*Check("bare", "4509000005"));
  ASSERT_THAT(world_.Delete(world_.Operator(), "ivan"), IsOk());
  EXPECT_FALSE(*Check("ivan", "4509123456"));
}

TEST_F(CheckDocument, TakesNoOtherDocumentForAPassport) {
  pb::CreateAccountRequest in = Registration("guest", 6);
  pb::IdentityDocument* document = in.mutable_account()->mutable_person()->mutable_document();
  document->set_type(pb::DOCUMENT_TYPE_FOREIGN_PASSPORT);
  document->clear_series();
  document->set_number("4509123457");
  in.mutable_account()->mutable_person()->set_citizenship("KZ");
  ASSERT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), in), IsOk());
  EXPECT_FALSE(*Check("guest", "4509123457"));
}

TEST_F(CheckDocument, StillAnswersForAFrozenAndABlockedAccount) {
  ASSERT_THAT(world_.Freeze(world_.Service(), "ivan", absl::Hours(1)), IsOk());
  EXPECT_TRUE(*Check("ivan", "4509123456"));
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_TRUE(*Check("ivan", "4509123456"));
}

TEST_F(CheckDocument, RefusesWhatIsNoPassport) {
  for (const char* bad : {"", "450912345", "45091234567", "4509 123456", "450912345a", "0000000000"}) {
    EXPECT_THAT(Check("ivan", bad), Violates("PASSPORT_FORMAT")) << bad;
    EXPECT_THAT(Check("nobody", bad), Refused(kInvalidArgument, Reason::kFieldInvalid)) << bad;
  }
}

}  // namespace
}  // namespace tc::identity

#include "services/identity/rpc/sign_in_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kUnauthenticated;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::StartsWith;
using testing::Violates;

using EnrollTotp = SignedUp;
using ConfirmTotp = SignedUp;
using DisableTotp = SignedUp;

TEST_F(EnrollTotp, GivesAKeyForTenMinutesAndChangesNothingYet) {
  ASSERT_OK_AND_ASSIGN(const pb::TotpEnrollment out, Enroll(world_, "ivan"));
  const Secret key = FactorsOf(world_, "ivan").enrolment->key;
  EXPECT_EQ(key.Reveal().size(), 20U);
  EXPECT_EQ(out.secret(), crypto::TotpKeyText(key).Reveal());
  EXPECT_THAT(out.uri(), StartsWith("otpauth://totp/Trusted%20Contact:ivan?secret=" + out.secret()));
  EXPECT_EQ(out.expire_time().seconds(), absl::ToUnixSeconds(world_.now() + absl::Minutes(10)));
  EXPECT_THAT(world_.NewEvents(), ElementsAre("SecondFactorEnrolled"));
  EXPECT_EQ(Settings(world_, "ivan")->second_factor(), pb::SECOND_FACTOR_NONE);
  EXPECT_FALSE(world_.Verify("ivan", kGood)->second_factor_required());
}

TEST_F(EnrollTotp, GivesAnotherKeyEveryTimeButForARepeatedRequest) {
  pb::EnrollTotpRequest in;
  in.set_account("accounts/ivan");
  const rpc::Call call = world_.As("ivan");
  const std::string first = world_.handlers().second_factor.EnrollTotp(call, in)->secret();
  EXPECT_EQ(world_.handlers().second_factor.EnrollTotp(call, in)->secret(), first);
  EXPECT_NE(Enroll(world_, "ivan")->secret(), first);
}

TEST_F(EnrollTotp, IsForTheOwnerWhoHasJustSignedIn) {
  pb::EnrollTotpRequest in;
  in.set_account("accounts/ivan");
  EXPECT_THAT(world_.handlers().second_factor.EnrollTotp(world_.As("oleg"), in),
              Refused(kNotFound, Reason::kNotFound));
  rpc::Call stale = world_.As("ivan");
  stale.person->auth_time -= absl::Seconds(301);
  EXPECT_THAT(world_.handlers().second_factor.EnrollTotp(stale, in),
              Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_THAT(Enroll(world_, "ivan"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

TEST_F(ConfirmTotp, TakesTheAppIntoUseAndTells) {
  TakeApp(world_, "ivan");
  EXPECT_EQ(Settings(world_, "ivan")->second_factor(), pb::SECOND_FACTOR_TOTP);
  EXPECT_EQ(LastEvent(world_, "SecondFactorChanged").attributes.at("factor"), "TOTP");
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSecondFactorChanged), 1U);
  EXPECT_EQ(FactorsOf(world_, "ivan").enrolment, std::nullopt);
  EXPECT_EQ(world_.Verify("ivan", kGood)->second_factor(), pb::SECOND_FACTOR_TOTP);
}

TEST_F(ConfirmTotp, WantsAnEnrolmentInTime) {
  EXPECT_THAT(ConfirmApp(world_, "ivan", "123456"),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
  ASSERT_THAT(Enroll(world_, "ivan"), IsOk());
  const Secret key = FactorsOf(world_, "ivan").enrolment->key;
  world_.clock().Advance(absl::Minutes(10));
  EXPECT_THAT(ConfirmApp(world_, "ivan", AppShows(world_, key)),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
}

TEST_F(ConfirmTotp, TakesFiveWrongCodesAndThenNoneOfThisKey) {
  ASSERT_THAT(Enroll(world_, "ivan"), IsOk());
  const Secret key = FactorsOf(world_, "ivan").enrolment->key;
  for (int left = 4; left >= 0; --left) {
    const auto wrong = ConfirmApp(world_, "ivan", WrongCode(world_, key));
    EXPECT_THAT(wrong, Refused(kInvalidArgument, Reason::kCodeMismatch));
    EXPECT_EQ(MetadataOf(wrong.status(), "attempts_left"), absl::StrCat(left));
  }
  EXPECT_THAT(ConfirmApp(world_, "ivan", AppShows(world_, key)),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
  TakeApp(world_, "ivan");  // enrolled again
}

TEST_F(ConfirmTotp, RecordsEveryWrongCode) {  // IDN-13, LOG-01
  ASSERT_THAT(Enroll(world_, "ivan"), IsOk());
  const Secret key = FactorsOf(world_, "ivan").enrolment->key;
  world_.NewEvents();
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(ConfirmApp(world_, "ivan", WrongCode(world_, key)).ok());
  EXPECT_THAT(world_.NewEvents(), ElementsAreArray(std::vector<std::string>(5, "SignInRefused")))
      << "the sixth is not looked at";
  const kv::Event last = LastEvent(world_, "SignInRefused");
  EXPECT_EQ(last.attributes.at("factor"), "TOTP");
  EXPECT_EQ(last.attributes.at("at"), "APP_ENROLMENT");
}

TEST_F(ConfirmTotp, UsesTheCodeUp) {
  ASSERT_THAT(Enroll(world_, "ivan"), IsOk());
  const Secret key = FactorsOf(world_, "ivan").enrolment->key;
  const std::string code = AppShows(world_, key);
  ASSERT_THAT(ConfirmApp(world_, "ivan", code), IsOk());
  ASSERT_TRUE(world_.Verify("ivan", kGood)->second_factor_required());
  EXPECT_FALSE(EnterCode(world_, "ivan", code)->verified());
}

TEST_F(ConfirmTotp, AnswersARepeatedRequestAlike) {
  ASSERT_THAT(Enroll(world_, "ivan"), IsOk());
  pb::ConfirmTotpRequest in;
  in.set_account("accounts/ivan");
  in.set_code(AppShows(world_, FactorsOf(world_, "ivan").enrolment->key));
  const rpc::Call call = world_.As("ivan");
  ASSERT_OK_AND_ASSIGN(const pb::SecuritySettings first,
                       world_.handlers().second_factor.ConfirmTotp(call, in));
  ASSERT_OK_AND_ASSIGN(const pb::SecuritySettings second,
                       world_.handlers().second_factor.ConfirmTotp(call, in));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(ConfirmTotp, ReplacesAnAppByAnother) {
  const Secret old = TakeApp(world_, "ivan");
  const Secret fresh = TakeApp(world_, "ivan");
  ASSERT_TRUE(world_.Verify("ivan", kGood)->second_factor_required());
  EXPECT_FALSE(EnterCode(world_, "ivan", AppShows(world_, old))->verified());
  EXPECT_TRUE(EnterCode(world_, "ivan", AppShows(world_, fresh))->verified());
}

TEST_F(DisableTotp, NeedsACodeOfTheAppFromItsOwner) {
  const Secret key = TakeApp(world_, "ivan");
  EXPECT_THAT(DisableApp(world_, world_.As("ivan"), "ivan", ""), Violates("CODE_FORMAT"));
  EXPECT_THAT(DisableApp(world_, world_.As("ivan"), "ivan", WrongCode(world_, key)),
              Refused(kInvalidArgument, Reason::kCodeMismatch));
  EXPECT_THAT(DisableApp(world_, world_.As("ivan"), "ivan", AppShows(world_, key, -1)),  // was used up
              Refused(kInvalidArgument, Reason::kCodeMismatch));
  EXPECT_EQ(DisableApp(world_, world_.As("ivan"), "ivan", AppShows(world_, key))->second_factor(),
            pb::SECOND_FACTOR_NONE);
  EXPECT_EQ(LastEvent(world_, "SecondFactorChanged").attributes.at("factor"), "NONE");
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSecondFactorChanged), 2U);
  EXPECT_FALSE(world_.Verify("ivan", kGood)->second_factor_required());
  EXPECT_EQ(FactorsOf(world_, "ivan"), SecondFactors());
}

TEST_F(DisableTotp, LocksAtTheFifthWrongCode) {
  const Secret key = TakeApp(world_, "ivan");
  world_.NewEvents();
  for (int left = 4; left >= 0; --left) {
    EXPECT_EQ(MetadataOf(DisableApp(world_, world_.As("ivan"), "ivan", WrongCode(world_, key)).status(),
                         "attempts_left"),
              absl::StrCat(left));
  }
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_LOCKED);
  std::vector<std::string> events(5, "SignInRefused");
  events.emplace_back("AccountLocked");
  EXPECT_THAT(world_.NewEvents(), ElementsAreArray(events)) << "each is recorded where it is counted";
  EXPECT_EQ(LastEvent(world_, "SignInRefused").attributes.at("at"), "APP_REMOVAL");
  EXPECT_THAT(DisableApp(world_, world_.As("ivan"), "ivan", AppShows(world_, key)),
              Refused(kFailedPrecondition, Reason::kAccountLocked));
}

TEST_F(DisableTotp, IsDoneByAnOperatorWithAReasonForALockedAccountToo) {
  const Secret key = TakeApp(world_, "ivan");
  Wrong(5);
  EXPECT_THAT(DisableApp(world_, world_.Operator(), "ivan", ""), Violates("TEXT_MISSING"));
  EXPECT_THAT(DisableApp(world_, world_.Operator(), "ivan", "123456", "lost"), Violates("CODE_NOT_ALLOWED"));
  EXPECT_EQ(DisableApp(world_, world_.Operator(), "ivan", "", "lost")->second_factor(),
            pb::SECOND_FACTOR_NONE);
  EXPECT_THAT(DisableApp(world_, world_.Operator(), "ivan", "", "lost"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST_F(DisableTotp, NeedsAnAppInUse) {
  EXPECT_THAT(DisableApp(world_, world_.As("ivan"), "ivan", "123456"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

}  // namespace
}  // namespace tc::identity

#include "services/identity/rpc/sign_in_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kAborted;
using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kResourceExhausted;
using absl::StatusCode::kUnavailable;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

const Seat kHome = {"phone-of-ivan", "Moscow"};
const Seat kThief = {"phone-of-the-thief", "Moscow"};

class ByApp : public SignedUp {
 protected:
  ByApp() : key_(TakeApp(world_, "ivan")) { world_.NewEvents(); }
  bool PasswordRight(const Seat& seat = {}) { return VerifyAt(world_, seat, "ivan", kGood)->verified(); }
  absl::StatusOr<pb::VerifySecondFactorResponse> Right(const Seat& seat = {}) {
    return EnterCode(world_, "ivan", AppShows(world_, key_), seat);
  }
  absl::StatusOr<pb::VerifySecondFactorResponse> WrongOne(const Seat& seat = {}) {
    return EnterCode(world_, "ivan", WrongCode(world_, key_), seat);
  }
  const Secret key_;
};

class BySms : public SignedUp {
 protected:
  BySms() {
    EXPECT_THAT(ChooseFactor(world_, "ivan", pb::SECOND_FACTOR_SMS), IsOk());
    world_.NewEvents();
  }
  bool PasswordRight(const Seat& seat = {}) { return VerifyAt(world_, seat, "ivan", kGood)->verified(); }
  std::string Verification() { return FactorsOf(world_, "ivan").sms->verification.text(); }
};

TEST_F(ByApp, ASignInIsCompleteWithTheCodeOnly) {
  ASSERT_OK_AND_ASSIGN(const pb::VerifyPasswordResponse first, VerifyAt(world_, kHome, "ivan", kGood));
  EXPECT_TRUE(first.verified());
  EXPECT_TRUE(first.second_factor_required());
  EXPECT_EQ(first.second_factor(), pb::SECOND_FACTOR_TOTP);
  EXPECT_FALSE(first.new_device());
  EXPECT_THAT(world_.NewEvents(), ::testing::IsEmpty());
  ASSERT_OK_AND_ASSIGN(const pb::VerifySecondFactorResponse second, Right(kHome));
  EXPECT_TRUE(second.verified());
  EXPECT_TRUE(second.new_device());
  EXPECT_THAT(world_.NewEvents(), ElementsAre("SignedIn"));
  EXPECT_EQ(LastEvent(world_, "SignedIn").attributes.at("factor"), "TOTP");
}

TEST_F(ByApp, NothingIsJudgedWithoutTheRightPasswordWithinTenMinutes) {
  const auto refused = Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed);
  EXPECT_THAT(Right(), refused);
  Wrong(1);
  EXPECT_THAT(Right(), refused);
  EXPECT_TRUE(PasswordRight());
  world_.clock().Advance(absl::Minutes(10));
  EXPECT_THAT(Right(), refused);
  EXPECT_TRUE(PasswordRight());
  world_.clock().Advance(absl::Minutes(10) - absl::Milliseconds(1));
  EXPECT_TRUE(Right()->verified());
  world_.clock().Advance(absl::Minutes(1));
  EXPECT_THAT(Right(), refused);  // this sign-in is complete
}

TEST_F(ByApp, ACodeIsAcceptedOnce) {
  EXPECT_TRUE(PasswordRight());
  EXPECT_TRUE(Right()->verified());
  EXPECT_TRUE(PasswordRight());
  EXPECT_FALSE(Right()->verified());
  world_.clock().Advance(crypto::kTotpStep);
  EXPECT_TRUE(Right()->verified());
}

TEST_F(ByApp, ARepeatedRequestGetsTheSameAnswerAndIsCountedOnce) {
  EXPECT_TRUE(PasswordRight());
  pb::VerifySecondFactorRequest in;
  in.set_account("accounts/ivan");
  in.set_code(WrongCode(world_, key_));
  const rpc::Call call = world_.Idp();
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK_AND_ASSIGN(const pb::VerifySecondFactorResponse out,
                         world_.handlers().second_step.VerifySecondFactor(call, in));
    EXPECT_FALSE(out.verified());
    EXPECT_EQ(out.progress().attempts_left(), 4);
  }
  EXPECT_TRUE(Right()->verified());
}

TEST_F(ByApp, FiveWrongCodesLock) {
  EXPECT_TRUE(PasswordRight());
  for (int left = 4; left >= 0; --left) EXPECT_EQ(WrongOne()->progress().attempts_left(), left);
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_LOCKED);
  EXPECT_THAT(Right(), Refused(kFailedPrecondition, Reason::kAccountLocked));
  EXPECT_EQ(LastEvent(world_, "SignInRefused").attributes.at("factor"), "TOTP");
  world_.clock().Advance(absl::Minutes(30));
  EXPECT_THAT(Right(), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

// Who knows the password must not have as many guesses at the code as he likes.
TEST_F(ByApp, ARightPasswordBetweenWrongCodesForgetsNone) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(PasswordRight());
    EXPECT_FALSE(WrongOne()->verified());
  }
  EXPECT_TRUE(PasswordRight());
  EXPECT_EQ(WrongOne()->progress().attempts_left(), 0);
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_LOCKED);
}

TEST_F(ByApp, WrongPasswordsAndCodesAreCountedTogetherUntilASignInIsComplete) {
  Wrong(3);
  EXPECT_TRUE(PasswordRight());
  EXPECT_FALSE(WrongOne()->verified());
  EXPECT_TRUE(Right()->verified());
  Wrong(4);
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_ACTIVE);
}

TEST_F(ByApp, AKnownDevicePassesALockWithBoth) {
  EXPECT_TRUE(PasswordRight(kHome));
  EXPECT_TRUE(Right(kHome)->verified());
  world_.clock().Advance(absl::Minutes(1));
  Wrong(5, kThief);
  EXPECT_FALSE(PasswordRight(kThief));
  EXPECT_TRUE(PasswordRight(kHome));
  EXPECT_THAT(Right(kThief), Refused(kFailedPrecondition, Reason::kAccountLocked));
  EXPECT_TRUE(Right(kHome)->verified());
  EXPECT_EQ(LastEvent(world_, "SignedIn").attributes.at("past_lock"), "true");
}

TEST_F(ByApp, WrongCodesDuringALockMakeADeviceUnknown) {
  EXPECT_TRUE(PasswordRight(kHome));
  EXPECT_TRUE(Right(kHome)->verified());
  world_.clock().Advance(absl::Minutes(1));
  Wrong(5, kThief);
  EXPECT_TRUE(PasswordRight(kHome));
  for (int left = 4; left >= 0; --left) EXPECT_EQ(WrongOne(kHome)->progress().attempts_left(), left);
  EXPECT_THAT(Right(kHome), Refused(kFailedPrecondition, Reason::kAccountLocked));
}

TEST_F(ByApp, ANewPasswordMustBeGivenAnew) {
  EXPECT_TRUE(PasswordRight());
  ASSERT_THAT(world_.SetPassword("ivan", kGood, kBetter), IsOk());
  EXPECT_THAT(Right(), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST_F(ByApp, AFrozenAccountLetsItsOwnerIn) {
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_TRUE(PasswordRight());
  EXPECT_TRUE(Right()->verified());
}

TEST_F(ByApp, ABlockedOneDoesNot) {
  EXPECT_TRUE(PasswordRight());
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_THAT(Right(), Refused(kFailedPrecondition, Reason::kAccountBlocked));
}

TEST_F(ByApp, NoSmsIsSent) {
  EXPECT_TRUE(PasswordRight());
  EXPECT_THAT(SendSms(world_, "ivan"), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST_F(BySms, ACodeIsSentAndCompletesTheSignIn) {
  EXPECT_EQ(VerifyAt(world_, kHome, "ivan", kGood)->second_factor(), pb::SECOND_FACTOR_SMS);
  EXPECT_THAT(EnterCode(world_, "ivan", FakeOtp::kCode),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
  ASSERT_OK_AND_ASSIGN(const pb::VerifySecondFactorResponse sent, SendSms(world_, "ivan"));
  EXPECT_FALSE(sent.verified());
  EXPECT_EQ(sent.progress().masked_address(), Phone::FromTrusted(PhoneNumber(1)).Masked());
  const FakeOtp::Held& held = world_.otp().held(Verification());
  EXPECT_EQ(held.made.purpose, CodePurpose::kSecondFactor);
  EXPECT_EQ(held.made.phone.e164(), PhoneNumber(1));
  ASSERT_OK_AND_ASSIGN(const pb::VerifySecondFactorResponse out,
                       EnterCode(world_, "ivan", FakeOtp::kCode, kHome));
  EXPECT_TRUE(out.verified());
  EXPECT_TRUE(out.new_device());
  EXPECT_EQ(LastEvent(world_, "SignedIn").attributes.at("factor"), "SMS");
  EXPECT_EQ(FactorsOf(world_, "ivan").sms, std::nullopt);
  EXPECT_TRUE(held.consumed);
}

TEST_F(BySms, ASecondSendIsANewCodeOfTheSameVerification) {
  EXPECT_TRUE(PasswordRight());
  ASSERT_THAT(SendSms(world_, "ivan"), IsOk());
  const std::string first = Verification();
  const size_t verifications = world_.otp().verifications();
  EXPECT_TRUE(PasswordRight());
  EXPECT_EQ(SendSms(world_, "ivan")->progress().sends_left(), 1);
  EXPECT_EQ(Verification(), first);
  EXPECT_EQ(world_.otp().verifications(), verifications);
}

TEST_F(BySms, AnEndedVerificationIsFollowedByAnother) {
  EXPECT_TRUE(PasswordRight());
  ASSERT_THAT(SendSms(world_, "ivan"), IsOk());
  const std::string first = Verification();
  world_.otp().FailResendWith(
      Refuse(kFailedPrecondition, Reason::kVerificationExpired, "the verification has expired"));
  ASSERT_THAT(SendSms(world_, "ivan"), IsOk());
  EXPECT_NE(Verification(), first);
  world_.Settle();
  EXPECT_TRUE(world_.otp().held(first).cancelled);
}

TEST_F(BySms, OtpsRefusalsAreTold) {
  EXPECT_TRUE(PasswordRight());
  ASSERT_THAT(SendSms(world_, "ivan"), IsOk());
  world_.otp().FailResendWith(Refuse(kResourceExhausted, Reason::kResendTooSoon, "wait"));
  EXPECT_THAT(SendSms(world_, "ivan"), Refused(kResourceExhausted, Reason::kResendTooSoon));
  world_.otp().FailWith(Refuse(kUnavailable, Reason::kPeerUnavailable, "otp does not answer"));
  EXPECT_THAT(EnterCode(world_, "ivan", FakeOtp::kCode), Refused(kUnavailable, Reason::kPeerUnavailable));
}

TEST_F(BySms, ALostAnswerOfOtpDoesNotCostTheSignIn) {
  EXPECT_TRUE(PasswordRight());
  ASSERT_THAT(SendSms(world_, "ivan"), IsOk());
  world_.otp().LoseNextConsume();
  EXPECT_THAT(EnterCode(world_, "ivan", FakeOtp::kCode), Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_TRUE(EnterCode(world_, "ivan", FakeOtp::kCode)->verified());
}

TEST_F(BySms, WrongCodesAreAnswersAndLock) {
  EXPECT_TRUE(PasswordRight());
  ASSERT_THAT(SendSms(world_, "ivan"), IsOk());
  for (int left = 4; left >= 0; --left) {
    ASSERT_OK_AND_ASSIGN(const pb::VerifySecondFactorResponse out,
                         EnterCode(world_, "ivan", absl::StrCat("00000", left)));
    EXPECT_FALSE(out.verified());
    EXPECT_EQ(out.progress().attempts_left(), left);
  }
  EXPECT_EQ(state(), pb::ACCOUNT_STATE_LOCKED);
  EXPECT_THAT(EnterCode(world_, "ivan", FakeOtp::kCode),
              Refused(kFailedPrecondition, Reason::kAccountLocked));
}

TEST_F(BySms, WithoutANumberNothingIsSent) {
  EXPECT_THAT(world_.Release(world_.As("ivan"), world_.Phones("ivan")->phones(0).name()), IsOk());
  EXPECT_TRUE(PasswordRight());
  EXPECT_THAT(SendSms(world_, "ivan"), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST_F(BySms, ARequestIsCheckedAsAWhole) {
  pb::VerifySecondFactorRequest in;
  in.set_account("accounts/ivan");
  in.set_code("12a456");
  in.set_phone("accounts/ivan/phones/p");
  const auto refused = world_.handlers().second_step.VerifySecondFactor(world_.Idp(), in);
  EXPECT_THAT(refused, Violates("CODE_FORMAT"));
  EXPECT_THAT(refused, Violates("PHONE_NOT_ALLOWED"));
  in.set_send_sms(true);
  EXPECT_THAT(world_.handlers().second_step.VerifySecondFactor(world_.Idp(), in),
              Violates("CODE_NOT_ALLOWED"));
  EXPECT_TRUE(PasswordRight());
  EXPECT_THAT(SendSms(world_, "ivan", "accounts/oleg/phones/p"), Violates("NAME_INVALID"));
  EXPECT_THAT(SendSms(world_, "ivan", "accounts/ivan/phones/p"), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(SignedUp, WithoutASecondFactorNoneIsJudged) {
  EXPECT_FALSE(world_.Verify("ivan", kGood)->second_factor_required());
  EXPECT_THAT(EnterCode(world_, "ivan", "123456"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_THAT(EnterCode(world_, "nobody", "123456"), Refused(kNotFound, Reason::kNotFound));
}

TEST(PrivilegedBySms, TheNamedOrOldestNumberForTheSecondFactorGetsTheCode) {
  World world;
  pb::CreateAccountRequest in = Registration("root", 1);
  in.mutable_account()->set_type(pb::ACCOUNT_TYPE_PRIVILEGED);
  in.set_verified_phone(PhoneNumber(1));
  ASSERT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), in), IsOk());
  ASSERT_THAT(world.SetPassword("root", "", World::kGood), IsOk());
  std::vector<std::string> numbers;
  for (int n : {2, 3}) {
    pb::BindPhoneRequest bind;
    bind.set_account("accounts/root");
    bind.set_phone(PhoneNumber(n));
    bind.set_kind(pb::PHONE_KIND_SECOND_FACTOR);
    numbers.push_back(world.handlers().phones.BindPhone(world.As("root"), bind)->name());
    ASSERT_THAT(world.ConfirmPhone(world.As("root"), numbers.back()), IsOk());
    world.clock().Advance(absl::Seconds(1));
  }
  ASSERT_THAT(ChooseFactor(world, "root", pb::SECOND_FACTOR_SMS), IsOk());
  ASSERT_TRUE(world.Verify("root", World::kGood)->second_factor_required());
  const auto address = [](int n) { return Phone::FromTrusted(PhoneNumber(n)).Masked(); };
  EXPECT_EQ(SendSms(world, "root")->progress().masked_address(), address(2));
  const std::string first = FactorsOf(world, "root").sms->verification.text();
  EXPECT_EQ(SendSms(world, "root", numbers[1])->progress().masked_address(), address(3));
  world.Settle();
  EXPECT_TRUE(world.otp().held(first).cancelled);
  EXPECT_TRUE(EnterCode(world, "root", FakeOtp::kCode)->verified());
}

}  // namespace
}  // namespace tc::identity

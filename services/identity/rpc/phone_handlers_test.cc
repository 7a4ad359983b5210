#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kResourceExhausted;
using absl::StatusCode::kUnauthenticated;
using absl::StatusCode::kUnavailable;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

std::string IdOf(const pb::Phone& phone) { return phone.name().substr(phone.name().rfind('/') + 1); }

TEST(BindPhone, SendsACodeAndBindsWithIt) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  world.NewEvents();
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  EXPECT_EQ(pending.state(), pb::PHONE_STATE_PENDING);
  EXPECT_EQ(pending.phone(), PhoneNumber(1));
  EXPECT_EQ(pending.progress().attempts_left(), 5);
  EXPECT_EQ(pending.progress().masked_address(), "+7 9** ***-**-01");
  EXPECT_EQ(world.otp().held(IdOf(pending)).made.request, pending.name());
  ASSERT_OK_AND_ASSIGN(const pb::Phone bound, world.ConfirmPhone(world.As("ivan"), pending.name()));
  EXPECT_EQ(bound.state(), pb::PHONE_STATE_BOUND);
  EXPECT_TRUE(bound.has_bind_time());
  EXPECT_TRUE(world.otp().held(IdOf(pending)).consumed);
  EXPECT_EQ(world.Get("ivan")->masked_phone(), "+7 9** ***-**-01");
  EXPECT_EQ(world.Get("ivan")->version(), 2);
  EXPECT_THAT(world.NewEvents(), ElementsAre("PhoneBindingStarted", "PhoneBound"));
}

TEST(BindPhone, AnswersTheSameForABusyNumber) {
  World world;
  ASSERT_THAT(world.Create("owner", 1), IsOk());
  ASSERT_THAT(world.Bare("ivan", 2), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone busy, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  EXPECT_EQ(busy.state(), pb::PHONE_STATE_PENDING);
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), busy.name(), "000000"),
              Refused(kInvalidArgument, Reason::kCodeMismatch));
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), busy.name()),
              Refused(kFailedPrecondition, Reason::kPhoneBusy));
  EXPECT_EQ(world.Get("owner")->masked_phone(), "+7 9** ***-**-01");
}

TEST(BindPhone, RepeatedUnderOneRequestIdSendsOnce) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  const rpc::Call call = world.As("ivan");
  ASSERT_OK_AND_ASSIGN(const pb::Phone first, world.Bind(call, "ivan", PhoneNumber(1)));
  ASSERT_OK_AND_ASSIGN(const pb::Phone second, world.Bind(call, "ivan", PhoneNumber(1)));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(world.otp().verifications(), 1U);
}

TEST(BindPhone, OfTheSameNumberAgainSendsANewCodeOfTheSameVerification) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone first, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  ASSERT_OK_AND_ASSIGN(const pb::Phone second, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  EXPECT_EQ(first.name(), second.name());
  EXPECT_EQ(world.otp().held(IdOf(first)).sends, 2);
  EXPECT_EQ(second.progress().sends_left(), 1);
}

TEST(BindPhone, PassesOtpsRefusalsOn) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)), IsOk());
  world.otp().FailResendWith(
      Refuse(kResourceExhausted, Reason::kResendTooSoon, "wait").RetryAfter(absl::Seconds(60)));
  const auto refused = world.Bind(world.As("ivan"), "ivan", PhoneNumber(1));
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kResendTooSoon));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Seconds(60));
  world.otp().FailWith(Refuse(kUnavailable, Reason::kPeerUnavailable, "otp does not answer"));
  EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(2)),
              Refused(kUnavailable, Reason::kPeerUnavailable));
}

TEST(BindPhone, BeginsANewVerificationWhenTheOldOneHasEnded) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone first, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  for (const Reason ended :
       {Reason::kVerificationExpired, Reason::kVerificationClosed, Reason::kAttemptsExhausted}) {
    world.otp().FailResendWith(Refuse(kFailedPrecondition, ended, "ended"));
    ASSERT_OK_AND_ASSIGN(const pb::Phone next, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
    EXPECT_NE(next.name(), first.name());
    EXPECT_EQ(world.Phones("ivan")->phones_size(), 1);
  }
}

TEST(BindPhone, OfAnotherNumberEndsTheOneBefore) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone first, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  ASSERT_OK_AND_ASSIGN(const pb::Phone second, world.Bind(world.As("ivan"), "ivan", PhoneNumber(2)));
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), first.name()), Refused(kNotFound, Reason::kNotFound));
  world.Settle();
  EXPECT_TRUE(world.otp().held(IdOf(first)).cancelled);
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), second.name()), IsOk());
}

TEST(BindPhone, NeedsARecentSignIn) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  rpc::Call fresh = world.As("ivan");
  fresh.person->auth_time = world.now() - absl::Seconds(300);
  EXPECT_THAT(world.Bind(fresh, "ivan", PhoneNumber(1)), IsOk());
  rpc::Call stale = world.As("ivan");
  stale.person->auth_time = world.now() - absl::Seconds(300) - absl::Milliseconds(1);
  const auto refused = world.Bind(stale, "ivan", PhoneNumber(2));
  EXPECT_THAT(refused, Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_EQ(MetadataOf(refused.status(), "max_age_seconds"), "300");
}

TEST(BindPhone, WantsASignInWithTheSecondFactorOfAnAccountThatHasOne) {  // IDN-02
  World world;
  ASSERT_THAT(world.Citizen("ivan", 1), IsOk());
  pb::UpdateSecuritySettingsRequest in;
  in.mutable_settings()->set_name("accounts/ivan/securitySettings");
  in.mutable_settings()->set_second_factor(pb::SECOND_FACTOR_SMS);
  in.mutable_update_mask()->add_paths("second_factor");
  ASSERT_THAT(world.handlers().settings.UpdateSecuritySettings(world.As("ivan"), in), IsOk());

  rpc::Call call = world.As("ivan");
  call.person->methods = {"pwd"};
  const absl::Status refused = world.Bind(call, "ivan", "+79990001122").status();
  EXPECT_THAT(refused, Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_EQ(MetadataOf(refused, "second_factor"), "SMS");
  EXPECT_EQ(world.otp().verifications(), 0U);
  call.person->methods = {"pwd", "sms"};
  EXPECT_THAT(world.Bind(call, "ivan", "+79990001122"), IsOk());
}

TEST(BindPhone, IsNotFoundForAnotherPersonAndAnAbsentAccount) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  EXPECT_THAT(world.Bind(world.As("oleg"), "ivan", PhoneNumber(1)), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Bind(world.As("nobody"), "nobody", PhoneNumber(1)),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.otp().verifications(), 0U);
}

TEST(BindPhone, RefusesAnAccountThatSomethingStandsAgainst) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
  ASSERT_THAT(world.Block("ivan"), IsOk());
  EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)),
              Refused(kFailedPrecondition, Reason::kAccountBlocked));
  EXPECT_EQ(world.otp().verifications(), 0U);
}

TEST(BindPhone, KnowsItsOwnNumber) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)),
              Refused(kFailedPrecondition, Reason::kPhoneBusy));
}

// An account of another type, with the number n.
absl::Status CreateOf(World& world, pb::AccountType type, const std::string& id, int n) {
  pb::CreateAccountRequest in = Registration(id, n);
  in.mutable_account()->set_type(type);
  if (type == pb::ACCOUNT_TYPE_LEGAL_ENTITY) in.mutable_account()->set_organization("ООО");
  in.set_verified_phone(PhoneNumber(n));
  return world.handlers().accounts.CreateAccount(world.Idp(), in).status();
}
absl::StatusOr<pb::Phone> BindOf(World& world, pb::PhoneKind kind, const std::string& id,
                                 const std::string& number) {
  pb::BindPhoneRequest in;
  in.set_account("accounts/" + id);
  in.set_phone(number);
  in.set_kind(kind);
  if (kind == pb::PHONE_KIND_ADDITIONAL) in.set_title("Бухгалтерия");
  const pb::Phone pending = TRY(world.handlers().phones.BindPhone(world.As(id), in));
  return world.ConfirmPhone(world.As(id), pending.name());
}

struct FurtherCase {
  pb::AccountType type;
  pb::PhoneKind kind;
  int limit;
};
class FurtherNumbers : public ::testing::TestWithParam<FurtherCase> {};
TEST_P(FurtherNumbers, AreBoundUpToTheirLimitAndLeaveTheMainOneAlone) {  // I4
  World world;
  ASSERT_THAT(CreateOf(world, GetParam().type, "a", 1), IsOk());
  std::string last;
  for (int i = 0; i < GetParam().limit; ++i) {
    ASSERT_OK_AND_ASSIGN(const pb::Phone bound, BindOf(world, GetParam().kind, "a", PhoneNumber(100 + i)));
    last = bound.name();
  }
  EXPECT_THAT(BindOf(world, GetParam().kind, "a", PhoneNumber(99)),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_EQ(world.Get("a")->masked_phone(), "+7 9** ***-**-01");
  ASSERT_THAT(world.Release(world.As("a"), last), IsOk());
  EXPECT_THAT(BindOf(world, GetParam().kind, "a", PhoneNumber(99)), IsOk());
}
INSTANTIATE_TEST_SUITE_P(
    I4, FurtherNumbers,
    ::testing::Values(FurtherCase{pb::ACCOUNT_TYPE_LEGAL_ENTITY, pb::PHONE_KIND_ADDITIONAL, 20},
                      FurtherCase{pb::ACCOUNT_TYPE_SOLE_PROPRIETOR, pb::PHONE_KIND_ADDITIONAL, 20},
                      FurtherCase{pb::ACCOUNT_TYPE_PRIVILEGED, pb::PHONE_KIND_SECOND_FACTOR, 5}));

TEST(BindPhone, RefusesKindsThatTheTypeOfTheAccountDoesNotHave) {  // I4
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(CreateOf(world, pb::ACCOUNT_TYPE_LEGAL_ENTITY, "ooo", 2), IsOk());
  EXPECT_THAT(BindOf(world, pb::PHONE_KIND_ADDITIONAL, "ivan", PhoneNumber(3)),
              Violates("PHONE_KIND_NOT_ALLOWED"));
  EXPECT_THAT(BindOf(world, pb::PHONE_KIND_SECOND_FACTOR, "ooo", PhoneNumber(3)),
              Violates("PHONE_KIND_NOT_ALLOWED"));
  EXPECT_EQ(world.otp().verifications(), 0U);
}

TEST(BindPhone, RefusesOneNumberInTwoKinds) {  // IDN-04
  World world;
  ASSERT_THAT(CreateOf(world, pb::ACCOUNT_TYPE_PRIVILEGED, "chief", 1), IsOk());
  EXPECT_THAT(BindOf(world, pb::PHONE_KIND_SECOND_FACTOR, "chief", PhoneNumber(1)),
              Refused(kFailedPrecondition, Reason::kPhoneBusy));
  ASSERT_THAT(BindOf(world, pb::PHONE_KIND_SECOND_FACTOR, "chief", PhoneNumber(2)), IsOk());
  EXPECT_THAT(BindOf(world, pb::PHONE_KIND_MAIN, "chief", PhoneNumber(2)),
              Refused(kFailedPrecondition, Reason::kPhoneBusy));
  EXPECT_THAT(world.Import(world.Bank(), "chief", PhoneNumber(2)),
              Refused(kInvalidArgument, Reason::kFieldInvalid));  // proved no later than the main one
  world.clock().Advance(absl::Hours(1));
  EXPECT_THAT(world.Import(world.Bank(), "chief", PhoneNumber(2)),
              Refused(kFailedPrecondition, Reason::kPhoneBusy));
}

TEST(BindPhone, WantsATitleForAnAdditionalNumber) {  // I4
  World world;
  ASSERT_THAT(CreateOf(world, pb::ACCOUNT_TYPE_LEGAL_ENTITY, "ooo", 1), IsOk());
  pb::BindPhoneRequest in;
  in.set_account("accounts/ooo");
  in.set_phone(PhoneNumber(2));
  in.set_kind(pb::PHONE_KIND_ADDITIONAL);
  EXPECT_THAT(world.handlers().phones.BindPhone(world.As("ooo"), in), Violates("TEXT_MISSING"));
  in.set_title(std::string(101, 't'));
  EXPECT_THAT(world.handlers().phones.BindPhone(world.As("ooo"), in), Violates("TEXT_TOO_LONG"));
}

TEST(ReleasePhone, OfAFurtherNumberTellsThatNumberToo) {  // IDN-02
  World world;
  ASSERT_THAT(CreateOf(world, pb::ACCOUNT_TYPE_PRIVILEGED, "chief", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone second,
                       BindOf(world, pb::PHONE_KIND_SECOND_FACTOR, "chief", PhoneNumber(2)));
  ASSERT_THAT(world.Release(world.As("chief"), second.name()), IsOk());
  world.Settle();
  ASSERT_EQ(world.otp().notices().size(), 2U);  // of the binding, of the release
  for (const Notice& notice : world.otp().notices()) {
    EXPECT_THAT(notice.phones,
                ElementsAre(Phone::FromTrusted(PhoneNumber(1)), Phone::FromTrusted(PhoneNumber(2))));
  }
}

TEST(BindPhone, TakesAdditionalNumbersOfACompanyWithATitle) {
  World world;
  ASSERT_THAT(CreateOf(world, pb::ACCOUNT_TYPE_LEGAL_ENTITY, "ooo", 1), IsOk());
  world.clock().Advance(absl::Seconds(1));
  pb::BindPhoneRequest in;
  in.set_account("accounts/ooo");
  in.set_phone(PhoneNumber(2));
  in.set_kind(pb::PHONE_KIND_ADDITIONAL);
  in.set_title("Бухгалтерия");
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.handlers().phones.BindPhone(world.As("ooo"), in));
  ASSERT_THAT(world.ConfirmPhone(world.As("ooo"), pending.name()), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::ListPhonesResponse phones, world.Phones("ooo"));
  ASSERT_EQ(phones.phones_size(), 2);
  EXPECT_EQ(phones.phones(1).title(), "Бухгалтерия");
  EXPECT_EQ(world.Get("ooo")->masked_phone(), "+7 9** ***-**-01");  // the main one has stayed
  pb::LookupAccountRequest by_additional;
  by_additional.set_phone(PhoneNumber(2));
  EXPECT_THAT(world.handlers().eligibility.LookupAccount(world.Service(), by_additional),
              Refused(kNotFound, Reason::kNotFound));
}

TEST(BindPhone, NamesEveryMistakeAtOnce) {
  World world;
  pb::BindPhoneRequest in;
  in.set_account("x");
  in.set_phone("8 916");
  in.set_title("t");
  in.set_channel(trustedcontact::type::v1::CHANNEL_EMAIL);
  in.mutable_client()->set_device(std::string(65, 'd'));
  const absl::Status status = world.handlers().phones.BindPhone(world.As("ivan"), in).status();
  for (const char* reason :
       {"NAME_INVALID", "PHONE_SEPARATORS", "TITLE_NOT_ALLOWED", "CHANNEL_NOT_ALLOWED", "TEXT_TOO_LONG"}) {
    EXPECT_THAT(status, Violates(reason)) << reason;
  }
}

TEST(ConfirmPhone, CountsWrongCodes) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  const auto wrong = world.ConfirmPhone(world.As("ivan"), pending.name(), "000001");
  EXPECT_THAT(wrong, Refused(kInvalidArgument, Reason::kCodeMismatch));
  EXPECT_EQ(MetadataOf(wrong.status(), "attempts_left"), "4");
  for (int i = 2; i <= 5; ++i) {
    EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name(), absl::StrFormat("%06d", i)),
                Refused(kInvalidArgument, Reason::kCodeMismatch));
  }
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(ConfirmPhone, RefusesWhatIsNoCodeWithoutAskingOtp) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  for (const char* code : {"", "12345a", " 123456", "１２３４５６", "12345678901", "-12345"}) {
    EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name(), code), Violates("CODE_FORMAT")) << code;
  }
  EXPECT_EQ(world.otp().held(IdOf(pending)).attempts_left, 5);
}

TEST(ConfirmPhone, EndsWellWhenRepeatedAfterACrashUnderANewRequestId) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  // As if the process had died between the consumption of the code and the commit: the answer is lost.
  world.otp().LoseNextConsume();
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()),
              Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_TRUE(world.otp().held(IdOf(pending)).consumed);
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()), IsOk());
}

TEST(ConfirmPhone, AnswersARepeatedRequestAlike) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  const rpc::Call call = world.As("ivan");
  ASSERT_OK_AND_ASSIGN(const pb::Phone first, world.ConfirmPhone(call, pending.name()));
  ASSERT_OK_AND_ASSIGN(const pb::Phone second, world.ConfirmPhone(call, pending.name()));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
}

TEST(ConfirmPhone, IsNotFoundForAnotherPerson) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  EXPECT_THAT(world.ConfirmPhone(world.As("oleg"), pending.name()), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), "accounts/ivan/phones/x"),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.otp().held(IdOf(pending)).attempts_left, 5);
}

TEST(ConfirmPhone, RefusesAfterAnHourAndTheNumberIsForgotten) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  world.clock().Advance(absl::Hours(1));
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
  EXPECT_EQ(world.Phones("ivan")->phones_size(), 0);
  world.Settle();
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()), Refused(kNotFound, Reason::kNotFound));
}

TEST(ConfirmPhone, RefusesWhenTheAccountIsFrozenMeanwhile) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  ASSERT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(1)), IsOk());
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

TEST(ConfirmPhone, BindsNothingWhenAnotherNumberWasAskedForMeanwhile) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.As("ivan"), "ivan", PhoneNumber(1)));
  world.otp().Meanwhile([&] { EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(2)), IsOk()); });
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.Get("ivan")->masked_phone(), "");
}

TEST(ConfirmPhone, ReleasesTheOldMainNumberAndTellsOldAndNew) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  world.NewEvents();
  ASSERT_THAT(world.Move("ivan", PhoneNumber(2)), IsOk());
  EXPECT_THAT(world.NewEvents(), ElementsAre("PhoneBindingStarted", "PhoneReleased", "PhoneBound"));
  ASSERT_EQ(world.Phones("ivan")->phones_size(), 1);
  EXPECT_EQ(world.Phones("ivan")->phones(0).phone(), PhoneNumber(2));
  EXPECT_EQ(world.Phones("ivan", true)->phones_size(), 2);
  world.Settle();
  ASSERT_EQ(world.otp().notices().size(), 1U);
  const Notice& notice = world.otp().notices()[0];
  EXPECT_THAT(notice.phones,
              ElementsAre(Phone::FromTrusted(PhoneNumber(1)), Phone::FromTrusted(PhoneNumber(2))));
  EXPECT_THAT(notice.emails, ElementsAre(Email::FromTrusted("ivan@example.org")));
  EXPECT_EQ(notice.masked_address, "+7 9** ***-**-02");
}

TEST(ConfirmPhone, AllowsOneChangeInThirtyDaysInTheCabinet) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Move("ivan", PhoneNumber(2)), IsOk());
  world.clock().Advance(absl::Hours(24 * 30) - absl::Milliseconds(1));
  const auto early = world.Bind(world.As("ivan"), "ivan", PhoneNumber(3));
  EXPECT_THAT(early, Refused(kFailedPrecondition, Reason::kPhoneChangeTooSoon));
  EXPECT_EQ(RetryAfterOf(early.status()), absl::Milliseconds(1));
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_THAT(world.Move("ivan", PhoneNumber(3)), IsOk());
}

TEST(ConfirmPhone, DoesNotLetAReleaseHideAChange) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Release(world.As("ivan"), world.Phones("ivan")->phones(0).name()), IsOk());
  ASSERT_THAT(world.Move("ivan", PhoneNumber(2)), IsOk());
  EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(3)),
              Refused(kFailedPrecondition, Reason::kPhoneChangeTooSoon));
}

TEST(ConfirmPhone, DoesNotLetAChangeThenAReleaseMakeRoomForAnother) {  // IDN-05
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone moved, world.Move("ivan", PhoneNumber(2)));
  ASSERT_THAT(world.Release(world.As("ivan"), moved.name()), IsOk());
  world.clock().Advance(absl::Hours(24 * 29 + 23));
  EXPECT_THAT(world.Bind(world.As("ivan"), "ivan", PhoneNumber(3)),
              Refused(kFailedPrecondition, Reason::kPhoneChangeTooSoon));
  world.clock().Advance(absl::Hours(1));
  EXPECT_THAT(world.Move("ivan", PhoneNumber(3)), IsOk());
}

TEST(ConfirmPhone, AsksTheIntervalAgainForANumberThatACentreBegan) {  // IDN-05
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Move("ivan", PhoneNumber(2)), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.Centre(), "ivan", PhoneNumber(3)));
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), pending.name()),
              Refused(kFailedPrecondition, Reason::kPhoneChangeTooSoon));
}

TEST(ConfirmPhone, BindsOneOfTwoNumbersThatWereBegunTogether) {  // IDN-05
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone first, world.Bind(world.As("ivan"), "ivan", PhoneNumber(2)));
  ASSERT_OK_AND_ASSIGN(const pb::Phone second, world.Bind(world.As("ivan"), "ivan", PhoneNumber(3)));
  ASSERT_THAT(world.ConfirmPhone(world.As("ivan"), second.name()), IsOk());
  EXPECT_THAT(world.ConfirmPhone(world.As("ivan"), first.name()), Refused(kNotFound, Reason::kNotFound));
}

TEST(ConfirmPhone, NeedsACodeInAServiceCentreToo) {  // I3
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.Centre(), "ivan", PhoneNumber(2)));
  EXPECT_EQ(pending.state(), pb::PHONE_STATE_PENDING);
  EXPECT_THAT(world.ConfirmPhone(world.Centre(), pending.name(), "000000"),
              Refused(kInvalidArgument, Reason::kCodeMismatch));
  EXPECT_THAT(world.ConfirmPhone(world.Centre(), pending.name()), IsOk());
}

TEST(ConfirmPhone, RecordsTheWayOfTheChange) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Move("ivan", PhoneNumber(2)), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.Centre(), "ivan", PhoneNumber(3)));
  ASSERT_THAT(world.ConfirmPhone(world.Centre(), pending.name()), IsOk());
  ASSERT_THAT(world.Release(world.Operator(), pending.name(), "по заявлению"), IsOk());
  std::vector<std::string> ways;
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::Event> events, world.database().Changes(0, 0, 1000));
  for (const kv::Event& event : events) {
    const auto way = event.attributes.find("way");
    if (way != event.attributes.end()) ways.push_back(event.type + " " + way->second);
  }
  EXPECT_THAT(ways, ElementsAre("PhoneBound IDENTITY_PROVIDER", "PhoneReleased CABINET", "PhoneBound CABINET",
                                "PhoneReleased SERVICE_CENTRE", "PhoneBound SERVICE_CENTRE",
                                "PhoneReleased OPERATOR"));
}

TEST(ConfirmPhone, InAServiceCentreIsFreeOfTheInterval) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Move("ivan", PhoneNumber(2)), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world.Bind(world.Centre(), "ivan", PhoneNumber(3)));
  EXPECT_THAT(world.ConfirmPhone(world.Centre(), pending.name()), IsOk());
}

TEST(ReleasePhone, QuarantinesTheNumberForNinetyDays) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Bare("oleg", 2), IsOk());
  world.NewEvents();
  const std::string name = world.Phones("ivan")->phones(0).name();
  ASSERT_OK_AND_ASSIGN(const pb::Phone released, world.Release(world.As("ivan"), name));
  EXPECT_EQ(released.state(), pb::PHONE_STATE_RELEASED);
  EXPECT_THAT(world.NewEvents(), ElementsAre("PhoneReleased"));
  EXPECT_THAT(world.Move("oleg", PhoneNumber(1)), Refused(kFailedPrecondition, Reason::kPhoneQuarantined));
  world.clock().Advance(absl::Hours(24 * 90) - absl::Milliseconds(1));
  EXPECT_THAT(world.Move("oleg", PhoneNumber(1)), Refused(kFailedPrecondition, Reason::kPhoneQuarantined));
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_THAT(world.Move("oleg", PhoneNumber(1)), IsOk());
}

TEST(ReleasePhone, AnswersARepeatedRequestAlikeAlsoWhenTheSignInHasAged) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  const std::string name = world.Phones("ivan")->phones(0).name();
  rpc::Call call = world.As("ivan");
  ASSERT_THAT(world.Release(call, name), IsOk());
  call.now += absl::Hours(1);
  EXPECT_THAT(world.Release(call, name), IsOk());
  call = world.As("ivan");
  call.person->auth_time = world.now() - absl::Hours(1);
  EXPECT_THAT(world.Release(call, name), Refused(kUnauthenticated, Reason::kReauthenticationRequired));
}

TEST(ReleasePhone, ByAnOfficerNeedsAReason) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  const std::string name = world.Phones("ivan")->phones(0).name();
  EXPECT_THAT(world.Release(world.Operator(), name), Violates("TEXT_MISSING"));
  ASSERT_THAT(world.Block("ivan"), IsOk());
  EXPECT_THAT(world.Release(world.Operator(), name, "номер у другого"), IsOk());  // also while blocked
}

TEST(ReleasePhone, RefusesWhatIsNotBoundOrNotOnes) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Create("oleg", 2), IsOk());
  const std::string name = world.Phones("ivan")->phones(0).name();
  EXPECT_THAT(world.Release(world.As("oleg"), name), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Release(world.As("ivan"), "accounts/ivan/phones/x"),
              Refused(kNotFound, Reason::kNotFound));
  ASSERT_THAT(world.Release(world.As("ivan"), name), IsOk());
  EXPECT_THAT(world.Release(world.As("ivan"), name),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(ReleasePhone, IsRefusedToTheOwnerOfAFrozenAccount) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world.Release(world.As("ivan"), world.Phones("ivan")->phones(0).name()),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

TEST(ListPhones, Pages) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  for (int i = 2; i <= 3; ++i) {
    world.clock().Advance(absl::Hours(24 * 30));
    ASSERT_THAT(world.Move("ivan", PhoneNumber(i)), IsOk());
  }
  pb::ListPhonesRequest in;
  in.set_account("accounts/ivan");
  in.set_show_released(true);
  in.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const pb::ListPhonesResponse first,
                       world.handlers().phones.ListPhones(world.As("ivan"), in));
  EXPECT_EQ(first.phones_size(), 2);
  EXPECT_EQ(first.phones(0).state(), pb::PHONE_STATE_RELEASED);
  in.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const pb::ListPhonesResponse second,
                       world.handlers().phones.ListPhones(world.As("ivan"), in));
  ASSERT_EQ(second.phones_size(), 1);
  EXPECT_EQ(second.phones(0).phone(), PhoneNumber(3));
  EXPECT_THAT(second.next_page_token(), IsEmpty());
  EXPECT_THAT(world.handlers().phones.ListPhones(world.As("oleg"), in),
              Refused(kNotFound, Reason::kNotFound));
}

}  // namespace
}  // namespace tc::identity

// Binding of e-mail addresses (I2, IDN-02, IDN-03, IDN-06).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kAborted;
using absl::StatusCode::kAlreadyExists;
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
using ::testing::SizeIs;
using testing::Violates;

constexpr char kNew[] = "new@mail.example";
constexpr char kOther[] = "other@mail.example";

class BindEmail : public ::testing::Test {
 protected:
  BindEmail() {
    EXPECT_THAT(world.Create("ivan", 1), IsOk());  // ivan@example.org
    world.NewEvents();
  }

  std::string Id() {
    std::string id;
    EXPECT_THAT(world.database().View([&](kv::ReadTxn& txn) -> absl::Status {
      const auto pending =
          TRY(world.handlers().desk.pending_emails.Find(txn, AccountId::FromTrusted("ivan")));
      if (pending.has_value()) id = pending->id.text();
      return absl::OkStatus();
    }),
                IsOk());
    return id;
  }

  World world;
};
using ConfirmEmail = BindEmail;

TEST_F(BindEmail, SendsACodeToTheNewAddressAndTakesItWithTheCode) {
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress pending, world.BindEmail("ivan", kNew));
  EXPECT_EQ(pending.account(), "accounts/ivan");
  EXPECT_EQ(pending.email(), kNew);
  EXPECT_EQ(pending.masked_email(), "n***@mail.example");
  EXPECT_FALSE(pending.confirmed());
  EXPECT_FALSE(pending.has_confirm_time());
  EXPECT_EQ(pending.progress().attempts_left(), 5);
  const CodeOrder& made = world.otp().held(Id()).made;
  EXPECT_EQ(made.purpose, CodePurpose::kEmailBinding);
  EXPECT_EQ(made.channel, CodeChannel::kEmail);
  EXPECT_EQ(made.email, Email::FromTrusted(kNew));
  EXPECT_EQ(made.request, "accounts/ivan/emails/" + Id());
  EXPECT_EQ(world.Get("ivan")->masked_email(), "i***@example.org");  // not before
  const std::string id = Id();
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress bound, world.ConfirmEmail("ivan"));
  EXPECT_TRUE(bound.confirmed());
  EXPECT_TRUE(bound.has_confirm_time());
  EXPECT_FALSE(bound.has_progress());
  EXPECT_TRUE(world.otp().held(id).consumed);
  EXPECT_EQ(world.Get("ivan")->masked_email(), "n***@mail.example");
  EXPECT_EQ(world.Get("ivan")->version(), 2);
  EXPECT_THAT(world.NewEvents(), ElementsAre("EmailBindingStarted", "EmailReleased", "EmailBound"));
}

TEST_F(BindEmail, TellsTheOldAddressTheMainNumberAndTheNewAddress) {  // IDN-02
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.Settle();
  EXPECT_THAT(world.otp().notices(), IsEmpty());
  ASSERT_THAT(world.ConfirmEmail("ivan"), IsOk());
  world.Settle();
  ASSERT_THAT(world.otp().notices(), SizeIs(1));
  const Notice& notice = world.otp().notices()[0];
  EXPECT_EQ(notice.kind, NoticeKind::kEmailChanged);
  EXPECT_THAT(notice.phones, ElementsAre(Phone::FromTrusted(PhoneNumber(1))));
  EXPECT_THAT(notice.emails, ElementsAre(Email::FromTrusted("ivan@example.org"), Email::FromTrusted(kNew)));
  EXPECT_EQ(notice.masked_address, "n***@mail.example");
}

TEST_F(BindEmail, GivesAnAccountWithoutAnAddressItsFirst) {
  ASSERT_THAT(world.Bare("oleg", 2), IsOk());
  world.NewEvents();
  ASSERT_THAT(world.BindEmail("oleg", kNew), IsOk());
  ASSERT_THAT(world.ConfirmEmail("oleg"), IsOk());
  EXPECT_THAT(world.NewEvents(), ElementsAre("EmailBindingStarted", "EmailBound"));
  world.Settle();
  EXPECT_THAT(world.otp().notices()[0].emails, ElementsAre(Email::FromTrusted(kNew)));
}

TEST_F(BindEmail, AnswersTheSameForABusyAddress) {  // IDN-03
  ASSERT_THAT(world.Create("owner", 2), IsOk());
  ASSERT_OK_AND_ASSIGN(pb::EmailAddress busy, world.BindEmail("ivan", "Owner@Example.org"));
  EXPECT_THAT(world.ConfirmEmail("ivan", "000000"), Refused(kInvalidArgument, Reason::kCodeMismatch));
  const absl::Status told = world.ConfirmEmail("ivan").status();
  EXPECT_THAT(told, Refused(kAlreadyExists, Reason::kAlreadyExists));
  EXPECT_EQ(MetadataOf(told, "field"), "email");
  EXPECT_EQ(world.Get("ivan")->masked_email(), "i***@example.org");
  ASSERT_OK_AND_ASSIGN(pb::EmailAddress free, world.BindEmail("ivan", "Free1@Example.org"));
  for (pb::EmailAddress* answer : {&busy, &free}) {
    answer->clear_email();
    answer->clear_masked_email();
    answer->mutable_progress()->clear_masked_address();
  }
  EXPECT_EQ(busy.SerializeAsString(), free.SerializeAsString());
}

TEST_F(BindEmail, KnowsItsOwnAddress) {
  EXPECT_THAT(world.BindEmail("ivan", "IVAN@example.org"), Refused(kAlreadyExists, Reason::kAlreadyExists));
  EXPECT_EQ(world.otp().verifications(), 0U);
}

TEST_F(BindEmail, RepeatedUnderOneRequestIdSendsOnce) {
  const rpc::Call call = world.As("ivan");
  pb::BindEmailRequest in;
  in.set_account("accounts/ivan");
  in.set_email(kNew);
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress first, world.handlers().emails.BindEmail(call, in));
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress second, world.handlers().emails.BindEmail(call, in));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(world.otp().held(Id()).sends, 1);
}

TEST_F(BindEmail, OfTheSameAddressAgainSendsANewCodeOfTheSameVerification) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  const std::string id = Id();
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress again, world.BindEmail("ivan", kNew));
  EXPECT_EQ(Id(), id);
  EXPECT_EQ(world.otp().held(id).sends, 2);
  EXPECT_EQ(again.progress().sends_left(), 1);
  EXPECT_EQ(world.otp().verifications(), 1U);
  EXPECT_THAT(world.ConfirmEmail("ivan"), IsOk());
}

TEST_F(BindEmail, BeginsANewVerificationWhenTheOldOneHasEnded) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  for (const Reason ended :
       {Reason::kVerificationExpired, Reason::kVerificationClosed, Reason::kAttemptsExhausted}) {
    const std::string before = Id();
    world.otp().FailResendWith(Refuse(kFailedPrecondition, ended, "ended"));
    ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
    EXPECT_NE(Id(), before);
  }
}

TEST_F(BindEmail, OfAnotherAddressEndsTheOneBefore) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  const std::string first = Id();
  ASSERT_THAT(world.BindEmail("ivan", kOther), IsOk());
  world.Settle();
  EXPECT_TRUE(world.otp().held(first).cancelled);
  EXPECT_FALSE(world.otp().held(Id()).cancelled);
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress bound, world.ConfirmEmail("ivan"));
  EXPECT_EQ(bound.email(), kOther);
}

TEST_F(BindEmail, PassesOtpsRefusalsOn) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.otp().FailResendWith(
      Refuse(kResourceExhausted, Reason::kResendTooSoon, "wait").RetryAfter(absl::Seconds(60)));
  const auto refused = world.BindEmail("ivan", kNew);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kResendTooSoon));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Seconds(60));
  world.otp().FailWith(Refuse(kUnavailable, Reason::kPeerUnavailable, "otp does not answer"));
  EXPECT_THAT(world.BindEmail("ivan", kOther), Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kUnavailable, Reason::kPeerUnavailable));
}

TEST_F(BindEmail, NeedsARecentSignIn) {  // IDN-02
  pb::BindEmailRequest in;
  in.set_account("accounts/ivan");
  in.set_email(kNew);
  rpc::Call call = world.As("ivan");
  call.person->auth_time = world.now() - absl::Seconds(300) - absl::Milliseconds(1);
  EXPECT_THAT(world.handlers().emails.BindEmail(call, in),
              Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_EQ(world.otp().verifications(), 0U);
  call.person->auth_time = world.now() - absl::Seconds(300);
  EXPECT_THAT(world.handlers().emails.BindEmail(call, in), IsOk());
}

TEST_F(BindEmail, IsNotFoundForAnotherPersonAndAnAbsentAccount) {
  pb::BindEmailRequest in;
  in.set_account("accounts/ivan");
  in.set_email(kNew);
  EXPECT_THAT(world.handlers().emails.BindEmail(world.As("oleg"), in), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.BindEmail("nobody", kNew), Refused(kNotFound, Reason::kNotFound));
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  pb::ConfirmEmailRequest confirm;
  confirm.set_account("accounts/ivan");
  confirm.set_code(FakeOtp::kCode);
  EXPECT_THAT(world.handlers().emails.ConfirmEmail(world.As("oleg"), confirm),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.otp().held(Id()).attempts_left, 5);
}

TEST_F(BindEmail, NamesEveryMistakeAtOnce) {
  pb::BindEmailRequest in;
  in.set_account("x");
  in.set_email("ivan@localhost");
  in.mutable_client()->set_device(std::string(65, 'd'));
  const absl::Status status = world.handlers().emails.BindEmail(world.As("ivan"), in).status();
  for (const char* reason : {"NAME_INVALID", "EMAIL_INVALID", "TEXT_TOO_LONG"})
    EXPECT_THAT(status, Violates(reason)) << reason;
}

TEST_F(BindEmail, RefusesAnAccountThatSomethingStandsAgainst) {
  ASSERT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world.BindEmail("ivan", kNew), Refused(kFailedPrecondition, Reason::kAccountFrozen));
  ASSERT_THAT(world.Block("ivan"), IsOk());
  EXPECT_THAT(world.BindEmail("ivan", kNew), Refused(kFailedPrecondition, Reason::kAccountBlocked));
  EXPECT_EQ(world.otp().verifications(), 0U);
}

TEST_F(ConfirmEmail, CountsWrongCodes) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  for (int i = 1; i <= 5; ++i) {
    const auto wrong = world.ConfirmEmail("ivan", absl::StrFormat("%06d", i));
    EXPECT_THAT(wrong, Refused(kInvalidArgument, Reason::kCodeMismatch));
    EXPECT_EQ(MetadataOf(wrong.status(), "attempts_left"), absl::StrCat(5 - i));
  }
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST_F(ConfirmEmail, RefusesWhatIsNoCodeWithoutAskingOtp) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  for (const char* code : {"", "12345a", " 123456", "12345678901"})
    EXPECT_THAT(world.ConfirmEmail("ivan", code), Violates("CODE_FORMAT")) << code;
  EXPECT_EQ(world.otp().held(Id()).attempts_left, 5);
}

TEST_F(ConfirmEmail, RefusesWhenNoAddressWaits) {
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kFailedPrecondition, Reason::kVerificationClosed));
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  ASSERT_THAT(world.ConfirmEmail("ivan"), IsOk());
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kFailedPrecondition, Reason::kVerificationClosed));
}

TEST_F(ConfirmEmail, AnswersARepeatedRequestAlike) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  const rpc::Call call = world.As("ivan");
  pb::ConfirmEmailRequest in;
  in.set_account("accounts/ivan");
  in.set_code(FakeOtp::kCode);
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress first, world.handlers().emails.ConfirmEmail(call, in));
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress second, world.handlers().emails.ConfirmEmail(call, in));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(ConfirmEmail, EndsWellWhenRepeatedAfterACrashUnderANewRequestId) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.otp().LoseNextConsume();
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_THAT(world.ConfirmEmail("ivan"), IsOk());
}

TEST_F(ConfirmEmail, RefusesAfterAnHourAndTheAddressIsForgotten) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.clock().Advance(absl::Minutes(59));
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());  // does not make the hour longer
  world.clock().Advance(absl::Minutes(1));
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kFailedPrecondition, Reason::kVerificationExpired));
  EXPECT_NE(Id(), "");
  world.Settle();
  EXPECT_EQ(Id(), "");
}

TEST_F(ConfirmEmail, IsNotHurriedByTheEndOfAnEarlierAddress) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.clock().Advance(absl::Minutes(30));
  ASSERT_THAT(world.BindEmail("ivan", kOther), IsOk());
  world.clock().Advance(absl::Minutes(30));
  world.Settle();  // the first one's timer
  EXPECT_THAT(world.ConfirmEmail("ivan"), IsOk());
}

TEST_F(ConfirmEmail, TakesNothingWhenAnotherAddressWasAskedForMeanwhile) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.otp().Meanwhile([&] { EXPECT_THAT(world.BindEmail("ivan", kOther), IsOk()); });
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kAborted, Reason::kConflict));
  EXPECT_EQ(world.Get("ivan")->masked_email(), "i***@example.org");
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress bound, world.ConfirmEmail("ivan"));
  EXPECT_EQ(bound.email(), kOther);
}

TEST_F(ConfirmEmail, TakesNothingWhenTheAccountIsFrozenAfterTheCodeWasProved) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.otp().Meanwhile([&] { EXPECT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(1)), IsOk()); });
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
  EXPECT_EQ(world.Get("ivan")->masked_email(), "i***@example.org");
}

TEST_F(BindEmail, DoesNotBringBackAnAddressThatWasReplacedWhileItsCodeWasSent) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  world.otp().Meanwhile([&] { EXPECT_THAT(world.BindEmail("ivan", kOther), IsOk()); });
  EXPECT_THAT(world.BindEmail("ivan", kNew), Refused(kAborted, Reason::kConflict));
  ASSERT_OK_AND_ASSIGN(const pb::EmailAddress bound, world.ConfirmEmail("ivan"));
  EXPECT_EQ(bound.email(), kOther);
}

TEST_F(ConfirmEmail, RefusesWhenTheAccountIsFrozenMeanwhile) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  ASSERT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(1)), IsOk());
  EXPECT_THAT(world.ConfirmEmail("ivan"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
  EXPECT_EQ(world.otp().held(Id()).attempts_left, 5);
}

TEST_F(ConfirmEmail, LeavesTheOldAddressToOthers) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  ASSERT_THAT(world.ConfirmEmail("ivan"), IsOk());
  ASSERT_THAT(world.Bare("oleg", 2), IsOk());
  ASSERT_THAT(world.BindEmail("oleg", "ivan@example.org"), IsOk());
  EXPECT_THAT(world.ConfirmEmail("oleg"), IsOk());
  pb::LookupAccountRequest by_new;
  by_new.set_email(kNew);
  EXPECT_EQ(world.handlers().eligibility.LookupAccount(world.Service(), by_new)->account(), "accounts/ivan");
}

TEST_F(ConfirmEmail, TellsAddressesInEventsMaskedOnly) {
  ASSERT_THAT(world.BindEmail("ivan", kNew), IsOk());
  ASSERT_THAT(world.ConfirmEmail("ivan"), IsOk());
  std::map<std::string, std::string> masked;
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::Event> events, world.database().Changes(0, 0, 1000));
  for (const kv::Event& event : events) {
    const auto found = event.attributes.find("masked_email");
    if (found != event.attributes.end()) masked[event.type] = found->second;
    for (const auto& [key, value] : event.attributes) EXPECT_NE(value, kNew) << event.type << " " << key;
  }
  EXPECT_EQ(masked["EmailBindingStarted"], "n***@m***.example");
  EXPECT_EQ(masked["EmailReleased"], "i***@e***.org");
  EXPECT_EQ(masked["EmailBound"], "n***@m***.example");
}

}  // namespace
}  // namespace tc::identity

#include "services/otp/rpc/verification_handlers.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kAlreadyExists;
using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;
using testing::Violates;
namespace type = ::trustedcontact::type::v1;

std::vector<std::string> EventTypes(Bench& bench) {
  std::vector<std::string> types;
  const absl::StatusOr<std::vector<kv::Event>> events = bench.database->Changes(0, 0, 100);
  for (const kv::Event& event : *events) types.push_back(event.type);
  return types;
}

// --- CreateVerification ---

TEST(CreateVerification, SendsACodeThatIsRight) {
  Bench bench;
  ASSERT_OK_AND_ASSIGN(const pb::Verification made, bench.Create());
  EXPECT_EQ(made.name(), "verifications/v1");
  EXPECT_EQ(made.state(), pb::Verification::STATE_PENDING);
  EXPECT_EQ(made.channel(), type::CHANNEL_SMS);
  EXPECT_EQ(made.code_digits(), 6);
  EXPECT_EQ(made.progress().attempts_left(), 5);
  EXPECT_EQ(made.progress().sends_left(), 2);
  EXPECT_EQ(made.progress().masked_address(), "+7 9** ***-**-67");
  EXPECT_EQ(made.progress().expire_time().seconds(), absl::ToUnixSeconds(bench.clock.Now()) + 300);
  EXPECT_EQ(made.progress().next_send_time().seconds(), absl::ToUnixSeconds(bench.clock.Now()) + 60);
  EXPECT_THAT(made.progress().channels(), ::testing::ElementsAre(type::CHANNEL_SMS, type::CHANNEL_VOICE));

  const std::string code = bench.LastCode();
  const Message message = bench.provider.sent().back();
  EXPECT_EQ(message.to.text(), kPhone);
  EXPECT_EQ(message.template_name, "CODE_RECOVERY_CLAIM");
  ASSERT_OK_AND_ASSIGN(const pb::CheckVerificationResponse checked, bench.Check(code));
  EXPECT_TRUE(checked.matched());
  EXPECT_EQ(checked.verification().state(), pb::Verification::STATE_APPROVED);
  EXPECT_THAT(EventTypes(bench), ::testing::ElementsAre("VerificationCreated", "VerificationApproved"));
}

TEST(CreateVerification, NamesEveryMistakeAtOnce) {
  Bench bench;
  pb::CreateVerificationRequest request;
  request.set_verification_id("a/b");
  request.set_phone("89161234567");
  request.set_subject("two words");
  request.set_masked_principal("http://x");
  request.add_allowed_channels(type::CHANNEL_UNSPECIFIED);
  const absl::StatusOr<pb::Verification> refused = bench.Create(request);
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  std::vector<std::string> fields;
  for (const FieldViolation& v : ViolationsOf(refused.status())) fields.push_back(v.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("verification_id", "purpose", "subject", "request",
                                                      "phone", "allowed_channels[0]", "masked_principal"));
}

TEST(CreateVerification, NeedsAnAddress) {
  Bench bench;
  pb::CreateVerificationRequest request = Bench::AnyRequest();
  request.clear_address();
  EXPECT_THAT(bench.Create(request), Violates("ADDRESS_MISSING"));
  request.set_decoy(false);
  EXPECT_THAT(bench.Create(request), Violates("ADDRESS_MISSING"));
}

TEST(CreateVerification, RepeatedGivesTheSameAnswerAndOneMessage) {
  Bench bench;
  const rpc::Call call = bench.From();
  ASSERT_OK_AND_ASSIGN(const pb::Verification first,
                       bench.verifications.CreateVerification(call, Bench::AnyRequest()));
  ASSERT_OK_AND_ASSIGN(const pb::Verification second,
                       bench.verifications.CreateVerification(call, Bench::AnyRequest()));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), 1u);
}

TEST(CreateVerification, RefusesAnIdThatIsTaken) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  EXPECT_THAT(bench.Create(), Refused(kAlreadyExists, Reason::kAlreadyExists));
  EXPECT_THAT(bench.Create(Bench::AnyRequest(), "identity"), Refused(kAlreadyExists, Reason::kAlreadyExists));
}

TEST(CreateVerification, NeverMailsAContactsCode) {
  Bench bench;
  pb::CreateVerificationRequest request = Bench::AnyRequest();
  request.set_purpose(pb::PURPOSE_RECOVERY_APPROVAL);
  request.set_email("ivan@example.ru");
  EXPECT_THAT(bench.Create(request), Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
  request.set_phone(kPhone);
  request.add_allowed_channels(type::CHANNEL_EMAIL);
  EXPECT_THAT(bench.Create(request), Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
}

TEST(CreateVerification, ClosesTheEarlierOneOfTheSameRequest) {  // OTP-18
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string old_code = bench.LastCode();
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_THAT(bench.Create(Bench::AnyRequest("v2")), IsOk());
  EXPECT_EQ(bench.Get("v1")->state(), pb::Verification::STATE_CANCELLED);
  EXPECT_THAT(bench.Check(old_code, "v1"), Refused(kFailedPrecondition, Reason::kVerificationClosed));
  EXPECT_THAT(bench.Check(bench.LastCode(), "v2"), IsOk());
}

TEST(CreateVerification, DoesNotResetTheAttemptsOfTheRequest) {  // OTP-10
  Bench bench(NoDelays());
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string wrong = WrongFor(bench.LastCode());
  for (int i = 0; i < 5; ++i) ASSERT_THAT(bench.Check(wrong), IsOk());
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_THAT(bench.Create(Bench::AnyRequest("v2")), IsOk());
  const std::string wrong2 = WrongFor(bench.LastCode());
  for (int i = 0; i < 5; ++i) ASSERT_THAT(bench.Check(wrong2, "v2"), IsOk());
  bench.clock.Advance(absl::Hours(1));
  EXPECT_THAT(bench.Create(Bench::AnyRequest("v3")),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(CreateVerification, CountsSendsPerNumberOverRequestsAndCallers) {  // SND-02
  Bench bench;
  const auto create = [&](int n, pb::Purpose purpose, const char* service) {
    pb::CreateVerificationRequest request = Bench::AnyRequest(absl::StrCat("n", n));
    request.set_request(absl::StrCat("request-", n));
    request.set_purpose(purpose);
    return bench.Create(request, service).status();
  };
  for (int n = 0; n < 5; ++n) ASSERT_THAT(create(n, pb::PURPOSE_RECOVERY_CLAIM, "recovery"), IsOk());
  const absl::Status sixth = create(5, pb::PURPOSE_RECOVERY_CLAIM, "recovery");
  EXPECT_THAT(sixth, Refused(kResourceExhausted, Reason::kNumberLimitReached));
  EXPECT_EQ(RetryAfterOf(sixth), absl::Hours(24));
  for (int n = 6; n < 11; ++n) ASSERT_THAT(create(n, pb::PURPOSE_PHONE_BINDING, "identity"), IsOk());
  EXPECT_THAT(create(11, pb::PURPOSE_RECOVERY_APPROVAL, "recovery"),
              Refused(kResourceExhausted, Reason::kNumberLimitReached));
  bench.clock.Advance(absl::Hours(24) + absl::Seconds(1));  // the account's count has the grain of a second
  EXPECT_THAT(create(12, pb::PURPOSE_RECOVERY_CLAIM, "recovery"), IsOk());
}

// --- Decoys (REC-01) ---

pb::CreateVerificationRequest DecoyRequest(const std::string& id = "v1") {
  pb::CreateVerificationRequest request = Bench::AnyRequest(id);
  request.set_decoy(true);
  request.set_masked_address("+7 9** ***-**-67");
  return request;
}

TEST(Decoy, IsAnsweredLikeARealOneAndSentNowhere) {
  Bench real, decoy;
  pb::CreateVerificationRequest request = Bench::AnyRequest();
  for (const type::Channel channel : {type::CHANNEL_SMS, type::CHANNEL_VOICE})
    request.add_allowed_channels(channel);
  pb::CreateVerificationRequest same = request;
  same.set_decoy(true);
  same.set_masked_address("+7 9** ***-**-67");
  ASSERT_OK_AND_ASSIGN(pb::Verification a, real.Create(request));
  ASSERT_OK_AND_ASSIGN(pb::Verification b, decoy.Create(same));
  EXPECT_EQ(a.DebugString(), b.DebugString());
  EXPECT_EQ(decoy.Dispatch(), 1);
  EXPECT_TRUE(decoy.provider.sent().empty());
  ASSERT_OK_AND_ASSIGN(const pb::CheckVerificationResponse x, real.Check(WrongFor(real.LastCode())));
  ASSERT_OK_AND_ASSIGN(const pb::CheckVerificationResponse y, decoy.Check("000000"));
  EXPECT_EQ(x.DebugString(), y.DebugString());
}

TEST(Decoy, IsNotEvenRightForItsOwnCode) {
  Bench bench;
  ASSERT_THAT(bench.Create(DecoyRequest()), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::OutboxRow> rows,
                       bench.database->DueOutbox(bench.clock.Now(), 10));
  ASSERT_EQ(rows.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const Message message, Open(bench.desk.sealer, rows[0].payload));
  ASSERT_OK_AND_ASSIGN(const pb::CheckVerificationResponse checked, bench.Check(CodeIn(message)));
  EXPECT_FALSE(checked.matched());
}

TEST(Decoy, LocksAndResendsLikeARealOne) {
  Bench bench(NoDelays());
  ASSERT_THAT(bench.Create(DecoyRequest()), IsOk());
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_THAT(bench.Resend(), IsOk());
  for (int i = 0; i < 5; ++i) ASSERT_FALSE(bench.Check("123456")->matched());
  EXPECT_THAT(bench.Check("123456"), Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(Decoy, HasTheSameLimitOfSends) {
  Bench bench;
  for (int n = 0; n < 6; ++n) {
    pb::CreateVerificationRequest request = DecoyRequest(absl::StrCat("d", n));
    request.set_request(absl::StrCat("request-", n));
    const absl::Status status = bench.Create(request).status();
    if (n < 5)
      EXPECT_THAT(status, IsOk());
    else
      EXPECT_THAT(status, Refused(kResourceExhausted, Reason::kNumberLimitReached));
  }
}

// --- Resend, cancel, consume ---

TEST(ResendVerification, EndsTheOldCode) {  // OTP-18
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string old_code = bench.LastCode();
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_OK_AND_ASSIGN(const pb::Verification resent, bench.Resend());
  EXPECT_EQ(resent.progress().sends_left(), 1);
  const std::string new_code = bench.LastCode();
  ASSERT_NE(old_code, new_code);
  ASSERT_OK_AND_ASSIGN(const auto checked, bench.Check(old_code));
  EXPECT_FALSE(checked.matched());
  EXPECT_EQ(checked.verification().progress().attempts_left(), 4) << "the old code is charged";
  EXPECT_TRUE(bench.Check(new_code)->matched());
}

TEST(ResendVerification, WithdrawsAMessageThatHasNotLeft) {
  Bench bench;
  ASSERT_OK_AND_ASSIGN(const pb::Verification made, bench.Create());
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_THAT(bench.Resend(), IsOk());
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), 1u) << "only the new code";
}

TEST(ResendVerification, GoesAnotherWay) {  // O4
  Bench bench;
  pb::CreateVerificationRequest create = Bench::AnyRequest();
  for (const type::Channel c : {type::CHANNEL_SMS, type::CHANNEL_EMAIL}) create.add_allowed_channels(c);
  ASSERT_THAT(bench.Create(create), IsOk());
  const std::string old_code = bench.LastCode();
  bench.clock.Advance(absl::Seconds(60));
  pb::ResendVerificationRequest resend;
  resend.set_name("verifications/v1");
  resend.set_channel(type::CHANNEL_EMAIL);
  EXPECT_THAT(bench.verifications.ResendVerification(bench.From(), resend),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable))
      << "the phone has no mailbox";
  resend.set_email("ivan@example.ru");
  ASSERT_OK_AND_ASSIGN(const pb::Verification resent,
                       bench.verifications.ResendVerification(bench.From(), resend));
  EXPECT_EQ(resent.channel(), type::CHANNEL_EMAIL);
  EXPECT_EQ(resent.progress().masked_address(), "i***@e***.ru");
  const std::string code = bench.LastCode();
  EXPECT_EQ(bench.provider.sent().back().to.text(), "ivan@example.ru");
  EXPECT_TRUE(bench.Check(code)->matched());
  resend.set_channel(type::CHANNEL_VOICE);
  EXPECT_THAT(bench.verifications.ResendVerification(bench.From(), resend),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
}

TEST(ResendVerification, IsOfItsOwnerOnly) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  pb::ResendVerificationRequest request;
  request.set_name("verifications/v1");
  bench.clock.Advance(absl::Seconds(60));
  EXPECT_THAT(bench.verifications.ResendVerification(bench.From("identity"), request),
              Refused(kNotFound, Reason::kNotFound));
}

TEST(CancelVerification, EndsItAndItsMessage) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  pb::CancelVerificationRequest request;
  request.set_name("verifications/v1");
  EXPECT_THAT(bench.verifications.CancelVerification(bench.From("identity"), request),
              Refused(kNotFound, Reason::kNotFound));
  ASSERT_OK_AND_ASSIGN(const pb::Verification cancelled,
                       bench.verifications.CancelVerification(bench.From(), request));
  EXPECT_EQ(cancelled.state(), pb::Verification::STATE_CANCELLED);
  bench.Dispatch();
  EXPECT_TRUE(bench.provider.sent().empty());
  EXPECT_THAT(bench.verifications.CancelVerification(bench.From(), request),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
}

TEST(ConsumeVerification, WorksOnce) {  // OTP-05
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From(), Bench::ConsumeRequest()),
              Refused(kFailedPrecondition, Reason::kVerificationNotApproved));
  ASSERT_TRUE(bench.Check(bench.LastCode())->matched());
  const rpc::Call call = bench.From();
  ASSERT_OK_AND_ASSIGN(const pb::Verification used,
                       bench.verifications.ConsumeVerification(call, Bench::ConsumeRequest()));
  EXPECT_EQ(used.state(), pb::Verification::STATE_CONSUMED);
  EXPECT_THAT(bench.verifications.ConsumeVerification(call, Bench::ConsumeRequest()), IsOk())
      << "the same request again";
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From(), Bench::ConsumeRequest()),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
}

TEST(GetVerification, ShowsWhatTheClockHasDecided) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  bench.clock.Advance(absl::Seconds(300));
  EXPECT_EQ(bench.Get()->state(), pb::Verification::STATE_EXPIRED);
  EXPECT_THAT(bench.Get("absent"), Refused(kNotFound, Reason::kNotFound));
}

}  // namespace
}  // namespace tc::otp

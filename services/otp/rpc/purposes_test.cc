// Every purpose from its code to its use, by each channel that it may take.

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;
namespace type = ::trustedcontact::type::v1;

constexpr char kEmail[] = "ivan@example.ru";

struct Way {
  pb::Purpose purpose;
  type::Channel channel;
  const char* caller;
  const char* action;  // in the message
  bool allowed;
};
void PrintTo(const Way& way, std::ostream* out) {
  *out << pb::Purpose_Name(way.purpose) << " by " << type::Channel_Name(way.channel);
}

constexpr Way kWays[] = {
    {pb::PURPOSE_PHONE_BINDING, type::CHANNEL_SMS, "identity", "привязка телефона", true},
    {pb::PURPOSE_PHONE_BINDING, type::CHANNEL_VOICE, "identity", "привязка телефона", true},
    {pb::PURPOSE_PHONE_BINDING, type::CHANNEL_EMAIL, "identity", "", false},
    {pb::PURPOSE_EMAIL_BINDING, type::CHANNEL_SMS, "identity", "", false},
    {pb::PURPOSE_EMAIL_BINDING, type::CHANNEL_VOICE, "identity", "", false},
    {pb::PURPOSE_EMAIL_BINDING, type::CHANNEL_EMAIL, "identity", "привязка почты", true},
    {pb::PURPOSE_SECOND_FACTOR, type::CHANNEL_SMS, "identity", "вход в аккаунт", true},
    {pb::PURPOSE_SECOND_FACTOR, type::CHANNEL_VOICE, "identity", "вход в аккаунт", true},
    {pb::PURPOSE_SECOND_FACTOR, type::CHANNEL_EMAIL, "identity", "", false},
    {pb::PURPOSE_RECOVERY_CLAIM, type::CHANNEL_EMAIL, "recovery", "восстановление доступа", true},
    {pb::PURPOSE_RECOVERY_APPROVAL, type::CHANNEL_SMS, "recovery", "подтвердить восстановление", true},
};

pb::CreateVerificationRequest RequestFor(const Way& way, const std::string& id = "v1") {
  pb::CreateVerificationRequest request = Bench::AnyRequest(id);
  request.set_purpose(way.purpose);
  request.set_channel(way.channel);
  if (way.channel == type::CHANNEL_EMAIL) request.set_email(kEmail);
  return request;
}

pb::CheckVerificationRequest CheckFor(const Way& way, const std::string& code) {
  pb::CheckVerificationRequest request = Bench::CheckRequest(code);
  request.set_purpose(way.purpose);
  return request;
}

pb::ConsumeVerificationRequest ConsumeFor(const Way& way) {
  pb::ConsumeVerificationRequest request = Bench::ConsumeRequest();
  request.set_purpose(way.purpose);
  return request;
}

class EveryWay : public ::testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Purposes, EveryWay, ::testing::ValuesIn(kWays));

TEST_P(EveryWay, EndsInOneUseOrIsRefusedAtOnce) {  // OTP-05, O4
  const Way& way = GetParam();
  Bench bench;
  const absl::StatusOr<pb::Verification> made = bench.Create(RequestFor(way), way.caller);
  if (!way.allowed) {
    EXPECT_THAT(made, Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
    bench.Dispatch();
    EXPECT_TRUE(bench.provider.sent().empty());
    return;
  }
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->purpose(), way.purpose);
  EXPECT_EQ(made->channel(), way.channel);
  EXPECT_THAT(made->progress().channels(), ::testing::Contains(way.channel));

  bench.Dispatch();
  ASSERT_EQ(bench.provider.sent().size(), 1u);
  const Message message = bench.provider.sent().back();
  EXPECT_EQ(message.to.text(), way.channel == type::CHANNEL_EMAIL ? kEmail : kPhone);
  EXPECT_THAT(message.text.body, ::testing::HasSubstr(way.action));

  std::string code = CodeIn(message);
  if (way.channel == type::CHANNEL_VOICE) {
    code.clear();
    for (const char c : message.text.body.substr(0, message.text.body.find('.')))
      if (c >= '0' && c <= '9') code += c;
  }
  const rpc::Call call = bench.From(way.caller);
  EXPECT_FALSE(bench.Check(call, CheckFor(way, WrongFor(code)))->matched());
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From(way.caller), ConsumeFor(way)),
              Refused(kFailedPrecondition, Reason::kVerificationNotApproved));
  EXPECT_TRUE(bench.Check(bench.From(way.caller), CheckFor(way, code))->matched());
  ASSERT_OK_AND_ASSIGN(const pb::Verification used,
                       bench.verifications.ConsumeVerification(bench.From(way.caller), ConsumeFor(way)));
  EXPECT_EQ(used.state(), pb::Verification::STATE_CONSUMED);
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From(way.caller), ConsumeFor(way)),
              Refused(kFailedPrecondition, Reason::kVerificationClosed));
}

constexpr Way kMailbox = {pb::PURPOSE_EMAIL_BINDING, type::CHANNEL_EMAIL, "identity", "", true};

TEST(EmailBinding, MailsTheCodeWithASubjectAndMasksTheMailbox) {
  Bench bench;
  pb::CreateVerificationRequest request = RequestFor(kMailbox);
  request.clear_channel();
  ASSERT_OK_AND_ASSIGN(const pb::Verification made, bench.Create(request, "identity"));
  EXPECT_EQ(made.channel(), type::CHANNEL_EMAIL) << "a mailbox has only this way";
  EXPECT_EQ(made.progress().masked_address(), "i***@e***.ru");
  bench.Dispatch();
  const Message message = bench.provider.sent().back();
  EXPECT_EQ(message.template_name, "CODE_EMAIL_BINDING");
  EXPECT_EQ(message.text.subject, "Код подтверждения");
  EXPECT_THAT(message.text.body, ::testing::Not(::testing::HasSubstr("#"))) << "that line is for an SMS";
}

TEST(EmailBinding, IsResentToTheMailboxAndNotToAPhone) {  // OTP-18
  Bench bench;
  ASSERT_THAT(bench.Create(RequestFor(kMailbox), "identity"), IsOk());
  const std::string old_code = bench.LastCode();
  bench.clock.Advance(absl::Seconds(60));
  pb::ResendVerificationRequest resend;
  resend.set_name("verifications/v1");
  resend.set_channel(type::CHANNEL_SMS);
  resend.set_phone(kPhone);
  EXPECT_THAT(bench.verifications.ResendVerification(bench.From("identity"), resend),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
  resend.Clear();
  resend.set_name("verifications/v1");
  ASSERT_OK_AND_ASSIGN(const pb::Verification resent,
                       bench.verifications.ResendVerification(bench.From("identity"), resend));
  EXPECT_EQ(resent.channel(), type::CHANNEL_EMAIL);
  const std::string code = bench.LastCode();
  EXPECT_EQ(bench.provider.sent().back().to.text(), kEmail);
  EXPECT_FALSE(bench.Check(bench.From("identity"), CheckFor(kMailbox, old_code))->matched());
  EXPECT_TRUE(bench.Check(bench.From("identity"), CheckFor(kMailbox, code))->matched());
}

TEST(EmailBinding, CountsSendsPerMailbox) {  // SND-02
  Bench bench;
  for (int n = 0; n <= 10; ++n) {
    pb::CreateVerificationRequest request = RequestFor(kMailbox, absl::StrCat("m", n));
    request.set_request(absl::StrCat("emails/", n));
    const absl::Status status = bench.Create(request, "identity").status();
    if (n < 10)
      EXPECT_THAT(status, IsOk());
    else
      EXPECT_THAT(status, Refused(kResourceExhausted, Reason::kNumberLimitReached));
  }
}

TEST(SecondFactor, IsUsedUpByFiveWrongCodes) {  // OTP-09, I7
  constexpr Way kSignIn = {pb::PURPOSE_SECOND_FACTOR, type::CHANNEL_SMS, "identity", "", true};
  Bench bench(NoDelays());
  ASSERT_THAT(bench.Create(RequestFor(kSignIn), "identity"), IsOk());
  const std::string code = bench.LastCode();
  for (int i = 0; i < 5; ++i)
    ASSERT_FALSE(bench.Check(bench.From("identity"), CheckFor(kSignIn, WrongFor(code)))->matched());
  EXPECT_THAT(bench.Check(bench.From("identity"), CheckFor(kSignIn, code)),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From("identity"), ConsumeFor(kSignIn)),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

}  // namespace
}  // namespace tc::otp

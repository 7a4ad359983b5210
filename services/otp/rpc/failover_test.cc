// The way of a code through several providers and channels.

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "common/base/status.h"
#include "common/testing/status.h"
#include "services/otp/rpc/delivery_testing.h"
#include "services/otp/store/limit_store.h"

namespace tc::otp {
namespace {

using S = DeliveryState;

pb::CreateVerificationRequest WithEmail() {
  pb::CreateVerificationRequest request = Bench::AnyRequest();
  for (const auto channel :
       {::trustedcontact::type::v1::CHANNEL_SMS, ::trustedcontact::type::v1::CHANNEL_VOICE,
        ::trustedcontact::type::v1::CHANNEL_EMAIL}) {
    request.add_allowed_channels(channel);
  }
  request.set_fallback_email("ivan@example.ru");
  return request;
}

int64_t SpentOf(Bench& bench, Channel channel) {
  int64_t spent = 0;
  EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    const Budget budget = TRY(FindBudget(txn, channel));
    spent = CountIn(budget.spent, bench.clock.Now(), absl::Hours(24));
    return absl::OkStatus();
  }),
              testing::IsOk());
  return spent;
}

// --- To the next provider (SND-12, OTP-19) ---

TEST(FailOver, OffersTheSameCodeToTheNextProvider) {
  for (const absl::Status& failure : {kRefused, kAway, kTimedOut}) {
    Table b(TwoForSms());
    b.fake(0).next = failure;
    b.Start();
    EXPECT_EQ(b.Dispatch(), 1);
    ASSERT_EQ(b.fake(0).sent().size(), 1u) << failure;
    ASSERT_EQ(b.fake(1).sent().size(), 1u) << failure;
    EXPECT_EQ(b.fake(0).sent()[0].text.body, b.fake(1).sent()[0].text.body);
    EXPECT_EQ(b.state(), S::kAccepted);
    EXPECT_TRUE(RowsOf(b).empty()) << "all in one run";
    EXPECT_THAT(EventsOf(b), ::testing::ElementsAre("VerificationCreated", "DeliveryMovedOn"));
    EXPECT_TRUE(b.Check(CodeIn(b.fake(1).sent()[0]))->matched());
  }
}

TEST(FailOver, TellsWhoWasAskedAndHow) {
  Table b(TwoForSms());
  b.fake(0).next = kAway;
  b.Start();
  b.Dispatch();
  const Delivery delivery = LastOf(b);
  ASSERT_EQ(delivery.attempts.size(), 2u);
  EXPECT_EQ(delivery.attempts[0].provider, "a");
  EXPECT_EQ(delivery.attempts[0].outcome, "HTTP_503");
  EXPECT_EQ(delivery.attempts[1].provider, "b");
  EXPECT_EQ(delivery.attempts[1].provider_message, "message-1");
  const std::string place = "/" + delivery.id.text() + "/";
  EXPECT_EQ(b.fake(0).receipt_urls()[0], "receipts/a" + place + "1");
  EXPECT_EQ(b.fake(1).receipt_urls()[0], "receipts/b" + place + "2");
}

TEST(FailOver, EndsWhenAllRefuse) {
  Table b(TwoForSms(), [] {
    Policy policy;
    policy.fallback_voice = false;
    return policy;
  }());
  b.fake(0).next = b.fake(1).next = kRefused;
  b.Start();
  b.Dispatch();
  EXPECT_EQ(b.state(), S::kRejected);
  EXPECT_TRUE(RowsOf(b).empty());
  EXPECT_EQ(EventsOf(b).back(), "DeliveryRejected");
}

TEST(FailOver, EndsWhenNobodyCarriesTheChannel) {
  Table b({FakeInfo("mail", {Channel::kEmail})});
  b.Start();
  b.Dispatch();
  EXPECT_EQ(b.state(), S::kRejected);
  EXPECT_EQ(LastOf(b).attempts.at(0).outcome, "NO_PROVIDER");
}

TEST(FailOver, ComesBackToThoseWhoOnlyCouldNotNow) {
  Table b(TwoForSms());
  b.fake(0).next = kRefused;
  b.fake(1).next = kAway;
  b.Start();
  b.Dispatch();
  EXPECT_EQ(b.state(), S::kDeferred);
  b.fake(1).next = absl::OkStatus();
  b.Later(absl::Seconds(15));
  EXPECT_EQ(b.fake(0).sent().size(), 1u) << "it refused this message for good";
  EXPECT_EQ(b.fake(1).sent().size(), 2u);
  EXPECT_EQ(b.fake(1).sent()[0].request_id, b.fake(1).sent()[1].request_id);
  EXPECT_EQ(b.state(), S::kAccepted);
}

TEST(FailOver, NeverRepeatsWhatAProviderMayHaveTakenAndWouldNotNotice) {  // SND-13
  Table b({Forgetful("a"), Forgetful("b")});
  b.fake(0).next = b.fake(1).next = kTimedOut;
  b.Start();
  for (int i = 0; i < 10; ++i) b.Later(absl::Seconds(15));
  EXPECT_EQ(b.fake(0).sent().size(), 1u);
  EXPECT_EQ(b.fake(1).sent().size(), 1u);
  EXPECT_EQ(b.state(), S::kDeferred) << "a receipt may tell";
  EXPECT_TRUE(RowsOf(b).empty());
  b.clock.Advance(absl::Seconds(300));
  b.RunTimers();
  EXPECT_EQ(b.state(), S::kUnknown);
}

// --- To the next channel (O4) ---

TEST(FallBack, GoesToACallAndThenToAnEmailWithTheSameCode) {
  Table b(OneForEach());
  b.fake(0).next = kRefused;
  b.fake(1).next = kAway;
  b.Start(WithEmail());
  b.Dispatch();
  ASSERT_EQ(b.fake(2).sent().size(), 1u);
  const Message sms = b.fake(0).sent()[0];
  const Message call = b.fake(1).sent()[0];
  const Message mail = b.fake(2).sent()[0];
  EXPECT_EQ(sms.code, call.code);
  EXPECT_EQ(sms.code, mail.code);
  EXPECT_EQ(call.to, sms.to);
  EXPECT_EQ(mail.to.text(), "ivan@example.ru");
  EXPECT_TRUE(absl::StrContains(mail.text.body, sms.code));
  EXPECT_FALSE(mail.text.subject.empty());
  EXPECT_NE(sms.request_id, call.request_id) << "a call is no repetition of an SMS";
  EXPECT_TRUE(mail.alternatives.empty());
  EXPECT_EQ(LastOf(b).channel, Channel::kEmail);
  EXPECT_EQ(LastOf(b).masked_address, "i***@e***.ru");
  EXPECT_EQ(b.Get()->channel(), ::trustedcontact::type::v1::CHANNEL_SMS) << "the verification tells nothing";
  EXPECT_TRUE(b.Check(mail.code)->matched());
}

TEST(FallBack, AsksEveryProviderOfAChannelFirst) {
  Table b(
      {FakeInfo("voice", {Channel::kVoice}), FakeInfo("a", {Channel::kSms}), FakeInfo("b", {Channel::kSms})});
  b.fake(1).next = kAway;
  b.Start();
  b.Dispatch();
  EXPECT_TRUE(b.fake(0).sent().empty());
  EXPECT_EQ(b.fake(2).sent().size(), 1u);
}

TEST(FallBack, ComesBackToTheSmsWhenNothingWorks) {
  Table b(OneForEach());
  b.fake(0).next = b.fake(1).next = kAway;
  b.Start();
  b.Dispatch();
  EXPECT_EQ(LastOf(b).channel, Channel::kVoice);
  b.fake(0).next = absl::OkStatus();
  b.Later(absl::Seconds(15));
  EXPECT_EQ(LastOf(b).channel, Channel::kSms);
  EXPECT_EQ(LastOf(b).masked_address, b.Get()->progress().masked_address());
  EXPECT_EQ(LastOf(b).paid, std::vector<Channel>{Channel::kVoice}) << "counted once";
  EXPECT_EQ(SpentOf(b, Channel::kSms), 1);
  EXPECT_EQ(SpentOf(b, Channel::kVoice), 1);
}

// --- Within the budget (SND-10) ---

Policy OneCallADay() {
  Policy policy;
  policy.budget_voice = 1;
  return policy;
}

TEST(FallBack, GoesRoundAChannelWhoseBudgetIsSpent) {
  Table b(OneForEach(), OneCallADay());
  b.fake(0).next = kRefused;
  b.Start(WithEmail());
  b.Dispatch();
  ASSERT_EQ(b.fake(1).sent().size(), 1u) << "the one call of the day";
  pb::CreateVerificationRequest second = WithEmail();
  second.set_verification_id("v2");
  second.set_subject("accounts/bob");
  b.Start(second);
  b.Dispatch();
  EXPECT_EQ(b.fake(1).sent().size(), 1u);
  EXPECT_EQ(LastOf(b, "v2").attempts.at(1).outcome, "BUDGET_EXHAUSTED");
  EXPECT_EQ(SpentOf(b, Channel::kVoice), 1);
  EXPECT_EQ(EventsOf(b).back(), "DeliveryMovedOn") << "by e-mail";
  EXPECT_EQ(b.fake(2).sent().size(), 1u);
}

TEST(FallBack, OfTheContactsCodePassesASpentBudget) {
  Table b(OneForEach(), OneCallADay());
  b.fake(0).next = kRefused;
  b.Start(WithEmail());
  b.Dispatch();
  pb::CreateVerificationRequest approval = Bench::AnyRequest();
  approval.set_verification_id("v2");
  approval.set_purpose(pb::PURPOSE_RECOVERY_APPROVAL);
  b.Start(approval);
  b.Dispatch();
  EXPECT_EQ(b.fake(1).sent().size(), 2u);
  EXPECT_EQ(SpentOf(b, Channel::kVoice), 2);
}

TEST(FallBack, NeverBringsTheContactsCodeByEmail) {  // O4, SND-12
  Table b(OneForEach());
  b.fake(0).next = b.fake(1).next = kRefused;
  pb::CreateVerificationRequest request = Bench::AnyRequest();
  request.set_purpose(pb::PURPOSE_RECOVERY_APPROVAL);
  b.Start(request);
  b.Dispatch();
  EXPECT_EQ(b.fake(1).sent().size(), 1u);
  EXPECT_TRUE(b.fake(2).sent().empty());
  EXPECT_EQ(b.state(), S::kRejected);
}

TEST(FallBack, IsThePolicysChoice) {
  Policy policy;
  policy.fallback_voice = policy.fallback_email = false;
  Table b(OneForEach(), policy);
  b.fake(0).next = kRefused;
  b.Start(WithEmail());
  b.Dispatch();
  EXPECT_EQ(b.fake(0).sent().size(), 1u);
  EXPECT_TRUE(b.fake(1).sent().empty());
  EXPECT_TRUE(b.fake(2).sent().empty());
  EXPECT_EQ(b.state(), S::kRejected);
}

}  // namespace
}  // namespace tc::otp

// The day's budgets (SND-10), and notices that say the same again.

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/testing/status.h"
#include "services/otp/rpc/send_guard.h"
#include "services/otp/rpc/sends_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;
namespace type = ::trustedcontact::type::v1;

Policy TenOfEach() {
  Policy policy;
  policy.budget_sms = policy.budget_voice = policy.budget_email = 10;
  return policy;
}

Asking Nth(int n, pb::Purpose purpose = pb::PURPOSE_SECOND_FACTOR) {
  return {.id = absl::StrCat("n", n), .phone = NumberIn(n), .purpose = purpose};
}

pb::SendNotificationRequest Notice(const std::string& id, pb::Importance importance = pb::IMPORTANCE_NORMAL,
                                   const std::string& phone = kPhone) {
  pb::SendNotificationRequest request;
  request.set_notification_id(id);
  request.set_template_(pb::TEMPLATE_RECOVERY_STARTED);
  request.add_recipients()->set_phone(phone);
  request.set_importance(importance);
  return request;
}

pb::Delivery SendOne(Bench& bench, const pb::SendNotificationRequest& request) {
  const auto sent = bench.deliveries.SendNotification(bench.From(), request);
  EXPECT_THAT(sent, IsOk());
  return sent.ok() ? sent->deliveries(0) : pb::Delivery();
}

// All ten SMS are spent.
void SpendAll(Bench& bench) {
  for (int n = 0; n < 10; ++n) ASSERT_THAT(Ask(bench, Nth(n)), IsOk());
}

TEST(Budget, WarnsAtFourFifthsOnce) {  // SND-10
  int warnings = 0;
  obs::SetSink([&](absl::string_view line) { warnings += absl::StrContains(line, "four fifths") ? 1 : 0; });
  Bench bench(TenOfEach());
  for (int n = 0; n < 7; ++n) ASSERT_THAT(Ask(bench, Nth(n)), IsOk());
  EXPECT_TRUE(EventsOf(bench, "BudgetLow").empty());
  for (int n = 7; n < 10; ++n) ASSERT_THAT(Ask(bench, Nth(n)), IsOk());
  obs::SetSink(nullptr);
  const std::vector<kv::Event> events = EventsOf(bench, "BudgetLow");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].attributes.at("channel"), "SMS");
  EXPECT_EQ(events[0].attributes.at("spent_percent"), "80");
  EXPECT_EQ(warnings, 1);
  EXPECT_TRUE(absl::StrContains(obs::RenderMetrics(), "tc_otp_budget_spent_ratio{channel=\"SMS\"} 1\n"));
}

TEST(Budget, LetsOnlyApprovalsAndSecurityNoticesPassWhenItIsSpent) {  // SND-10
  Bench bench(TenOfEach());
  SpendAll(bench);
  for (const pb::Purpose purpose :
       {pb::PURPOSE_PHONE_BINDING, pb::PURPOSE_RECOVERY_CLAIM, pb::PURPOSE_SECOND_FACTOR}) {
    const absl::Status refused = Ask(bench, Nth(20, purpose));
    EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kBudgetExhausted));
    EXPECT_GE(*RetryAfterOf(refused), absl::Hours(24));
  }
  Asking decoy = Nth(21, pb::PURPOSE_RECOVERY_CLAIM);
  decoy.decoy = true;
  EXPECT_THAT(Ask(bench, decoy), Refused(kResourceExhausted, Reason::kBudgetExhausted))
      << "though a decoy would spend nothing";
  EXPECT_THAT(Ask(bench, Nth(22, pb::PURPOSE_RECOVERY_APPROVAL)), IsOk());
  EXPECT_THAT(Ask(bench, Nth(23, pb::PURPOSE_EMAIL_BINDING)), IsOk()) << "another channel";
  EXPECT_EQ(SendOne(bench, Notice("s", pb::IMPORTANCE_SECURITY)).state(), pb::Delivery::STATE_QUEUED);
  const pb::Delivery kept = SendOne(bench, Notice("n"));
  EXPECT_EQ(kept.state(), pb::Delivery::STATE_REJECTED);
  EXPECT_EQ(kept.attempts(0).outcome(), "BUDGET_EXHAUSTED");
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), 13u);
  bench.clock.Advance(absl::Hours(25));
  EXPECT_THAT(Ask(bench, Nth(24)), IsOk());
}

TEST(Budget, IsNotSpentByDecoysNorByWhatIsKeptBack) {
  Bench bench(TenOfEach());
  for (int n = 0; n < 30; ++n) {
    Asking decoy = Nth(n, pb::PURPOSE_RECOVERY_CLAIM);
    decoy.decoy = true;
    ASSERT_THAT(Ask(bench, decoy), IsOk());
  }
  for (int n = 0; n < 30; ++n) SendOne(bench, Notice(absl::StrCat("n", n)));
  for (int n = 0; n < 9; ++n) ASSERT_THAT(Ask(bench, Nth(100 + n)), IsOk()) << "one notice has gone out";
  EXPECT_THAT(Ask(bench, Nth(200)), Refused(kResourceExhausted, Reason::kBudgetExhausted));
}

TEST(Budget, IsSpentByNotices) {
  Bench bench(TenOfEach());
  for (int n = 0; n < 10; ++n) SendOne(bench, Notice(absl::StrCat("n", n), pb::IMPORTANCE_SECURITY));
  EXPECT_THAT(Ask(bench, Nth(0)), Refused(kResourceExhausted, Reason::kBudgetExhausted));
}

// --- Notices ---

TEST(Notice, ToTheSameRecipientTwiceIsOneMessage) {
  for (const pb::Importance importance : {pb::IMPORTANCE_NORMAL, pb::IMPORTANCE_SECURITY}) {
    Bench bench;
    pb::SendNotificationRequest request = Notice("n", importance);
    request.add_recipients()->set_email("ivan@example.ru");
    request.add_recipients()->set_phone(kPhone);
    pb::Recipient& called = *request.add_recipients();
    called.set_phone(kPhone);
    called.set_channel(type::CHANNEL_VOICE);
    ASSERT_OK_AND_ASSIGN(const auto sent, bench.deliveries.SendNotification(bench.From(), request));
    ASSERT_EQ(sent.deliveries_size(), 4);
    EXPECT_EQ(sent.deliveries(2).DebugString(), sent.deliveries(0).DebugString());
    EXPECT_NE(sent.deliveries(3).name(), sent.deliveries(0).name()) << "another way";
    bench.Dispatch();
    EXPECT_EQ(bench.provider.sent().size(), 3u);
    ASSERT_OK_AND_ASSIGN(const auto again, bench.deliveries.SendNotification(bench.From(), request));
    EXPECT_EQ(again.deliveries_size(), 4);
    EXPECT_EQ(again.deliveries(2).name(), sent.deliveries(0).name());
  }
}

TEST(Notice, OfTheSameWordsWithinTenMinutesIsKeptBack) {
  Bench bench;
  EXPECT_EQ(SendOne(bench, Notice("1")).state(), pb::Delivery::STATE_QUEUED);
  bench.clock.Advance(absl::Minutes(10) - absl::Seconds(1));
  const pb::Delivery kept = SendOne(bench, Notice("2"));
  EXPECT_EQ(kept.state(), pb::Delivery::STATE_REJECTED);
  EXPECT_EQ(kept.attempts(0).outcome(), "DUPLICATE");
  bench.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(SendOne(bench, Notice("3")).state(), pb::Delivery::STATE_QUEUED)
      << "ten minutes after the one sent";
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), 2u);
}

TEST(Notice, ThatDiffersInAnythingIsSent) {
  Bench bench;
  SendOne(bench, Notice("1"));
  pb::SendNotificationRequest link = Notice("2"), english = Notice("3"), other = Notice("4"),
                              voice = Notice("5");
  link.mutable_parameters()->set_link("https://my.example/1");
  english.set_locale(pb::LOCALE_EN);
  other.set_template_(pb::TEMPLATE_RECOVERY_APPROVED);
  voice.mutable_recipients(0)->set_channel(type::CHANNEL_VOICE);
  for (const auto& request :
       {link, english, other, voice, Notice("6", pb::IMPORTANCE_NORMAL, "+79161234568")})
    EXPECT_EQ(SendOne(bench, request).state(), pb::Delivery::STATE_QUEUED) << request.notification_id();
}

TEST(Notice, OfSecurityIsNeverKeptBack) {
  Bench bench;
  for (int n = 0; n < 5; ++n) {
    EXPECT_EQ(SendOne(bench, Notice(absl::StrCat(n), pb::IMPORTANCE_SECURITY)).state(),
              pb::Delivery::STATE_QUEUED);
  }
}

TEST(Notice, MayBeRepeatedWherePolicySaysSo) {
  Policy policy;
  policy.notice_repeat = absl::ZeroDuration();
  Bench bench(policy);
  for (int n = 0; n < 3; ++n)
    EXPECT_EQ(SendOne(bench, Notice(absl::StrCat(n))).state(), pb::Delivery::STATE_QUEUED);
}

}  // namespace
}  // namespace tc::otp

#include "services/otp/rpc/sender.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/otp/rpc/delivery_testing.h"

namespace tc::otp {
namespace {

using testing::HasCode;
using testing::IsOk;

struct OneForSms : Bench {
  OneForSms() : Bench({}, nullptr, {}, {FakeInfo("fake", {Channel::kSms})}) {}
};

TEST(Sender, FollowsAMessageThatIsTaken) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  EXPECT_EQ(LastOf(bench).state, DeliveryState::kQueued);
  EXPECT_EQ(bench.Dispatch(), 1);
  const Delivery delivery = LastOf(bench);
  EXPECT_EQ(delivery.state, DeliveryState::kAccepted);
  EXPECT_EQ(delivery.provider_message, "message-1");
  ASSERT_EQ(delivery.attempts.size(), 1u);
  EXPECT_EQ(delivery.attempts[0].outcome, "ACCEPTED");
  EXPECT_EQ(bench.Dispatch(), 0) << "the row has gone";
}

TEST(Sender, TriesAgainWithTheSameRequestAndTheSameCode) {  // OTP-19
  OneForSms bench;
  ASSERT_THAT(bench.Create(), IsOk());
  bench.provider.next = absl::UnavailableError("HTTP_503");
  bench.Dispatch();
  EXPECT_EQ(LastOf(bench).state, DeliveryState::kDeferred);
  EXPECT_EQ(LastOf(bench).attempts.back().outcome, "HTTP_503");
  bench.provider.next = absl::DeadlineExceededError("TIMEOUT");
  bench.clock.Advance(absl::Seconds(10));
  bench.Dispatch();
  bench.provider.next = absl::OkStatus();
  bench.clock.Advance(absl::Seconds(10));
  bench.Dispatch();
  const std::vector<Message> sent = bench.provider.sent();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[0].request_id, sent[2].request_id);
  EXPECT_EQ(sent[0].text.body, sent[2].text.body);
  EXPECT_EQ(LastOf(bench).state, DeliveryState::kAccepted);
  EXPECT_EQ(LastOf(bench).attempts.size(), 3u);
}

TEST(Sender, GivesUpWhatIsRefusedForGood) {
  OneForSms bench;
  ASSERT_THAT(bench.Create(), IsOk());
  bench.provider.next = absl::InvalidArgumentError("HTTP_400");
  bench.Dispatch();
  EXPECT_EQ(LastOf(bench).state, DeliveryState::kRejected);
  bench.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(bench.Dispatch(), 0);
  EXPECT_THAT(EventsOf(bench), ::testing::ElementsAre("VerificationCreated", "DeliveryRejected"));
}

TEST(Sender, NeverSendsACodeThatHasExpired) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  bench.clock.Advance(absl::Seconds(300));
  bench.Dispatch();
  EXPECT_TRUE(bench.provider.sent().empty());
  bench.RunTimers();
  EXPECT_EQ(LastOf(bench).state, DeliveryState::kExpired);
}

TEST(Sender, DoesNotSendAnExpiredMessageEvenWhenItIsHandedOne) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const kv::OutboxRow row = bench.database->DueOutbox(bench.clock.Now(), 1)->at(0);
  bench.clock.Advance(absl::Seconds(300));
  EXPECT_THAT(bench.sender.Perform(row), IsOk());
  EXPECT_TRUE(bench.provider.sent().empty());
}

TEST(Sender, GoesOnAfterACrashInTheMiddleOfAnAttempt) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const kv::OutboxRow row = bench.database->DueOutbox(bench.clock.Now(), 1)->at(0);
  ASSERT_THAT(bench.sender.Perform(row), IsOk());
  EXPECT_THAT(bench.sender.Perform(row), IsOk())
      << "the row was not removed: it comes again, and is known as taken";
  EXPECT_EQ(bench.provider.sent().size(), 1u);
}

TEST(Sender, RefusesARowThatWasTamperedWith) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  kv::OutboxRow row = bench.database->DueOutbox(bench.clock.Now(), 1)->at(0);
  row.payload.back() = static_cast<char>(row.payload.back() ^ 1);
  EXPECT_THAT(bench.sender.Perform(row), HasCode(absl::StatusCode::kDataLoss));
}

// --- The clock ---

TEST(Timers, MakeAnExpiryDurableAndTell) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  bench.Dispatch();
  bench.clock.Advance(absl::Milliseconds(299999));
  EXPECT_EQ(bench.RunTimers(), 0);
  bench.clock.Advance(absl::Milliseconds(1));
  EXPECT_GT(bench.RunTimers(), 0);
  EXPECT_THAT(EventsOf(bench), ::testing::ElementsAre("VerificationCreated", "VerificationExpired"));
}

TEST(Timers, MakeALockDurableAndTell) {
  Bench bench(NoDelays());
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  for (int i = 0; i < 5; ++i) ASSERT_THAT(bench.Check(WrongFor(code)), IsOk());
  bench.clock.Advance(absl::Seconds(300));
  bench.RunTimers();
  EXPECT_THAT(EventsOf(bench), ::testing::ElementsAre("VerificationCreated", "VerificationLocked"));
  EXPECT_EQ(bench.Get()->state(), pb::Verification::STATE_LOCKED);
}

TEST(Timers, LeaveAResentCodeAlone) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  bench.clock.Advance(absl::Seconds(200));
  ASSERT_THAT(bench.Resend(), IsOk());
  const std::string code = bench.LastCode();
  bench.clock.Advance(absl::Seconds(150));
  bench.RunTimers();
  EXPECT_TRUE(bench.Check(code)->matched());
}

TEST(Timers, EndAnApprovalThatNobodyUses) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  ASSERT_TRUE(bench.Check(bench.LastCode())->matched());
  bench.clock.Advance(absl::Seconds(600));
  bench.RunTimers();
  EXPECT_EQ(bench.Get()->state(), pb::Verification::STATE_EXPIRED);
  EXPECT_EQ(EventsOf(bench).back(), "VerificationExpired");
}

TEST(Timers, EraseEverythingInTheEnd) {  // PRV-05
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  ASSERT_THAT(bench.Check(WrongFor(bench.LastCode())), IsOk());
  pb::SendNotificationRequest notice;
  notice.set_notification_id("n");
  notice.set_template_(pb::TEMPLATE_PASSWORD_CHANGED);
  notice.add_recipients()->set_phone(kPhone);
  ASSERT_THAT(bench.deliveries.SendNotification(bench.From(), notice), IsOk());
  bench.Dispatch();
  const auto tables = [&] {
    std::set<std::string> found;
    EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
      for (const char* table :
           {"verification", "verification_of", "sends", "delivery", "delivery_of", "delivery_at",
            "notification", "held_message", "limit", "conversion", "notice"}) {
        const kv::Key prefix{absl::string_view(table)};
        absl::Status scanned =
            txn.Scan(prefix.bytes(), prefix.End(), [&](absl::string_view, absl::string_view) {
              found.insert(table);
              return true;
            });
        if (!scanned.ok()) return scanned;
      }
      return absl::OkStatus();
    }),
                IsOk());
    return found;
  };
  EXPECT_THAT(tables(),
              ::testing::IsSupersetOf({"verification", "verification_of", "sends", "delivery", "delivery_of",
                                       "delivery_at", "notification", "limit", "notice"}));
  bench.clock.Advance(absl::Hours(25));
  bench.RunTimers();
  EXPECT_THAT(bench.Get(), IsOk()) << "kept for 25 hours after its expiry";
  bench.clock.Advance(absl::Hours(24 * 30));
  while (bench.RunTimers() > 0) {
  }
  EXPECT_THAT(tables(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace tc::otp

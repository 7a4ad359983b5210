#include "services/otp/rpc/switchboard.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/base/refusal.h"
#include "common/testing/status.h"
#include "services/otp/rpc/delivery_testing.h"

namespace tc::otp {
namespace {

using testing::HasCode;
using testing::IsOk;
using S = DeliveryState;
using T = DeliveryTrigger;

// --- Breakers (SND-12) ---

TEST(Breakers, KeepMessagesAwayFromAProviderThatFails) {
  Table b(TwoForSms());
  b.fake(0).next = kAway;
  int number = 0;
  const auto send = [&] {
    pb::CreateVerificationRequest request = Bench::AnyRequest("v" + std::to_string(++number));
    request.set_request("recoveries/" + std::to_string(number));
    request.set_subject("accounts/" + std::to_string(number));
    request.set_phone("+7916" + std::to_string(1000000 + number * 12345));
    ASSERT_THAT(b.Create(request), IsOk());
    b.Dispatch();
  };
  for (int i = 0; i < 8; ++i) send();
  EXPECT_EQ(b.fake(0).sent().size(), 5u) << "then it is left alone";
  EXPECT_EQ(b.fake(1).taken(), 8u);
  b.clock.Advance(absl::Seconds(15));
  send();
  send();
  EXPECT_EQ(b.fake(0).sent().size(), 6u) << "one probe";
  b.clock.Advance(absl::Seconds(30));
  b.fake(0).next = absl::OkStatus();
  send();
  send();
  EXPECT_EQ(b.fake(0).sent().size(), 8u);
  EXPECT_EQ(b.fake(1).taken(), 10u);
}

TEST(Breakers, DoNotMindRefusalsNorMessagesThatComeTooLateOrWait) {
  const Providers providers = MakeFakes(TwoForSms());
  Switchboard board(providers);
  const absl::Time now = testing::Noon();
  for (int i = 0; i < 20; ++i) {
    board.Report(*board.Admit(0, now), Channel::kSms, kRefused, now);
    board.Report(*board.Admit(1, now), Channel::kSms, absl::UnavailableError("TOO_LATE"), now);
    board.Report(*board.Admit(1, now), Channel::kSms, absl::DeadlineExceededError("QUEUED"), now);
  }
  for (const Line& line : board.Lines(now)) EXPECT_LE(line.opens_at, now) << line.name;
}

TEST(Breakers, ThatAreAllOpenMakeACodeWaitAShortWhile) {
  Table b(TwoForSms());
  const auto fail = [&](int times) {
    for (int n = 0; n < times; ++n) {
      for (size_t i : {0u, 1u}) {
        b.switchboard.Report(*b.switchboard.Admit(i, b.clock.Now()), Channel::kSms, kAway, b.clock.Now());
      }
    }
  };
  fail(5);
  for (int probe = 0; probe < 3; ++probe) {
    b.clock.Advance(absl::Minutes(1));
    fail(1);
  }
  b.Start();
  const absl::Status later = b.sender.Perform(RowsOf(b).at(0));
  EXPECT_THAT(later, HasCode(absl::StatusCode::kUnavailable));
  EXPECT_GT(RetryAfterOf(later).value(), absl::ZeroDuration());
  EXPECT_LE(RetryAfterOf(later).value(), absl::Seconds(15));
  EXPECT_EQ(b.state(), S::kDeferred);
  EXPECT_TRUE(LastOf(b).attempts.empty()) << "nobody was asked";
}

TEST(Breakers, LetOneThreadProbe) {
  const Providers providers = MakeFakes(TwoForSms());
  Switchboard board(providers);
  absl::Time now = testing::Noon();
  for (int round = 0; round < 200; ++round) {
    if (round == 0) {
      for (int i = 0; i < 5; ++i) board.Report(*board.Admit(0, now), Channel::kSms, kAway, now);
    }
    now += absl::Minutes(5);
    std::atomic<int> admitted{0};
    std::optional<Switchboard::Turn> turn;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const std::optional<Switchboard::Turn> mine = board.Admit(0, now);
        if (mine.has_value() && ++admitted == 1) turn = mine;
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(admitted, 1);
    board.Report(*turn, Channel::kSms, kAway, now);
  }
}

// --- At once ---

TEST(SlowProvider, HoldsUpOnlyTheMessageThatItHas) {
  Table b(TwoForSms());
  absl::Notification asked;
  absl::Notification release;
  b.Start();
  const kv::OutboxRow first = RowsOf(b).at(0);
  b.fake(0).during = [&](const Message&) {
    if (asked.HasBeenNotified()) return;
    asked.Notify();
    release.WaitForNotification();
  };
  std::thread slow([&] { EXPECT_THAT(b.sender.Perform(first), IsOk()); });
  asked.WaitForNotification();
  pb::CreateVerificationRequest other = Bench::AnyRequest("v2");
  other.set_request("recoveries/other");
  other.set_phone("+79161234568");
  ASSERT_THAT(b.Create(other), IsOk());
  EXPECT_THAT(b.sender.Perform(RowsOf(b).at(1)), IsOk());
  EXPECT_EQ(LastOf(b, "v2").state, S::kAccepted);
  EXPECT_EQ(b.state(), S::kSending);
  release.Notify();
  slow.join();
  EXPECT_EQ(b.state(), S::kAccepted);
}

TEST(AtOnce, ReceiptsAndSendersBringEachMessageToOneProviderAfterTheOther) {
  for (int round = 0; round < 30; ++round) {
    Table b({FakeInfo("a", {Channel::kSms}), FakeInfo("b", {Channel::kSms}), FakeInfo("c", {Channel::kSms})});
    b.Start();
    const DeliveryId id = b.id();
    std::atomic<bool> done{false};
    std::vector<std::thread> gateways;
    for (const char* name : {"a", "b"}) {
      gateways.emplace_back([&, name] {
        while (!done) {
          (void)b.database->Update([&](kv::Txn& txn) -> absl::Status {
            return TakeReceipt(txn, b.desk, id, {0, name, T::kReceiptFailed, std::nullopt}, b.clock.Now())
                .status();
          });
        }
      });
    }
    for (int i = 0; i < 20000 && b.fake(2).sent().empty(); ++i) b.Dispatch();
    done = true;
    for (std::thread& gateway : gateways) gateway.join();
    EXPECT_EQ(b.state(), S::kAccepted);
    for (size_t i : {0u, 1u, 2u}) EXPECT_EQ(b.fake(i).sent().size(), 1u);
    EXPECT_TRUE(RowsOf(b).empty());
  }
}

}  // namespace
}  // namespace tc::otp

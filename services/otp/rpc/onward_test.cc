#include "services/otp/rpc/onward.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "common/testing/status.h"
#include "services/otp/rpc/delivery_testing.h"

namespace tc::otp {
namespace {

using testing::HasCode;
using testing::IsOk;
using S = DeliveryState;
using T = DeliveryTrigger;

// --- Receipts ---

TEST(Receipt, ThatSaysFailedMovesTheSameCodeOn) {  // OTP-19
  Table b(TwoForSms());
  b.Start();
  b.Dispatch();
  ASSERT_TRUE(b.fake(1).sent().empty());
  EXPECT_TRUE(Holds(b, b.id()));
  Report(b, b.id(), "a", T::kReceiptFailed);
  EXPECT_EQ(b.state(), S::kQueued);
  EXPECT_FALSE(Holds(b, b.id())) << "it waits in the outbox again";
  EXPECT_EQ(RowsOf(b).size(), 1u);
  b.Dispatch();
  ASSERT_EQ(b.fake(1).sent().size(), 1u);
  EXPECT_EQ(b.fake(0).sent()[0].text.body, b.fake(1).sent()[0].text.body);
  EXPECT_EQ(b.fake(0).sent()[0].request_id, b.fake(1).sent()[0].request_id);
  EXPECT_EQ(b.fake(0).sent().size(), 1u);
  EXPECT_EQ(b.state(), S::kAccepted);
  Report(b, b.id(), "b", T::kReceiptDelivered);
  EXPECT_EQ(b.state(), S::kDelivered);
  EXPECT_EQ(EventsOf(b).back(), "DeliveryDelivered");
  Report(b, b.id(), "a", T::kReceiptFailed);
  EXPECT_TRUE(RowsOf(b).empty());
}

TEST(Receipt, ThatSaysFailedEndsWhenNobodyIsLeft) {
  Table b({FakeInfo("a", {Channel::kSms})});
  b.Start();
  b.Dispatch();
  EXPECT_FALSE(Holds(b, b.id())) << "nobody else";
  Report(b, b.id(), "a", T::kReceiptFailed);
  EXPECT_EQ(b.state(), S::kFailed);
}

TEST(Receipt, ThatOvertakesTheAnswerMovesTheCodeOnInTheSameRun) {
  Table b(TwoForSms());
  b.Start();
  const DeliveryId id = b.id();
  b.fake(0).during = [&](const Message&) { Report(b, id, "a", T::kReceiptFailed); };
  b.Dispatch();
  EXPECT_EQ(b.fake(1).sent().size(), 1u);
  EXPECT_EQ(b.state(), S::kAccepted);
  EXPECT_TRUE(RowsOf(b).empty());
}

TEST(FailOver, RepeatsATimedOutMessageWhereARepetitionIsNoticed) {
  Table b(TwoForSms());
  b.fake(0).next = kTimedOut;
  b.fake(1).next = kAway;
  b.Start();
  b.Dispatch();
  b.fake(0).next = absl::OkStatus();
  b.Later(absl::Seconds(15));
  EXPECT_EQ(b.fake(0).taken(), 1u) << "the repetition is the same message";
  EXPECT_EQ(b.state(), S::kAccepted);
}

TEST(Receipt, ThatComesLateIsRecordedAndTheCodeStaysDead) {  // SND-14
  Table b({Forgetful("a")});
  b.fake(0).next = kTimedOut;
  b.Start();
  b.Dispatch();
  const std::string code = CodeIn(b.fake(0).sent()[0]);
  const DeliveryId id = b.id();
  b.clock.Advance(absl::Seconds(300));
  b.RunTimers();
  EXPECT_EQ(FindIn(b, id).state, S::kUnknown);
  b.clock.Advance(absl::Seconds(301));
  Report(b, id, "a", T::kReceiptDelivered);
  EXPECT_EQ(FindIn(b, id).state, S::kDelivered);
  EXPECT_THAT(b.Check(code), HasCode(absl::StatusCode::kFailedPrecondition));
}

TEST(Receipt, ThatFailsLateMovesNothingOn) {
  Table b(TwoForSms());
  b.Start();
  b.Dispatch();
  const DeliveryId id = b.id();
  b.clock.Advance(absl::Seconds(300));
  b.RunTimers();
  EXPECT_FALSE(Holds(b, id)) << "expired";
  EXPECT_EQ(FindIn(b, id).state, S::kAccepted);
  Report(b, id, "a", T::kReceiptFailed);
  EXPECT_EQ(FindIn(b, id).state, S::kFailed);
  EXPECT_TRUE(RowsOf(b).empty());
}

// --- Held messages ---

TEST(HeldMessage, GoesWithTheEndOfItsDelivery) {
  for (const T outcome : {T::kReceiptDelivered, T::kSupersede, T::kExpire}) {
    Table b(TwoForSms());
    b.Start();
    b.Dispatch();
    const DeliveryId id = b.id();
    ASSERT_TRUE(Holds(b, id));
    Report(b, id, "a", T::kReceiptDeferred);
    EXPECT_TRUE(Holds(b, id)) << "it may still fail";
    if (outcome == T::kReceiptDelivered) Report(b, id, "a", outcome);
    b.clock.Advance(absl::Seconds(60));
    if (outcome == T::kSupersede) {
      ASSERT_THAT(b.Resend(), IsOk());
    }
    b.clock.Advance(absl::Seconds(240));
    if (outcome == T::kExpire) b.RunTimers();
    EXPECT_FALSE(Holds(b, id)) << static_cast<int>(outcome);
  }
}

TEST(HeldMessage, IsNotKeptWithoutReceipts) {
  std::vector<ProviderInfo> infos = TwoForSms();
  infos[0].receipts = false;
  Table b(infos);
  b.Start();
  b.Dispatch();
  EXPECT_FALSE(Holds(b, b.id()));
}

TEST(HeldMessage, IsSealed) {
  Policy policy;
  policy.code_digits = 10;
  Table b(TwoForSms(), policy);
  b.Start();
  b.Dispatch();
  ASSERT_TRUE(Holds(b, b.id()));
  std::string all;
  ASSERT_THAT(b.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    return txn.Scan("", std::string(64, '\xff'), [&](absl::string_view key, absl::string_view value) {
      absl::StrAppend(&all, key, "\n", value, "\n");
      return true;
    });
  }),
              IsOk());
  EXPECT_FALSE(absl::StrContains(all, CodeIn(b.fake(0).sent()[0])));
  EXPECT_FALSE(absl::StrContains(all, kPhone));
}

// --- In the middle of it ---

TEST(InTheMiddle, AnExpiredCodeIsNotOfferedToTheNext) {
  Table b(TwoForSms());
  b.fake(0).next = kAway;
  b.fake(0).during = [&](const Message&) { b.clock.Advance(absl::Seconds(300)); };
  b.Start();
  b.Dispatch();
  EXPECT_TRUE(b.fake(1).sent().empty());
  b.RunTimers();
  EXPECT_EQ(b.state(), S::kExpired);
}

TEST(InTheMiddle, AReplacedCodeIsNotOfferedToTheNext) {  // OTP-18: never two codes
  Table b(TwoForSms());
  b.Start();
  const DeliveryId old = b.id();
  b.fake(0).Script({kAway});
  b.fake(0).during = [&](const Message&) {
    b.fake(0).during = nullptr;
    b.clock.Advance(absl::Seconds(60));
    EXPECT_THAT(b.Resend(), IsOk());
  };
  b.Dispatch();
  EXPECT_EQ(FindIn(b, old).state, S::kExpired);
  EXPECT_TRUE(b.fake(1).sent().empty());
  ASSERT_EQ(b.fake(0).sent().size(), 2u);
  EXPECT_TRUE(b.Check(CodeIn(b.fake(0).sent()[1]))->matched());
}

TEST(InTheMiddle, AReplacedCodeDoesNotMoveOnAfterItsReceipt) {
  Table b(TwoForSms());
  b.Start();
  b.Dispatch();
  const DeliveryId old = b.id();
  b.clock.Advance(absl::Seconds(60));
  ASSERT_THAT(b.Resend(), IsOk());
  b.Dispatch();
  Report(b, old, "a", T::kReceiptFailed);
  b.Dispatch();
  EXPECT_EQ(FindIn(b, old).state, S::kFailed);
  EXPECT_TRUE(b.fake(1).sent().empty());
}

TEST(InTheMiddle, AnEnteredCodeDoesNotMoveOnAfterItsReceipt) {
  Table b(TwoForSms());
  b.Start();
  b.Dispatch();
  const DeliveryId entered = b.id();
  ASSERT_TRUE(b.Check(CodeIn(b.fake(0).sent()[0]))->matched());
  EXPECT_FALSE(Holds(b, entered));
  Report(b, entered, "a", T::kReceiptFailed);
  b.Dispatch();
  EXPECT_TRUE(b.fake(1).sent().empty());
}

TEST(InTheMiddle, ARowOfAnEarlierRoundIsVoid) {
  Table b(TwoForSms());
  b.Start();
  const kv::OutboxRow first = RowsOf(b).at(0);
  ASSERT_THAT(b.sender.Perform(first), IsOk());
  Report(b, b.id(), "a", T::kReceiptFailed);
  ASSERT_THAT(b.sender.Perform(first), IsOk()) << "a crash has kept it";
  EXPECT_TRUE(b.fake(1).sent().empty()) << "the new row has the turn";
  b.Dispatch();
  EXPECT_EQ(b.fake(1).sent().size(), 1u);
}

}  // namespace
}  // namespace tc::otp

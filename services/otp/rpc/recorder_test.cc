#include "services/otp/rpc/recorder.h"

#include <gmock/gmock.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "services/otp/rpc/delivery_testing.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

using ::testing::ElementsAreArray;
using testing::IsOk;

template <typename Row, typename All>
std::vector<std::string> EventsSaidBy(const Row& row, const All& all) {
  std::vector<std::string> types;
  for (const auto effect : all) {
    if (row.effects.Has(effect) && !EventType(effect).empty()) types.emplace_back(EventType(effect));
  }
  return types;
}

std::map<std::string, int> Timers(Bench& bench) {
  std::map<std::string, int> kinds;
  const auto timers = bench.database->DueTimers(absl::InfiniteFuture(), 100);
  for (const kv::Timer& timer : *timers) ++kinds[timer.kind];
  return kinds;
}

Verification Stored(Bench& bench, VerificationState state) {
  Verification v;
  v.id = VerificationId::FromTrusted("v");
  v.binding = {"recovery", Purpose::kRecoveryClaim, "accounts/alice", "recoveries/r"};
  v.state = state;
  v.created = v.sent = v.approved = bench.clock.Now();
  v.expires = v.created + absl::Minutes(5);
  EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) { return InsertVerification(txn, v); }), IsOk());
  return v;
}

// With a message that is held, perhaps for nothing.
Delivery Held(Bench& bench, DeliveryState state) {
  Delivery delivery;
  delivery.id = DeliveryId::FromTrusted("d");
  delivery.parent = "verifications/v";
  delivery.state = state;
  delivery.ways = {Channel::kSms};
  delivery.created = delivery.updated = bench.clock.Now();
  delivery.expires = delivery.created + absl::Minutes(5);
  EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(InsertDelivery(txn, delivery, bench.desk.policy));
    return HoldMessage(txn, delivery.id, "sealed");
  }),
              IsOk());
  return delivery;
}

// What the rows' effects say is what follows, and nothing else does.
TEST(Record, FollowsEveryRowOfAVerification) {
  for (const VerificationTransition& row : VerificationTransitions()) {
    SCOPED_TRACE(absl::StrCat(StateName(row.from), " ", TriggerName(row.trigger)));
    Bench bench;
    Verification after = Stored(bench, row.from);
    after.state = row.to;
    const Verification expected = after;
    EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) {
      after.taken = &row;
      return Record(txn, after, bench.clock.Now(), bench.desk.policy);
    }),
                IsOk());
    EXPECT_EQ(after, expected) << "without the row";
    EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
      EXPECT_EQ(TRY(FindVerification(txn, after.id)), expected);
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_THAT(EventsOf(bench), ElementsAreArray(EventsSaidBy(row, kAllVerificationEffects)));
    std::map<std::string, int> timers;
    if (row.effects.Has(VerificationEffect::kScheduleEnd))
      timers = {{kSettleVerification, 1}, {kEraseVerification, 1}};
    if (row.effects.Has(VerificationEffect::kScheduleEndOfApproval)) timers = {{kSettleVerification, 1}};
    EXPECT_EQ(Timers(bench), timers);
  }
}

TEST(Record, FollowsEveryRowOfADelivery) {
  for (const DeliveryTransition& row : DeliveryTransitions()) {
    SCOPED_TRACE(absl::StrCat(StateName(row.from), " ", TriggerName(row.trigger), " ", GuardName(row.guard)));
    Bench bench;
    Delivery after = Held(bench, row.from);
    after.state = row.to;
    const Delivery expected = after;
    EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) {
      after.taken = {row};
      return Record(txn, after);
    }),
                IsOk());
    EXPECT_EQ(after, expected) << "without the row";
    EXPECT_EQ(FindIn(bench, after.id), expected);
    EXPECT_THAT(EventsOf(bench), ElementsAreArray(EventsSaidBy(row, kAllDeliveryEffects)));
    EXPECT_EQ(Holds(bench, after.id), !row.effects.Has(DeliveryEffect::kEraseHeld));
  }
}

TEST(Record, TellsEverythingThatWasPassedThroughInOneTransaction) {
  Bench bench;
  Delivery delivery = Held(bench, DeliveryState::kDeferred);
  const DeliveryTransition* const unknown =
      FindRow(DeliveryState::kDeferred, DeliveryTrigger::kExpire, {Hands::kPerhaps, false, false});
  const DeliveryTransition* const delivered =
      FindRow(DeliveryState::kUnknown, DeliveryTrigger::kReceiptDelivered, {});
  ASSERT_TRUE(unknown != nullptr && delivered != nullptr);
  EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) {
    delivery.taken = {*unknown, *delivered};
    return Record(txn, delivery);
  }),
              IsOk());
  EXPECT_THAT(EventsOf(bench), ::testing::ElementsAre("DeliveryUnknown", "DeliveryDelivered"));
}

TEST(Record, TellsNothingWithoutAStepAndNothingTwice) {
  Bench bench;
  Verification v = Stored(bench, VerificationState::kPending);
  Delivery delivery = Held(bench, DeliveryState::kFailed);
  const absl::Time now = bench.clock.Now();
  EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(Record(txn, v, now, bench.desk.policy));
    return Record(txn, delivery);
  }),
              IsOk());
  EXPECT_THAT(EventsOf(bench), ::testing::IsEmpty());
  EXPECT_TRUE(Holds(bench, delivery.id));

  v = *Cancel(v, now, bench.desk.policy);
  EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(Record(txn, v, now, bench.desk.policy));
    return Record(txn, v, now, bench.desk.policy);
  }),
              IsOk());
  EXPECT_THAT(EventsOf(bench), ::testing::ElementsAre("VerificationCancelled"));
}

}  // namespace
}  // namespace tc::otp

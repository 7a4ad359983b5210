// What providers report, in every order.

#include <gtest/gtest.h>

#include "common/testing/noon.h"
#include "services/otp/domain/delivery.h"

namespace tc::otp {
namespace {

using testing::Noon;
using S = DeliveryState;
using T = DeliveryTrigger;

const AttemptPlan kByA{Channel::kSms, "mask", "a"};
const AttemptPlan kByB{Channel::kSms, "mask", "b"};

Delivery Queued() {
  Delivery delivery;
  delivery.ways = {Channel::kSms};
  delivery.created = delivery.updated = Noon();
  delivery.expires = Noon() + absl::Seconds(300);
  return delivery;
}

Delivery After(const Delivery& delivery, const AttemptPlan& plan, Fate fate) {
  const Delivery begun = *BeginAttempt(delivery, plan, Noon());
  return *EndAttempt(begun, begun.attempts_made, {fate, "", "", false}, Noon());
}
Delivery TakenByA() { return After(Queued(), kByA, Fate::kAccepted); }

// A receipt of the attempt `number`, without a sequence.
std::optional<AfterReceipt> Take(const Delivery& delivery, int number, T outcome, bool another_left = false,
                                 absl::Time now = Noon()) {
  return TakeReceipt(delivery, {number, "", outcome, std::nullopt}, now, another_left);
}

TEST(Receipts, MoveAFailedMessageOnWhileAnotherIsLeft) {  // SND-12
  const AfterReceipt failed = *Take(TakenByA(), 1, T::kReceiptFailed, true);
  EXPECT_EQ(failed.after.state, S::kQueued);
  EXPECT_TRUE(failed.requeue);
  EXPECT_EQ(failed.after.round, 1) << "an older row is void";
  EXPECT_TRUE(failed.after.Spent(Channel::kSms, "a"));
  EXPECT_EQ(failed.after.attempts[0].receipt, T::kReceiptFailed);
  EXPECT_EQ(failed.after.attempts[0].receipt_at, Noon());
}

TEST(Receipts, EndAFailedMessageThatNobodyElseCanTake) {
  const AfterReceipt failed = *Take(TakenByA(), 1, T::kReceiptFailed);
  EXPECT_EQ(failed.after.state, S::kFailed);
  EXPECT_FALSE(failed.requeue);
}

TEST(Receipts, DoNotMoveAMessageOnThatHasExpired) {  // SND-14
  const Delivery taken = TakenByA();
  const absl::Time late = taken.expires;
  EXPECT_EQ(Take(taken, 1, T::kReceiptFailed, true, late)->after.state, S::kFailed);
  EXPECT_FALSE(Take(taken, 1, T::kReceiptFailed, true, late)->requeue);
  EXPECT_TRUE(Take(taken, 1, T::kReceiptFailed, true, late - absl::Microseconds(1))->requeue);
}

TEST(Receipts, OfAnEarlierFailureDoNotTouchTheLaterProvider) {
  Delivery delivery = Take(TakenByA(), 1, T::kReceiptDeferred)->after;
  delivery = Take(delivery, 1, T::kReceiptFailed, true)->after;
  delivery = After(delivery, kByB, Fate::kAccepted);
  EXPECT_EQ(Take(delivery, 1, T::kReceiptFailed), std::nullopt) << "told already";

  Delivery timed_out = After(After(Queued(), kByA, Fate::kUnknown), kByB, Fate::kAccepted);
  const AfterReceipt of_a = *Take(timed_out, 1, T::kReceiptFailed);
  EXPECT_EQ(of_a.after.state, S::kAccepted);
  EXPECT_EQ(of_a.after.attempts[0].receipt, T::kReceiptFailed) << "recorded";
  EXPECT_EQ(Take(timed_out, 1, T::kReceiptDeferred)->after.state, S::kAccepted);
}

TEST(Receipts, OfAnyAttemptMakeItDelivered) {
  const Delivery moved = Take(TakenByA(), 1, T::kReceiptFailed, true)->after;
  const Delivery two = After(After(Queued(), kByA, Fate::kUnknown), kByB, Fate::kAccepted);
  EXPECT_EQ(Take(two, 1, T::kReceiptDelivered)->after.state, S::kDelivered);
  EXPECT_EQ(Take(two, 2, T::kReceiptDelivered)->after.state, S::kDelivered);
  EXPECT_EQ(Take(moved, 1, T::kReceiptDelivered)->after.state, S::kDelivered) << "it failed not after all";
}

TEST(Receipts, MayBeNamedByTheProvider) {
  const Delivery two = After(After(Queued(), kByA, Fate::kUnknown), kByB, Fate::kAccepted);
  EXPECT_EQ(Named(two, {0, "a", T::kReceiptFailed, {}})->number, 1);
  EXPECT_EQ(Named(two, {0, "b", T::kReceiptFailed, {}})->number, 2);
  EXPECT_EQ(Named(two, {0, "", T::kReceiptFailed, {}})->number, 2) << "the last attempt";
  EXPECT_EQ(Named(two, {1, "b", T::kReceiptFailed, {}}), nullptr) << "not b's attempt";
  EXPECT_EQ(Named(two, {3, "", T::kReceiptFailed, {}}), nullptr);
}

TEST(Receipts, OfAnAttemptThatIsNotKeptBringOnlyGoodNews) {
  Delivery delivery = After(Queued(), kByA, Fate::kUnknown);
  for (int i = 0; i < 10; ++i) delivery = After(delivery, kByB, Fate::kNotTaken);
  EXPECT_TRUE(IsOf(delivery, {1, "a", T::kReceiptFailed, {}}));
  EXPECT_FALSE(IsOf(delivery, {99, "a", T::kReceiptFailed, {}}));
  EXPECT_EQ(Take(delivery, 1, T::kReceiptFailed), std::nullopt);
  EXPECT_EQ(Take(delivery, 1, T::kReceiptDelivered)->after.state, S::kDelivered);
  EXPECT_EQ(Take(delivery, 99, T::kReceiptDelivered), std::nullopt);
}

// --- Order (SND-15) ---

TEST(Receipts, AreOrderedByTheirSequence) {
  const auto take = [](const Delivery& d, T outcome, uint64_t sequence) {
    return TakeReceipt(d, {1, "", outcome, sequence}, Noon(), false);
  };
  const Delivery deferred = take(TakenByA(), T::kReceiptDeferred, 2)->after;
  EXPECT_EQ(deferred.state, S::kDeferred);
  EXPECT_EQ(take(deferred, T::kReceiptDelivered, 2), std::nullopt) << "not newer";
  EXPECT_EQ(take(deferred, T::kReceiptDelivered, 1), std::nullopt) << "older";
  EXPECT_EQ(take(deferred, T::kReceiptDeferred, 5)->after.attempts[0].receipt_sequence, 5u);
  const Delivery delivered = take(deferred, T::kReceiptDelivered, 3)->after;
  EXPECT_EQ(delivered.state, S::kDelivered);
  EXPECT_EQ(take(delivered, T::kReceiptFailed, 4), std::nullopt) << "final";
  const Delivery failed = take(deferred, T::kReceiptFailed, 3)->after;
  EXPECT_EQ(take(failed, T::kReceiptDelivered, 4)->after.state, S::kFailed) << "final, recorded";
}

TEST(Receipts, WithoutASequenceAreOrderedByWhatTheySay) {
  const T order[] = {T::kReceiptDeferred, T::kReceiptFailed, T::kReceiptDelivered};
  for (int before = 0; before < 3; ++before) {
    const Delivery delivery = Take(TakenByA(), 1, order[before], true)->after;
    for (int after = 0; after < 3; ++after) {
      EXPECT_EQ(Take(delivery, 1, order[after], true).has_value(), after > before) << before << after;
    }
  }
}

TEST(Receipts, TakenTwiceChangeNothingTheSecondTime) {
  for (const T outcome : {T::kReceiptDelivered, T::kReceiptFailed, T::kReceiptDeferred}) {
    for (const bool another_left : {false, true}) {
      const Delivery once = Take(TakenByA(), 1, outcome, another_left)->after;
      EXPECT_EQ(Take(once, 1, outcome, another_left), std::nullopt);
    }
  }
}

TEST(Receipts, NeverChangeAFinalState) {
  for (const S state : {S::kDelivered, S::kRejected, S::kFailed, S::kExpired}) {
    Delivery delivery = TakenByA();
    delivery.state = state;
    for (const T outcome : {T::kReceiptDelivered, T::kReceiptFailed, T::kReceiptDeferred}) {
      const std::optional<AfterReceipt> taken = Take(delivery, 1, outcome, true);
      EXPECT_EQ(taken.has_value() ? taken->after.state : state, state);
      EXPECT_FALSE(taken.has_value() && taken->requeue);
    }
  }
}

// --- Late, and early ---

TEST(Receipts, StillTellWhatBecameOfAnUnknownMessage) {  // SND-14: at 601 s
  const Delivery unknown = *Apply(After(Queued(), kByA, Fate::kUnknown), T::kExpire, Noon());
  ASSERT_EQ(unknown.state, S::kUnknown);
  const absl::Time late = Noon() + absl::Seconds(601);
  EXPECT_EQ(Take(unknown, 1, T::kReceiptDelivered, true, late)->after.state, S::kDelivered);
  EXPECT_EQ(Take(unknown, 1, T::kReceiptFailed, true, late)->after.state, S::kFailed);
  EXPECT_FALSE(Take(unknown, 1, T::kReceiptFailed, true, late)->requeue);
  EXPECT_EQ(Take(unknown, 1, T::kReceiptDeferred, true, late)->after.state, S::kUnknown);
}

TEST(Receipts, OfOneFailureLeaveItUnknownWhileAnotherMayHaveIt) {
  Delivery both = After(After(Queued(), kByA, Fate::kUnknown), kByB, Fate::kUnknown);
  both = *Apply(both, T::kExpire, Noon());
  const Delivery one = Take(both, 2, T::kReceiptFailed)->after;
  EXPECT_EQ(one.state, S::kUnknown);
  EXPECT_EQ(Take(one, 1, T::kReceiptFailed)->after.state, S::kFailed);
}

TEST(Receipts, MayOvertakeTheProvidersAnswer) {
  const Delivery sending = *BeginAttempt(Queued(), kByA, Noon());
  const auto answered = [](const Delivery& delivery) {
    return *EndAttempt(delivery, 1, {Fate::kAccepted, "ACCEPTED", "7", false}, Noon());
  };
  const Delivery delivered = answered(Take(sending, 1, T::kReceiptDelivered)->after);
  EXPECT_EQ(delivered.state, S::kDelivered);
  EXPECT_EQ(delivered.attempts[0].provider_message, "7");
  const AfterReceipt failed = *Take(sending, 1, T::kReceiptFailed, true);
  EXPECT_FALSE(failed.requeue) << "the row is still at work";
  EXPECT_EQ(answered(failed.after).state, S::kQueued);
  EXPECT_TRUE(WithDispatcher(answered(failed.after)));
  const Delivery deferred = answered(Take(sending, 1, T::kReceiptDeferred)->after);
  EXPECT_EQ(deferred.state, S::kDeferred);
  EXPECT_FALSE(WithDispatcher(deferred)) << "the provider has it";
}

TEST(Receipts, AfterATimeOutShowThatTheProviderHasTheMessage) {
  const Delivery timed_out = After(Queued(), kByA, Fate::kUnknown);
  EXPECT_EQ(HandsOf(timed_out), Hands::kPerhaps);
  EXPECT_NE(BeginAttempt(timed_out, kByB, Noon()), std::nullopt);
  const Delivery held = Take(timed_out, 1, T::kReceiptDeferred)->after;
  EXPECT_EQ(HandsOf(held), Hands::kLast);
  EXPECT_EQ(BeginAttempt(held, kByB, Noon()), std::nullopt);
  EXPECT_FALSE(Take(held, 1, T::kReceiptFailed, true)->requeue) << "its row still waits";
  const Delivery settled = *TakenAfterAll(held, Noon());
  EXPECT_TRUE(Take(settled, 1, T::kReceiptFailed, true)->requeue) << "its row has gone";
}

}  // namespace
}  // namespace tc::otp

#include "services/otp/domain/delivery.h"

#include <gtest/gtest.h>

namespace tc::otp {
namespace {

using S = DeliveryState;
using T = DeliveryTrigger;

absl::Time Noon() { return absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone()); }

constexpr S kStates[] = {S::kQueued,   S::kSending, S::kAccepted, S::kDelivered, S::kDeferred,
                         S::kRejected, S::kFailed,  S::kExpired,  S::kUnknown};
constexpr T kTriggers[] = {T::kAttempt,          T::kAccept,        T::kReject,
                           T::kPostpone,         T::kSupersede,     T::kExpire,
                           T::kReceiptDelivered, T::kReceiptFailed, T::kReceiptDeferred};

Delivery In(S state) {
  Delivery delivery;
  delivery.state = state;
  delivery.created = delivery.updated = Noon();
  return delivery;
}

TEST(Delivery, DoesWhatItsTableSaysAndNothingElse) {
  for (const S from : kStates) {
    for (const T trigger : kTriggers) {
      const std::optional<Delivery> after = Apply(In(from), trigger, Noon() + absl::Seconds(1));
      const std::optional<S> next = Next(from, trigger);
      ASSERT_EQ(after.has_value(), next.has_value()) << StateName(from) << " " << static_cast<int>(trigger);
      if (!after.has_value()) continue;
      EXPECT_EQ(after->state, *next);
      EXPECT_EQ(after->updated, Noon() + absl::Seconds(1));
    }
  }
}

TEST(Delivery, NeverLeavesAFinalState) {
  for (const S state : kStates) {
    bool leaves = false;
    for (const DeliveryEdge& edge : DeliveryEdges()) leaves |= edge.from == state;
    EXPECT_EQ(IsFinal(state), !leaves) << StateName(state);
  }
}

TEST(Delivery, HasOneEdgeForEachStateAndTrigger) {
  for (const DeliveryEdge& a : DeliveryEdges()) {
    int same = 0;
    for (const DeliveryEdge& b : DeliveryEdges()) same += a.from == b.from && a.trigger == b.trigger;
    EXPECT_EQ(same, 1);
  }
}

TEST(Delivery, RemembersItsLastTenAttempts) {
  Delivery delivery = In(S::kQueued);
  for (int i = 0; i < 12; ++i) {
    delivery = *BeginAttempt(delivery, "webhook", Noon() + absl::Seconds(i));
    delivery = *EndAttempt(delivery, T::kPostpone, "HTTP_503", "", Noon() + absl::Seconds(i));
  }
  EXPECT_EQ(delivery.state, S::kDeferred);
  ASSERT_EQ(delivery.attempts.size(), 10u);
  EXPECT_EQ(delivery.attempts.front().at, Noon() + absl::Seconds(2));
  EXPECT_EQ(delivery.attempts.back().outcome, "HTTP_503");
}

TEST(Delivery, IsUnknownWhenItsTimeEndsInTheMiddleOfAnAttempt) {
  const Delivery sending = *BeginAttempt(In(S::kQueued), "webhook", Noon());
  EXPECT_EQ(Apply(sending, T::kExpire, Noon())->state, S::kUnknown);
  EXPECT_EQ(Apply(In(S::kDeferred), T::kExpire, Noon())->state, S::kExpired);
  EXPECT_EQ(Apply(In(S::kAccepted), T::kExpire, Noon()), std::nullopt)
      << "a late receipt still counts (SND-14)";
}

TEST(Receipts, AreOrderedAndIdempotent) {  // SND-15
  const Delivery accepted = In(S::kAccepted);
  const Delivery deferred = *TakeReceipt(accepted, T::kReceiptDeferred, 2, Noon());
  EXPECT_EQ(deferred.state, S::kDeferred);
  EXPECT_EQ(TakeReceipt(deferred, T::kReceiptDelivered, 2, Noon()), std::nullopt) << "not newer";
  EXPECT_EQ(TakeReceipt(deferred, T::kReceiptDelivered, 1, Noon()), std::nullopt) << "older";
  const Delivery delivered = *TakeReceipt(deferred, T::kReceiptDelivered, 3, Noon());
  EXPECT_EQ(delivered.state, S::kDelivered);
  EXPECT_EQ(TakeReceipt(delivered, T::kReceiptFailed, 4, Noon()), std::nullopt) << "final";
}

TEST(Receipts, MayOvertakeTheProvidersAnswer) {
  const Delivery sending = *BeginAttempt(In(S::kQueued), "webhook", Noon());
  const Delivery delivered = *TakeReceipt(sending, T::kReceiptDelivered, 1, Noon());
  EXPECT_EQ(EndAttempt(delivered, T::kAccept, "ACCEPTED", "7", Noon()), std::nullopt);
}

}  // namespace
}  // namespace tc::otp

#include "services/otp/domain/delivery.h"

#include <gtest/gtest.h>

#include <set>

#include "common/testing/noon.h"

namespace tc::otp {
namespace {

using testing::Noon;
using S = DeliveryState;
using T = DeliveryTrigger;

constexpr S kStates[] = {S::kQueued,   S::kSending, S::kAccepted, S::kDelivered, S::kDeferred,
                         S::kRejected, S::kFailed,  S::kExpired,  S::kUnknown};
constexpr T kTriggers[] = {T::kAttempt,       T::kAccept,         T::kReject, T::kPostpone,
                           T::kExhaust,       T::kSupersede,      T::kExpire, T::kReceiptDelivered,
                           T::kReceiptFailed, T::kReceiptDeferred};

std::vector<DeliveryFacts> AllFacts() {
  std::vector<DeliveryFacts> all;
  for (const Hands hands : {Hands::kNobody, Hands::kPerhaps, Hands::kLast}) {
    for (const bool another_left : {false, true}) {
      for (const bool failed : {false, true}) all.push_back({hands, another_left, failed});
    }
  }
  return all;
}

// The machine again, told by triggers instead of rows.
std::optional<S> Expected(S from, T trigger, const DeliveryFacts& facts) {
  const bool waiting = from == S::kQueued || from == S::kDeferred;
  const bool open = waiting || from == S::kSending || from == S::kAccepted;
  const bool nobody = facts.hands == Hands::kNobody;
  const bool taken = facts.hands == Hands::kLast;
  const auto when = [](bool holds, S to) { return holds ? std::optional<S>(to) : std::nullopt; };
  switch (trigger) {
    case T::kAttempt:
      return when(waiting && !taken, S::kSending);
    case T::kAccept:
      return when(from == S::kSending, S::kAccepted);
    case T::kReject:
      return when(from == S::kSending, S::kQueued);
    case T::kPostpone:
      return when(from == S::kSending || (from == S::kQueued && !taken), S::kDeferred);
    case T::kExhaust:
      if (!waiting || facts.another_left || taken) return std::nullopt;
      if (nobody) return facts.failed ? S::kFailed : S::kRejected;
      return when(from == S::kQueued, S::kDeferred);
    case T::kSupersede:
      return when(waiting && nobody, S::kExpired);
    case T::kExpire:
      if (from == S::kSending) return S::kUnknown;
      return when(waiting, nobody ? S::kExpired : S::kUnknown);
    case T::kReceiptDelivered:
      return when(open || from == S::kUnknown, S::kDelivered);
    case T::kReceiptFailed:
      if (from == S::kUnknown) return when(nobody, S::kFailed);
      if (!open || taken) return std::nullopt;
      if (facts.another_left) return when(from != S::kQueued, S::kQueued);
      if (nobody) return S::kFailed;
      return when(!waiting, S::kDeferred);
    case T::kReceiptDeferred:
      return when(from == S::kAccepted || from == S::kDeferred, S::kDeferred);
  }
  return std::nullopt;
}

std::optional<S> Next(S from, T trigger, const DeliveryFacts& facts) {
  const DeliveryTransition* const row = FindRow(from, trigger, facts);
  return row == nullptr ? std::nullopt : std::optional<S>(row->to);
}

TEST(Delivery, DoesInEveryStateWhatItShouldAndNothingElse) {
  for (const S from : kStates) {
    for (const T trigger : kTriggers) {
      for (const DeliveryFacts& facts : AllFacts()) {
        EXPECT_EQ(Next(from, trigger, facts), Expected(from, trigger, facts))
            << StateName(from) << " " << TriggerName(trigger) << " hands " << static_cast<int>(facts.hands)
            << " another " << facts.another_left << " failed " << facts.failed;
      }
    }
  }
}

TEST(Delivery, LeavesAFinalStateOnlyFromUnknownByALateReceipt) {  // SND-14, SND-15
  for (const DeliveryTransition& row : DeliveryTransitions()) {
    if (!IsFinal(row.from)) continue;
    EXPECT_EQ(row.from, S::kUnknown);
    EXPECT_EQ(row.actor, DeliveryActor::kGateway);
    EXPECT_TRUE(IsFinal(row.to));
  }
}

// The event of each end, and no other; a message that is not sent any more is not kept.
TEST(Delivery, TellsItsEndsAndKeepsNoMessageAfterThem) {
  for (const DeliveryTransition& row : DeliveryTransitions()) {
    std::vector<std::string> events;
    for (const DeliveryEffect effect : kAllDeliveryEffects) {
      if (row.effects.Has(effect) && !EventType(effect).empty()) events.emplace_back(EventType(effect));
    }
    std::vector<std::string> expected;
    if (row.to == S::kDelivered) expected = {"DeliveryDelivered"};
    if (row.to == S::kRejected) expected = {"DeliveryRejected"};
    if (row.to == S::kFailed) expected = {"DeliveryFailed"};
    if (row.to == S::kExpired) expected = {"DeliveryExpired"};
    if (row.to == S::kUnknown) expected = {"DeliveryUnknown"};
    EXPECT_EQ(events, expected) << StateName(row.from) << " " << TriggerName(row.trigger);
    EXPECT_EQ(row.effects.Has(DeliveryEffect::kEraseHeld), IsFinal(row.to) && !IsFinal(row.from))
        << StateName(row.from) << " " << TriggerName(row.trigger);
  }
}

TEST(Delivery, HasANameForEachColumn) {
  std::set<absl::string_view> names;
  for (const DeliveryTransition& row : DeliveryTransitions()) {
    EXPECT_FALSE(StateName(row.to).empty());
    EXPECT_FALSE(TriggerName(row.trigger).empty());
    EXPECT_FALSE(ActorName(row.actor).empty());
    EXPECT_EQ(GuardName(row.guard).empty(), row.guard == DeliveryGuard::kAlways);
  }
  for (const DeliveryEffect effect : kAllDeliveryEffects) names.insert(EffectName(effect));
  EXPECT_EQ(names.size(), std::size(kAllDeliveryEffects));
}

// --- Attempts ---

constexpr absl::Duration kLife = absl::Seconds(300);
const AttemptPlan kSmsByA{Channel::kSms, "+7 9** ***-**-67", "a"};
const AttemptPlan kSmsByB{Channel::kSms, "+7 9** ***-**-67", "b"};
const AttemptPlan kCallByA{Channel::kVoice, "+7 9** ***-**-67", "a"};

Delivery Queued() {
  Delivery delivery;
  delivery.ways = {Channel::kSms, Channel::kVoice};
  delivery.created = delivery.updated = Noon();
  delivery.expires = Noon() + kLife;
  return delivery;
}

Delivery After(const Delivery& delivery, const AttemptPlan& plan, Fate fate, bool repeats_safely = false) {
  const std::optional<Delivery> begun = BeginAttempt(delivery, plan, Noon());
  EXPECT_TRUE(begun.has_value());
  if (!begun.has_value()) return delivery;
  const AttemptEnd end{fate, fate == Fate::kAccepted ? "ACCEPTED" : "HTTP_503", "77", repeats_safely};
  return EndAttempt(*begun, begun->attempts_made, end, Noon()).value_or(*begun);
}

TEST(Attempts, AreNumberedForEverThoughOnlyTheLastTenAreKept) {
  Delivery delivery = Queued();
  for (int i = 0; i < 12; ++i) delivery = After(delivery, kSmsByA, Fate::kNotTaken);
  EXPECT_EQ(delivery.state, S::kDeferred);
  EXPECT_EQ(delivery.attempts_made, 12);
  ASSERT_EQ(delivery.attempts.size(), 10u);
  EXPECT_EQ(delivery.attempts.front().number, 3);
  EXPECT_EQ(delivery.attempts.back().number, 12);
}

TEST(Attempts, SpendAProviderThatRefusesOrWouldNotNoticeARepetition) {  // SND-12, SND-13
  EXPECT_TRUE(After(Queued(), kSmsByA, Fate::kRefused).Spent(Channel::kSms, "a"));
  EXPECT_FALSE(After(Queued(), kSmsByA, Fate::kRefused).Spent(Channel::kVoice, "a"));
  EXPECT_FALSE(After(Queued(), kSmsByA, Fate::kNotTaken).Spent(Channel::kSms, "a"));
  EXPECT_TRUE(After(Queued(), kSmsByA, Fate::kUnknown).Spent(Channel::kSms, "a"));
  EXPECT_FALSE(After(Queued(), kSmsByA, Fate::kUnknown, true).Spent(Channel::kSms, "a"));
}

TEST(Attempts, AreNotMadeAtASpentProviderHoweverLongAgo) {
  Delivery delivery = After(Queued(), kSmsByA, Fate::kUnknown);
  for (int i = 0; i < 12; ++i) delivery = After(delivery, kSmsByB, Fate::kNotTaken);
  EXPECT_EQ(BeginAttempt(delivery, kSmsByA, Noon()), std::nullopt);
  EXPECT_NE(BeginAttempt(delivery, kCallByA, Noon()), std::nullopt);
  EXPECT_EQ(Apply(delivery, T::kExpire, Noon())->state, S::kUnknown) << "the forgotten one is still in doubt";
}

TEST(Attempts, ChangeTheChannelThatTheRecordShows) {
  const Delivery delivery = After(After(Queued(), kSmsByA, Fate::kRefused), kCallByA, Fate::kAccepted);
  EXPECT_EQ(delivery.channel, Channel::kVoice);
  EXPECT_EQ(delivery.state, S::kAccepted);
  EXPECT_EQ(delivery.attempts.back().provider_message, "77");
}

TEST(Attempts, RememberTheirStepsForWhoeverRecordsThem) {
  const Delivery sent = After(Queued(), kSmsByA, Fate::kAccepted);
  ASSERT_EQ(sent.taken.size(), 2u);
  EXPECT_EQ(sent.taken[0].trigger, T::kAttempt);
  EXPECT_EQ(sent.taken[1].trigger, T::kAccept);
  EXPECT_TRUE(Supersede(sent, Noon())->taken == sent.taken) << "a withdrawal alone is no step";
}

TEST(Attempts, EndOnceAndOnlyTheLast) {
  const Delivery first = After(Queued(), kSmsByA, Fate::kNotTaken);
  EXPECT_EQ(EndAttempt(first, 1, {Fate::kAccepted, "ACCEPTED", "", false}, Noon()), std::nullopt);
  const Delivery second = *BeginAttempt(first, kSmsByB, Noon());
  EXPECT_EQ(EndAttempt(second, 1, {Fate::kAccepted, "ACCEPTED", "", false}, Noon()), std::nullopt);
}

TEST(Attempts, AreNotMadeWhileAnotherIsUnderWayOrTheMessageIsTaken) {
  EXPECT_EQ(BeginAttempt(*BeginAttempt(Queued(), kSmsByA, Noon()), kSmsByB, Noon()), std::nullopt);
  EXPECT_EQ(BeginAttempt(After(Queued(), kSmsByA, Fate::kAccepted), kSmsByB, Noon()), std::nullopt);
}

// --- No provider is left ---

TEST(Exhausted, TellsHowItWentWrong) {
  const Delivery refused = After(After(Queued(), kSmsByA, Fate::kRefused), kSmsByB, Fate::kRefused);
  EXPECT_EQ(refused.state, S::kQueued);
  EXPECT_EQ(Exhaust(refused, Noon())->state, S::kRejected);

  const Delivery in_doubt = After(After(Queued(), kSmsByA, Fate::kUnknown), kSmsByB, Fate::kRefused);
  EXPECT_EQ(Exhaust(in_doubt, Noon())->state, S::kDeferred) << "a receipt may still come";

  const Delivery taken = After(Queued(), kSmsByA, Fate::kAccepted);
  const Delivery failed = TakeReceipt(taken, {1, "", T::kReceiptFailed, {}}, Noon(), true)->after;
  EXPECT_EQ(Exhaust(After(failed, kSmsByB, Fate::kRefused), Noon())->state, S::kFailed);
}

TEST(Exhausted, SaysWhenNobodyCarriesTheChannel) {
  const Delivery after = *Exhaust(Queued(), Noon());
  EXPECT_EQ(after.state, S::kRejected);
  ASSERT_EQ(after.attempts.size(), 1u);
  EXPECT_EQ(after.attempts[0].outcome, "NO_PROVIDER");
}

// --- The clock and newer codes ---

TEST(Expiry, IsUnknownWhenSomebodyMayHaveTheMessage) {  // SND-14
  const auto at_expiry = [](const Delivery& delivery) {
    return Apply(delivery, T::kExpire, delivery.expires).value_or(delivery).state;
  };
  EXPECT_EQ(at_expiry(Queued()), S::kExpired);
  EXPECT_EQ(at_expiry(After(Queued(), kSmsByA, Fate::kNotTaken)), S::kExpired);
  EXPECT_EQ(at_expiry(After(Queued(), kSmsByA, Fate::kUnknown)), S::kUnknown);
  EXPECT_EQ(at_expiry(After(After(Queued(), kSmsByA, Fate::kUnknown), kSmsByB, Fate::kNotTaken)),
            S::kUnknown);
  EXPECT_EQ(at_expiry(After(After(Queued(), kSmsByA, Fate::kUnknown), kSmsByB, Fate::kRefused)), S::kUnknown);
  EXPECT_EQ(at_expiry(*BeginAttempt(Queued(), kSmsByA, Noon())), S::kUnknown);
  const Delivery taken = After(Queued(), kSmsByA, Fate::kAccepted);
  EXPECT_EQ(at_expiry(taken), S::kAccepted) << "a late receipt still counts";
  EXPECT_EQ(at_expiry(TakeReceipt(taken, {1, "", T::kReceiptDeferred, {}}, Noon(), false)->after),
            S::kUnknown);
  const Delivery failed = TakeReceipt(taken, {1, "", T::kReceiptFailed, {}}, Noon(), true)->after;
  EXPECT_EQ(at_expiry(After(failed, kSmsByB, Fate::kNotTaken)), S::kExpired) << "a said that it failed";
}

TEST(Supersede, EndsWhatNobodyHasAndStopsTheRest) {  // OTP-18
  EXPECT_EQ(Supersede(Queued(), Noon())->state, S::kExpired);
  EXPECT_EQ(Supersede(After(Queued(), kSmsByA, Fate::kNotTaken), Noon())->state, S::kExpired);
  const Delivery taken = *Supersede(After(Queued(), kSmsByA, Fate::kAccepted), Noon());
  EXPECT_EQ(taken.state, S::kAccepted);
  EXPECT_TRUE(taken.withdrawn);
  EXPECT_EQ(Supersede(taken, Noon()), std::nullopt);
  const AfterReceipt failed = *TakeReceipt(taken, {1, "", T::kReceiptFailed, {}}, Noon(), true);
  EXPECT_EQ(failed.after.state, S::kFailed) << "nobody else is asked";
  EXPECT_FALSE(failed.requeue);
}

TEST(Supersede, InTheMiddleOfAnAttemptLetsItEndAndMakesNoOther) {
  const Delivery sending = *Supersede(*BeginAttempt(Queued(), kSmsByA, Noon()), Noon());
  EXPECT_EQ(sending.state, S::kSending);
  const auto ended = [&](Fate fate) { return *EndAttempt(sending, 1, {fate, "", "", false}, Noon()); };
  EXPECT_EQ(ended(Fate::kRefused).state, S::kExpired);
  EXPECT_EQ(ended(Fate::kNotTaken).state, S::kExpired);
  EXPECT_EQ(ended(Fate::kAccepted).state, S::kAccepted);
  EXPECT_EQ(ended(Fate::kUnknown).state, S::kDeferred);
  EXPECT_EQ(BeginAttempt(ended(Fate::kUnknown), kSmsByB, Noon()), std::nullopt);
}

}  // namespace
}  // namespace tc::otp

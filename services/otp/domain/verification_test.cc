#include "services/otp/domain/verification.h"

#include <gtest/gtest.h>

#include <set>

#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;
using S = VerificationState;
using T = VerificationTrigger;

absl::Time Noon() { return absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone()); }

constexpr S kStates[] = {S::kPending, S::kApproved, S::kConsumed, S::kExpired, S::kLocked, S::kCancelled};

NewCode CodeOf(absl::string_view tag) {
  NewCode code;
  code.mac = {"k1", std::string(tag)};
  code.address_index = "phone";
  code.delivery = DeliveryId::FromTrusted(std::string(tag));
  return code;
}

Draft AnyDraft() {
  Draft draft;
  draft.id = VerificationId::FromTrusted("v");
  draft.binding = {"recovery", Purpose::kRecoveryClaim, "accounts/alice", "recoveries/r"};
  draft.channels = {Channel::kSms, Channel::kVoice};
  return draft;
}

Verification Pending(const Policy& policy = {}) {
  return *Start(AnyDraft(), CodeOf("one"), std::nullopt, Noon(), policy);
}

Verification In(S state) {
  Verification v = Pending();
  v.state = state;
  v.approved = Noon();
  return v;
}

// A policy under which only the counts matter.
Policy NoDelays() {
  Policy policy;
  policy.attempt_delays = {};
  return policy;
}

Verification WithAttempts(int count, const Policy& policy) {
  Verification v = Pending(policy);
  for (int i = 0; i < count; ++i) v = Charge(v, absl::StrCat("r", i), "wrong", Noon(), policy)->after;
  return v;
}

// --- The table ---

std::optional<S> Tried(S from, T trigger) {
  const Policy policy;
  const Verification v = In(from);
  const auto state = [](const absl::StatusOr<Verification>& after) -> std::optional<S> {
    return after.ok() ? std::optional<S>(after->state) : std::nullopt;
  };
  Verification timed = v;
  switch (trigger) {
    case T::kCharge: {
      const absl::StatusOr<Charged> charged = Charge(v, "r", "f", Noon(), policy);
      return charged.ok() ? std::optional<S>(charged->after.state) : std::nullopt;
    }
    case T::kApprove:
      return state(Approve(v, "r", v.code_number, Noon()));
    case T::kResend:
      return state(Resend(v, CodeOf("two"), Noon() + policy.resend_delays[0], policy));
    case T::kCancel:
      return state(Cancel(v, Noon(), policy));
    case T::kConsume:
      return state(Consume(v, Noon(), policy));
    case T::kExpire:
      timed = Settle(v, Noon() + absl::Hours(1), policy);
      break;
    case T::kLock:
      timed.attempts.resize(5, {"r", "f", Noon(), 1});
      timed = Settle(timed, Noon() + absl::Hours(1), policy);
      if (timed.state != S::kLocked) return std::nullopt;
      break;
  }
  return timed.state == v.state ? std::nullopt : std::optional<S>(timed.state);
}

constexpr T kTriggers[] = {T::kCharge,  T::kApprove, T::kResend, T::kCancel,
                           T::kConsume, T::kExpire,  T::kLock};

// Who pulls a trigger; nobody else does.
VerificationActor ActorOf(T trigger) {
  return trigger == T::kExpire || trigger == T::kLock ? VerificationActor::kTime : VerificationActor::kCaller;
}
const VerificationTransition* RowOf(S from, T trigger) {
  return FindTransition(VerificationTransitions(), from, trigger, ActorOf(trigger));
}

TEST(Verification, DoesWhatItsTableSaysAndNothingElse) {
  for (const S from : kStates) {
    for (const T trigger : kTriggers) {
      const VerificationTransition* const row = RowOf(from, trigger);
      EXPECT_EQ(Tried(from, trigger), row == nullptr ? std::nullopt : std::optional<S>(row->to))
          << StateName(from) << " " << TriggerName(trigger);
    }
  }
  for (const VerificationTransition& row : VerificationTransitions())
    EXPECT_EQ(RowOf(row.from, row.trigger), &row) << "one row for each state and trigger";
}

TEST(Verification, RemembersItsStepForWhoeverRecordsIt) {
  const Policy policy;
  const Verification v = Pending();
  EXPECT_EQ(v.taken, nullptr) << "making it is no step";
  EXPECT_EQ(Charge(v, "r", "f", Noon(), policy)->after.taken, RowOf(S::kPending, T::kCharge));
  EXPECT_EQ(Approve(v, "r", 1, Noon())->taken, RowOf(S::kPending, T::kApprove));
  EXPECT_EQ(Resend(v, CodeOf("two"), Noon() + policy.resend_delays[0], policy)->taken,
            RowOf(S::kPending, T::kResend));
  EXPECT_EQ(Cancel(v, Noon(), policy)->taken, RowOf(S::kPending, T::kCancel));
  EXPECT_EQ(Consume(In(S::kApproved), Noon(), policy)->taken, RowOf(S::kApproved, T::kConsume));
  EXPECT_EQ(Settle(v, Noon() + absl::Hours(1), policy).taken, RowOf(S::kPending, T::kExpire));
  EXPECT_EQ(Settle(In(S::kApproved), Noon() + absl::Hours(1), policy).taken, RowOf(S::kApproved, T::kExpire));
  const Verification used_up = WithAttempts(5, NoDelays());
  EXPECT_EQ(Settle(used_up, Noon() + absl::Hours(1), policy).taken, RowOf(S::kPending, T::kLock));
  EXPECT_EQ(Settle(v, Noon(), policy), v) << "the clock has decided nothing";
}

// Followers are told of each step but a try, once.
TEST(Verification, TellsEveryStepThatChangesItsCodeOrState) {
  for (const VerificationTransition& row : VerificationTransitions()) {
    int events = 0;
    for (const VerificationEffect effect : kAllVerificationEffects)
      events += row.effects.Has(effect) && !EventType(effect).empty();
    EXPECT_EQ(events, row.trigger == T::kCharge ? 0 : 1)
        << StateName(row.from) << " " << TriggerName(row.trigger);
  }
}

TEST(Verification, HasANameForEachColumn) {
  std::set<absl::string_view> names;
  for (const VerificationTransition& row : VerificationTransitions()) {
    EXPECT_FALSE(TriggerName(row.trigger).empty());
    EXPECT_FALSE(ActorName(row.actor).empty());
    EXPECT_FALSE(GuardName(row.guard).empty());
  }
  for (const VerificationEffect effect : kAllVerificationEffects) names.insert(EffectName(effect));
  EXPECT_EQ(names.size(), std::size(kAllVerificationEffects));
}

TEST(Verification, EndsForGoodInFourStates) {
  for (const S state : kStates) {
    bool leaves = false;
    for (const VerificationTransition& row : VerificationTransitions()) leaves |= row.from == state;
    EXPECT_EQ(IsFinal(state), !leaves) << StateName(state);
  }
}

// --- Time (OTP-03) ---

TEST(Verification, ExpiresExactlyAtTheEndOfItsLifetime) {
  const Policy policy;
  const Verification v = Pending();
  const absl::Time end = Noon() + absl::Seconds(300);
  EXPECT_THAT(Charge(v, "r", "f", end - absl::Milliseconds(1), policy), IsOk());
  EXPECT_THAT(Charge(v, "r", "f", end, policy), Refused(kFailedPrecondition, Reason::kVerificationExpired));
  EXPECT_THAT(Charge(v, "r", "f", end + absl::Milliseconds(1), policy),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
}

TEST(Verification, IsNotApprovedOnceItsCodeHasExpiredUnderWay) {
  const Policy policy;
  const Verification charged = Charge(Pending(), "r", "f", Noon(), policy)->after;
  EXPECT_THAT(Approve(charged, "r", 1, charged.expires),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
}

TEST(Verification, MustBeConsumedWithinTheApprovalsLifetime) {
  const Policy policy;
  const Verification v = In(S::kApproved);
  const absl::Time end = Noon() + policy.approval_lifetime;
  EXPECT_THAT(Consume(v, end - absl::Milliseconds(1), policy), IsOk());
  EXPECT_THAT(Consume(v, end, policy), Refused(kFailedPrecondition, Reason::kVerificationExpired));
}

// --- Attempts (OTP-09, OTP-10, OTP-13) ---

TEST(Charge, LocksAfterFiveAttemptsAlsoForTheRightCode) {
  const Policy policy = NoDelays();
  const Verification v = WithAttempts(5, policy);
  EXPECT_EQ(v.attempts.size(), 5u);
  EXPECT_EQ(StateAt(v, Noon(), policy), S::kLocked);
  EXPECT_THAT(Charge(v, "r5", "right", Noon(), policy),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
  EXPECT_THAT(Resend(v, CodeOf("two"), Noon() + absl::Minutes(2), policy),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(Charge, LetsTheLastChargedAttemptApprove) {
  const Policy policy = NoDelays();
  const Verification v = WithAttempts(5, policy);
  EXPECT_THAT(Approve(v, "r4", 1, Noon()), IsOk());
  EXPECT_EQ(Settle(v, Noon() + absl::Seconds(1), policy).state, S::kPending)
      << "the last attempt may be under way";
  EXPECT_EQ(Settle(v, v.expires, policy).state, S::kLocked);
}

struct DelayCase {
  int failures;
  absl::Duration delay;
};
class ChargeDelay : public ::testing::TestWithParam<DelayCase> {};

TEST_P(ChargeDelay, RefusesTheNextAttemptUntilTheDelayIsOverWithoutCharging) {
  Policy policy;
  policy.attempts_per_code = 10;
  Verification v = Pending(policy);
  absl::Time now = Noon();
  for (int i = 0; i < GetParam().failures; ++i) {
    now = std::max(now, ProgressAt(v, now, policy).next_attempt);
    v = Charge(v, absl::StrCat("r", i), "wrong", now, policy)->after;
  }
  const absl::Time next = now + GetParam().delay;
  EXPECT_EQ(ProgressAt(v, now, policy).next_attempt, next);
  EXPECT_THAT(Charge(v, "next", "right", next, policy), IsOk());
  if (GetParam().delay == absl::ZeroDuration()) return;
  const absl::StatusOr<Charged> early = Charge(v, "next", "right", next - absl::Milliseconds(1), policy);
  EXPECT_THAT(early, Refused(kResourceExhausted, Reason::kAttemptTooSoon));
  EXPECT_EQ(RetryAfterOf(early.status()), absl::Milliseconds(1));
}

INSTANTIATE_TEST_SUITE_P(OTP13, ChargeDelay,
                         ::testing::Values(DelayCase{1, absl::ZeroDuration()},
                                           DelayCase{2, absl::ZeroDuration()}, DelayCase{3, absl::Seconds(5)},
                                           DelayCase{4, absl::Seconds(30)}, DelayCase{5, absl::Seconds(60)},
                                           DelayCase{6, absl::Seconds(60)}));

TEST(Charge, CountsOverAllCodesOfARequest) {
  const Policy policy = NoDelays();
  Verification v = WithAttempts(4, policy);
  v = *Resend(v, CodeOf("two"), Noon() + absl::Seconds(60), policy);
  EXPECT_EQ(ProgressAt(v, v.sent, policy).attempts_left, 5);
  for (int i = 0; i < 4; ++i) v = Charge(v, absl::StrCat("second", i), "wrong", v.sent, policy)->after;
  v = *Resend(v, CodeOf("three"), v.sent + absl::Seconds(120), policy);
  EXPECT_EQ(ProgressAt(v, v.sent, policy).attempts_left, 2) << "eight of ten are gone (OTP-10)";
  for (int i = 0; i < 2; ++i) v = Charge(v, absl::StrCat("third", i), "wrong", v.sent, policy)->after;
  EXPECT_THAT(Charge(v, "eleventh", "right", v.sent, policy),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(Charge, GivesTheSameRequestItsOldAttemptAgain) {
  const Policy policy;
  const Verification v = WithAttempts(2, NoDelays());
  const absl::StatusOr<Charged> again = Charge(v, "r0", "wrong", Noon(), policy);
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->attempt, 0u);
  EXPECT_EQ(again->after, v);
  EXPECT_THAT(Charge(v, "r0", "another", Noon(), policy),
              Refused(kInvalidArgument, Reason::kRequestIdReused));
  EXPECT_EQ(AsOfAttempt(v, 0).attempts.size(), 1u);
}

// --- Approval and use (OTP-05) ---

TEST(Approve, HappensOnce) {
  const Verification v = WithAttempts(2, NoDelays());
  const Verification approved = *Approve(v, "r0", 1, Noon());
  EXPECT_EQ(*Approve(approved, "r0", 1, Noon() + absl::Seconds(1)), approved) << "the same request again";
  EXPECT_THAT(Approve(approved, "r1", 1, Noon()), Refused(kFailedPrecondition, Reason::kVerificationClosed));
}

TEST(Approve, RefusesAnAttemptAtACodeThatWasReplaced) {
  const Policy policy;
  Verification v = WithAttempts(1, policy);
  v = *Resend(v, CodeOf("two"), Noon() + absl::Seconds(60), policy);
  EXPECT_THAT(Approve(v, "r0", 1, Noon() + absl::Seconds(60)),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
}

TEST(Consume, NeedsAnApproval) {
  const Policy policy;
  EXPECT_THAT(Consume(Pending(), Noon(), policy),
              Refused(kFailedPrecondition, Reason::kVerificationNotApproved));
  EXPECT_EQ(Consume(In(S::kApproved), Noon(), policy)->state, S::kConsumed);
  const absl::StatusOr<Verification> twice = Consume(In(S::kConsumed), Noon(), policy);
  EXPECT_THAT(twice, Refused(kFailedPrecondition, Reason::kVerificationClosed));
  EXPECT_EQ(MetadataOf(twice.status(), "state"), "CONSUMED");
}

// --- Resending (O3, OTP-18, SND-01) ---

TEST(Resend, WaitsSixtyThenOneHundredAndTwentySecondsAndStopsAtThree) {
  const Policy policy;
  Verification v = Pending();
  const absl::StatusOr<Verification> early =
      Resend(v, CodeOf("two"), Noon() + absl::Milliseconds(59999), policy);
  EXPECT_THAT(early, Refused(kResourceExhausted, Reason::kResendTooSoon));
  EXPECT_EQ(RetryAfterOf(early.status()), absl::Milliseconds(1));
  v = *Resend(v, CodeOf("two"), Noon() + absl::Seconds(60), policy);
  EXPECT_EQ(ProgressAt(v, v.sent, policy).next_send, v.sent + absl::Seconds(120));
  EXPECT_THAT(Resend(v, CodeOf("three"), v.sent + absl::Seconds(119), policy),
              Refused(kResourceExhausted, Reason::kResendTooSoon));
  v = *Resend(v, CodeOf("three"), v.sent + absl::Seconds(120), policy);
  EXPECT_EQ(ProgressAt(v, v.sent, policy).sends_left, 0);
  EXPECT_EQ(ProgressAt(v, v.sent, policy).next_send, std::nullopt);
  EXPECT_THAT(Resend(v, CodeOf("four"), v.sent + absl::Seconds(299), policy),
              Refused(kResourceExhausted, Reason::kSendLimitReached));
}

NewCode CallOf(absl::string_view tag) {
  NewCode code = CodeOf(tag);
  code.channel = Channel::kVoice;
  return code;
}

TEST(Resend, StopsAtTwoCallsWhateverWayTheFirstCodeWent) {  // OTP-21
  Policy policy;
  policy.sends_per_verification = 5;
  policy.code_lifetime = absl::Minutes(10);
  for (const bool called_first : {false, true}) {
    Verification v =
        *Start(AnyDraft(), called_first ? CallOf("one") : CodeOf("one"), std::nullopt, Noon(), policy);
    for (int calls = v.calls; calls < 2; ++calls)
      v = *Resend(v, CallOf("more"), v.sent + absl::Minutes(5), policy);
    const absl::Time later = v.sent + absl::Minutes(5);
    EXPECT_THAT(ProgressAt(v, v.sent, policy).channels, ::testing::ElementsAre(Channel::kSms));
    const absl::StatusOr<Verification> third = Resend(v, CallOf("third"), later, policy);
    EXPECT_THAT(third, Refused(kResourceExhausted, Reason::kSendLimitReached));
    EXPECT_EQ(MetadataOf(third.status(), "channel"), "VOICE");
    EXPECT_THAT(Resend(v, CodeOf("text"), later, policy), IsOk()) << "an SMS may still go";
  }
}

TEST(Resend, EndsTheOldCodeAndKeepsEveryCount) {
  const Policy policy;
  const Verification before = WithAttempts(2, policy);
  const Verification after = *Resend(before, CodeOf("two"), Noon() + absl::Seconds(60), policy);
  EXPECT_EQ(after.code, CodeOf("two").mac);
  EXPECT_EQ(after.attempts, before.attempts);
  EXPECT_EQ(after.expires, Noon() + absl::Seconds(360));
  EXPECT_EQ(after.created, before.created);
}

// --- A new verification of the same request (OTP-10, OTP-18) ---

TEST(Start, InheritsTheAttemptsOfTheRequest) {
  const Policy policy = NoDelays();
  const Verification first = WithAttempts(5, policy);
  const absl::Time later = Noon() + absl::Minutes(5);
  const Verification second = *Start(AnyDraft(), CodeOf("two"), first, later, policy);
  EXPECT_EQ(second.inherited_attempts, 5);
  Verification third = second;
  for (int i = 0; i < 5; ++i) third = Charge(third, absl::StrCat("n", i), "wrong", later, policy)->after;
  EXPECT_THAT(Start(AnyDraft(), CodeOf("three"), third, later + absl::Hours(1), policy),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(Start, KeepsTheDelayAfterTheLastWrongCode) {
  const Policy policy;
  const Verification first = WithAttempts(5, NoDelays());
  NewCode elsewhere = CodeOf("two");
  elsewhere.address_index = "another phone";
  const Verification second = *Start(AnyDraft(), elsewhere, first, Noon(), policy);
  EXPECT_EQ(ProgressAt(second, Noon(), policy).next_attempt, Noon() + absl::Seconds(60));
}

TEST(Start, IsNoWayAroundTheResendDelay) {
  const Policy policy;
  const Verification first = Pending();
  EXPECT_THAT(Start(AnyDraft(), CodeOf("two"), first, Noon() + absl::Seconds(59), policy),
              Refused(kResourceExhausted, Reason::kResendTooSoon));
  EXPECT_THAT(Start(AnyDraft(), CodeOf("two"), first, Noon() + absl::Seconds(60), policy), IsOk());
}

// --- Channels (O4) ---

TEST(Channels, NeverCarryAContactsCodeByEmail) {
  EXPECT_FALSE(Allows(Purpose::kRecoveryApproval, Channel::kEmail));
  const Address email = *Address::Email("ivan@example.ru", "email");
  EXPECT_THAT(CheckChannel(Purpose::kRecoveryApproval, email, Channel::kEmail, {Channel::kEmail}),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
  EXPECT_THAT(AllowedChannels(Purpose::kRecoveryApproval, email, {Channel::kSms, Channel::kEmail}),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
}

TEST(Channels, AreThoseOfTheAddressUnlessNamed) {
  const Address phone = Address::Of(Phone::FromTrusted("+79161234567"));
  EXPECT_THAT(*AllowedChannels(Purpose::kRecoveryClaim, phone, {}),
              ::testing::ElementsAre(Channel::kSms, Channel::kVoice));
  EXPECT_THAT(*AllowedChannels(Purpose::kRecoveryClaim, phone, {Channel::kEmail, Channel::kSms}),
              ::testing::ElementsAre(Channel::kSms, Channel::kEmail));
  EXPECT_THAT(CheckChannel(Purpose::kRecoveryClaim, phone, Channel::kEmail, {Channel::kEmail}),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
  EXPECT_THAT(CheckChannel(Purpose::kRecoveryClaim, phone, Channel::kVoice, {Channel::kSms}),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
  EXPECT_THAT(CheckChannel(Purpose::kRecoveryClaim, Address::Decoy("x"), Channel::kSms, {Channel::kSms}),
              IsOk());
}

TEST(Progress, OfAnEndedVerificationOffersNothing) {
  const Progress progress = ProgressAt(In(S::kConsumed), Noon(), Policy());
  EXPECT_EQ(progress.attempts_left, 0);
  EXPECT_EQ(progress.sends_left, 0);
  EXPECT_FALSE(progress.next_send.has_value());
}

}  // namespace
}  // namespace tc::otp

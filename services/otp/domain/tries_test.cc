#include "services/otp/domain/tries.h"

#include <gtest/gtest.h>

#include "common/testing/noon.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

constexpr Purpose kAll[] = {Purpose::kPhoneBinding, Purpose::kEmailBinding, Purpose::kRecoveryClaim,
                            Purpose::kRecoveryApproval, Purpose::kSecondFactor};

Try TryOf(Purpose purpose, absl::Time at = Noon(), std::string address = "phone") {
  return {purpose, std::move(address), at};
}

// `count` attempts, a minute apart from noon on.
Tries Charged(int count, Purpose purpose, const Policy& policy, const Tries& before = {}) {
  Tries tries = before;
  for (int i = 0; i < count; ++i) {
    const absl::StatusOr<Tries> after = ChargeTry(tries, TryOf(purpose, Noon() + absl::Minutes(i)), policy);
    EXPECT_THAT(after, IsOk()) << i;
    tries = after.value_or(tries);
  }
  return tries;
}

int CountFor(const Tries& tries, Purpose purpose) {
  for (const TriesFor& one : tries.by_purpose) {
    if (one.purpose == purpose) return static_cast<int>(one.at.size());
  }
  return 0;
}

int InARowOf(const Tries& tries, absl::string_view address = "phone") {
  for (const InARow& row : tries.by_address) {
    if (row.address_index == address) return row.count;
  }
  return 0;
}

Policy Patient() {
  Policy policy;
  policy.attempts_per_person = 1000;
  return policy;
}

// --- The person (OTP-11) ---

TEST(Person, HasFifteenAttemptsOfAPurposeInTwentyFourHours) {
  const Policy policy;
  for (const Purpose purpose : kAll) {
    const Tries tries = Charged(15, purpose, policy);
    const absl::StatusOr<Tries> more = ChargeTry(tries, TryOf(purpose, Noon() + absl::Hours(1)), policy);
    EXPECT_THAT(more, Refused(kResourceExhausted, Reason::kPersonLimitReached));
    EXPECT_EQ(RetryAfterOf(more.status()), absl::Hours(23)) << "until the one of noon leaves";
  }
}

TEST(Person, IsNotKeptFromOnePurposeByAnother) {
  const Policy policy;
  for (const Purpose used_up : kAll) {
    const Tries tries = Charged(15, used_up, policy);
    for (const Purpose other : kAll) {
      EXPECT_EQ(ChargeTry(tries, TryOf(other, Noon() + absl::Hours(1)), policy).ok(), other != used_up);
    }
  }
}

TEST(Person, HasAnAttemptBackExactlyTwentyFourHoursAfterTheOldest) {
  const Policy policy;
  const Tries tries = Charged(15, Purpose::kRecoveryClaim, policy);
  const absl::Time freed = Noon() + absl::Hours(24);
  EXPECT_THAT(ChargeTry(tries, TryOf(Purpose::kRecoveryClaim, freed - absl::Microseconds(1)), policy),
              Refused(kResourceExhausted, Reason::kPersonLimitReached));
  const absl::StatusOr<Tries> one = ChargeTry(tries, TryOf(Purpose::kRecoveryClaim, freed), policy);
  ASSERT_THAT(one, IsOk());
  EXPECT_EQ(CountFor(*one, Purpose::kRecoveryClaim), 15) << "never more than the limit is kept";
  EXPECT_THAT(ChargeTry(*one, TryOf(Purpose::kRecoveryClaim, freed), policy),
              Refused(kResourceExhausted, Reason::kPersonLimitReached));
}

TEST(Person, IsToldTheTimeAlsoAfterTheLimitWasLowered) {
  const Tries tries = Charged(10, Purpose::kSecondFactor, Policy());
  Policy lower;
  lower.attempts_per_person = 5;
  const absl::StatusOr<Tries> more =
      ChargeTry(tries, TryOf(Purpose::kSecondFactor, Noon() + absl::Hours(1)), lower);
  EXPECT_EQ(RetryAfterOf(more.status()), absl::Hours(23) + absl::Minutes(5)) << "six must have gone";
}

TEST(Person, IsCountedInOrderThoughCallsOvertakeEachOther) {
  const Policy policy;
  Tries tries = *ChargeTry({}, TryOf(Purpose::kSecondFactor, Noon() + absl::Seconds(1)), policy);
  tries = *ChargeTry(tries, TryOf(Purpose::kSecondFactor, Noon()), policy);
  EXPECT_THAT(tries.by_purpose.at(0).at, ::testing::ElementsAre(Noon(), Noon() + absl::Seconds(1)));
}

// --- In a row (OTP-11) ---

TEST(Address, IsDisabledAfterAHundredWrongCodesInARow) {
  const Policy policy = Patient();
  const Tries tries = Charged(100, Purpose::kRecoveryClaim, policy);
  for (const Purpose purpose : kAll) {
    const absl::Status status = ChargeTry(tries, TryOf(purpose, Noon() + absl::Hours(1000)), policy).status();
    EXPECT_EQ(CheckEnabled(tries, purpose, "phone", policy), status);
    if (purpose != Purpose::kRecoveryClaim) {
      EXPECT_THAT(status, IsOk()) << "a recovery limit never blocks a sign-in (R11)";
    } else {
      EXPECT_THAT(status, Refused(kFailedPrecondition, Reason::kAddressDisabled));
      EXPECT_EQ(RetryAfterOf(status), std::nullopt) << "waiting does not help";
    }
    EXPECT_THAT(ChargeTry(tries, TryOf(purpose, Noon(), "another"), policy), IsOk());
  }
}

TEST(Address, IsCountedForEachPurposeByItself) {
  const Policy policy = Patient();
  Tries tries = Charged(99, Purpose::kRecoveryClaim, policy);
  tries = Charged(99, Purpose::kSecondFactor, policy, tries);
  EXPECT_THAT(ChargeTry(tries, TryOf(Purpose::kRecoveryClaim, Noon() + absl::Hours(1)), policy), IsOk());
  const Try signs_in = TryOf(Purpose::kSecondFactor, Noon() + absl::Hours(1));
  const Tries after = GiveBackTry(*ChargeTry(tries, signs_in, policy), signs_in);
  ASSERT_EQ(after.by_address.size(), 1u) << "a right code of one purpose says nothing of another";
  EXPECT_EQ(after.by_address.front().purpose, Purpose::kRecoveryClaim);
  EXPECT_EQ(after.by_address.front().count, 99);
}

TEST(Address, IsNotCountedByThoseWhoBindIt) {
  for (const Purpose purpose : {Purpose::kPhoneBinding, Purpose::kEmailBinding}) {
    EXPECT_EQ(InARowOf(Charged(15, purpose, Policy())), 0);
  }
}

TEST(Address, IsRefusedAfterThePerson) {
  Policy policy;
  policy.consecutive_failures = 15;
  EXPECT_THAT(ChargeTry(Charged(15, Purpose::kRecoveryClaim, policy), TryOf(Purpose::kRecoveryClaim), policy),
              Refused(kResourceExhausted, Reason::kPersonLimitReached));
}

TEST(Address, IsRevivedByItsOwnBindingOnly) {
  const Policy policy = Patient();
  const Tries disabled = Charged(100, Purpose::kRecoveryClaim, policy);
  for (const Purpose binds : {Purpose::kPhoneBinding, Purpose::kEmailBinding}) {
    const Try right = TryOf(binds, Noon() + absl::Hours(2));
    const Tries charged = *ChargeTry(disabled, right, policy);
    EXPECT_EQ(InARowOf(charged), 100);
    EXPECT_EQ(InARowOf(GiveBackTry(charged, right)), 0);
    const Try elsewhere = TryOf(binds, Noon(), "another");
    EXPECT_EQ(InARowOf(GiveBackTry(*ChargeTry(disabled, elsewhere, policy), elsewhere)), 100);
  }
}

// --- A right code (OTP-12) ---

TEST(RightCode, GivesItsOwnChargeBackAndBeginsTheAddressAnew) {
  const Policy policy;
  Tries tries = Charged(4, Purpose::kRecoveryClaim, policy);
  tries = *ChargeTry(tries, TryOf(Purpose::kRecoveryClaim, Noon(), "another"), policy);
  const Try right = TryOf(Purpose::kRecoveryClaim, Noon() + absl::Minutes(9));
  const Tries after = GiveBackTry(*ChargeTry(tries, right, policy), right);
  EXPECT_EQ(after.by_purpose, tries.by_purpose) << "the five failures stay";
  EXPECT_EQ(InARowOf(after), 0);
  EXPECT_EQ(InARowOf(after, "another"), 1);
}

TEST(RightCode, LeavesNothingOfAPersonWhoNeverFailed) {
  const Try right = TryOf(Purpose::kSecondFactor);
  EXPECT_TRUE(GiveBackTry(*ChargeTry({}, right, Policy()), right).empty());
}

TEST(RightCode, AsTheLastOfItsPersonLeavesOneAttempt) {
  const Policy policy;
  const Try last = TryOf(Purpose::kRecoveryClaim, Noon() + absl::Minutes(14));
  const Tries after = GiveBackTry(Charged(15, Purpose::kRecoveryClaim, policy), last);
  EXPECT_EQ(CountFor(after, Purpose::kRecoveryClaim), 14);
  EXPECT_THAT(ChargeTry(after, last, policy), IsOk());
}

TEST(RightCode, OfTwoAtTheSameMomentGivesBackOne) {
  const Policy policy;
  const Try same = TryOf(Purpose::kRecoveryClaim);
  const Tries two = *ChargeTry(*ChargeTry({}, same, policy), same, policy);
  EXPECT_EQ(CountFor(GiveBackTry(two, same), Purpose::kRecoveryClaim), 1);
}

// --- What is kept ---

TEST(Tries, EndPartByPart) {
  const Policy policy;
  const Tries tries = Charged(3, Purpose::kRecoveryClaim, policy);
  const absl::Time day = Noon() + absl::Minutes(2) + kPersonWindow;
  EXPECT_EQ(NextEndOf(tries, policy), day);
  const Tries next_day = CountingTries(tries, day, policy);
  EXPECT_EQ(CountFor(next_day, Purpose::kRecoveryClaim), 0);
  EXPECT_EQ(InARowOf(next_day), 3);
  const absl::Time year = Noon() + absl::Minutes(2) + kInARowKept;
  EXPECT_EQ(NextEndOf(next_day, policy), year);
  EXPECT_FALSE(CountingTries(tries, year - absl::Microseconds(1), policy).empty());
  EXPECT_TRUE(CountingTries(tries, year, policy).empty());
}

TEST(Tries, OfADisabledAddressNeverEnd) {
  const Policy policy = Patient();
  const absl::Time late = Noon() + 10 * kInARowKept;
  const Tries tries = CountingTries(Charged(100, Purpose::kRecoveryClaim, policy), late, policy);
  EXPECT_EQ(InARowOf(tries), 100);
  EXPECT_EQ(NextEndOf(tries, policy), absl::InfiniteFuture());
}

// --- Everybody's (OTP-14) ---

Window Sprayed(int count, const Policy& policy, absl::Time at = Noon()) {
  Window failures;
  for (int i = 0; i < count; ++i) failures = *ChargeSpray(failures, true, at, policy);
  return failures;
}

TEST(Spray, OfAThousandWithinAnHourNeedsAChallengeForTheNext) {
  const Policy policy;
  const Window failures = Sprayed(1000, policy);
  EXPECT_TRUE(SprayBraked(failures, Noon(), policy));
  EXPECT_THAT(ChargeSpray(failures, false, Noon(), policy),
              Refused(kFailedPrecondition, Reason::kChallengeRequired));
  EXPECT_FALSE(SprayBraked(Sprayed(999, policy), Noon(), policy));
  EXPECT_THAT(ChargeSpray(Sprayed(999, policy), false, Noon(), policy), IsOk());
}

TEST(Spray, GoesOnBeingCountedBehindAChallenge) {
  Policy policy;
  policy.failures_per_hour = 10;
  const Window failures = Sprayed(25, policy);
  EXPECT_EQ(CountIn(failures, Noon(), absl::Hours(1)), 25);
  EXPECT_TRUE(SprayBraked(GiveBackSpray(failures, Noon()), Noon(), policy));
}

TEST(Spray, IsOverWithinFiveMinutesOfTheHour) {
  Policy policy;
  policy.failures_per_hour = 10;
  const absl::Time last = Noon() + absl::Minutes(3);
  const Window failures = Sprayed(10, policy, last);
  EXPECT_TRUE(SprayBraked(failures, last + absl::Hours(1), policy));
  EXPECT_FALSE(SprayBraked(failures, last + absl::Hours(1) + absl::Minutes(5), policy));
}

TEST(Spray, DoesNotCountRightCodes) {
  Policy policy;
  policy.failures_per_hour = 10;
  Window failures = Sprayed(9, policy);
  const Window before = failures;
  for (int i = 0; i < 100; ++i) {
    const absl::StatusOr<Window> charged = ChargeSpray(failures, false, Noon(), policy);
    ASSERT_THAT(charged, IsOk());
    failures = GiveBackSpray(*charged, Noon());
  }
  EXPECT_EQ(failures, before);
}

}  // namespace
}  // namespace tc::otp

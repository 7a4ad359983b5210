// What wrong codes count in besides their verification: the person and the address (OTP-10 to OTP-13).

#include "services/otp/rpc/tries.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/tries_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;

Policy WithPersonLimit(int limit) {
  Policy policy = Spacious();
  policy.attempts_per_person = limit;
  return policy;
}
Policy WithRowLimit(int limit) {
  Policy policy = Spacious();
  policy.consecutive_failures = limit;
  return policy;
}

// --- The person ---

TEST(PersonLimit, StopsTheRightCodeAfterFifteenWrongOnesOverSeveralRequests) {  // OTP-10, OTP-11
  Bench bench(WithPersonLimit(15));
  const auto first = OwnRequest("v1"), second = OwnRequest("v2"), third = OwnRequest("v3");
  FailIn(bench, first, MadeIn(bench, first), 8);
  FailIn(bench, second, MadeIn(bench, second), 7);
  const std::string code = MadeIn(bench, third);
  const auto refused = CheckIn(bench, third, code);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kPersonLimitReached));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(24));
  EXPECT_EQ(bench.Get("v3")->progress().attempts_left(), 100000) << "neither evaluated nor charged";
  EXPECT_EQ(InARowOf(bench), 15);
  EXPECT_EQ(SprayOf(bench), 15);
}

TEST(PersonLimit, IsNotResetByResendOrANewVerification) {  // OTP-10
  Bench bench(WithPersonLimit(15));
  const auto request = OwnRequest("v1");
  std::string code = MadeIn(bench, request);
  for (int round = 0; round < 3; ++round) {
    FailIn(bench, request, code, 4);
    bench.clock.Advance(absl::Seconds(120));
    if (round < 2) {
      ASSERT_THAT(bench.Resend(), IsOk());
      code = bench.LastCode();
    }
  }
  auto again = OwnRequest("v2");
  again.set_request(request.request());
  bench.clock.Advance(absl::Seconds(180));
  code = MadeIn(bench, again);
  FailIn(bench, again, code, 3);
  EXPECT_THAT(CheckIn(bench, again, code), Refused(kResourceExhausted, Reason::kPersonLimitReached));
}

TEST(PersonLimit, OfARecoveryDoesNotStopASignIn) {
  Bench bench(WithPersonLimit(5));
  const auto claim = OwnRequest("v1"), sign_in = OwnRequest("v2", pb::PURPOSE_SECOND_FACTOR);
  const std::string claim_code = MadeIn(bench, claim);
  FailIn(bench, claim, claim_code, 5);
  ASSERT_THAT(CheckIn(bench, claim, claim_code), Refused(kResourceExhausted, Reason::kPersonLimitReached));
  EXPECT_TRUE(CheckIn(bench, sign_in, MadeIn(bench, sign_in))->matched());
  EXPECT_THAT(CheckIn(bench, claim, claim_code), Refused(kResourceExhausted, Reason::kPersonLimitReached))
      << "nor does a sign-in reset it";
}

TEST(PersonLimit, IsOverAfterTwentyFourHours) {
  Bench bench(WithPersonLimit(5));
  const auto first = OwnRequest("v1");
  FailIn(bench, first, MadeIn(bench, first), 5);
  bench.clock.Advance(absl::Hours(24));
  const auto second = OwnRequest("v2");
  EXPECT_TRUE(CheckIn(bench, second, MadeIn(bench, second))->matched());
}

TEST(PersonLimit, TakesTheRightCodeAsTheLastAttempt) {
  Bench bench(WithPersonLimit(5));
  const auto first = OwnRequest("v1"), second = OwnRequest("v2");
  const std::string code = MadeIn(bench, first);
  FailIn(bench, first, code, 4);
  EXPECT_TRUE(CheckIn(bench, first, code)->matched());
  EXPECT_EQ(FailuresOf(bench), 4u);
  EXPECT_TRUE(CheckIn(bench, second, MadeIn(bench, second))->matched()) << "one is left again";
}

TEST(PersonLimit, HoldsForADecoyAsForARealOne) {  // REC-01
  Bench bench(WithPersonLimit(5));
  auto decoy = OwnRequest("v1", pb::PURPOSE_RECOVERY_CLAIM, "claims/nobody");
  decoy.set_decoy(true);
  ASSERT_THAT(bench.Create(decoy), IsOk());
  for (int i = 0; i < 5; ++i) ASSERT_FALSE(CheckIn(bench, decoy, "123456")->matched());
  EXPECT_THAT(CheckIn(bench, decoy, "123456"), Refused(kResourceExhausted, Reason::kPersonLimitReached));
}

// --- Charges and what gives them back ---

TEST(RightCode, ResetsTheCountInARowAndNotThatOfTheDay) {  // OTP-12
  Bench bench(NoDelays());
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  FailIn(bench, request, code, 4);
  EXPECT_EQ(FailuresOf(bench), 4u);
  EXPECT_EQ(InARowOf(bench), 4);
  EXPECT_TRUE(CheckIn(bench, request, code)->matched());
  EXPECT_EQ(FailuresOf(bench), 4u);
  EXPECT_EQ(InARowOf(bench), 0);
  EXPECT_EQ(SprayOf(bench), 4);
}

TEST(RightCode, LeavesNoTrace) {
  Bench bench;
  const auto request = OwnRequest("v1");
  EXPECT_TRUE(CheckIn(bench, request, MadeIn(bench, request))->matched());
  EXPECT_TRUE(TriesOf(bench).empty());
  EXPECT_EQ(SprayOf(bench), 0);
}

TEST(RightCode, RepeatedGivesItsChargeBackOnce) {
  Bench bench(Spacious());
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  FailIn(bench, request, code, 3);
  const rpc::Call call = bench.From();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bench.Check(call, CheckOf(request, code))->matched());
  EXPECT_EQ(FailuresOf(bench), 3u);
  EXPECT_EQ(SprayOf(bench), 3);
}

TEST(WrongCode, RepeatedIsChargedOnceEverywhere) {
  Bench bench(Spacious());
  const auto request = OwnRequest("v1");
  const std::string wrong = WrongFor(MadeIn(bench, request));
  const rpc::Call call = bench.From();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(bench.Check(call, CheckOf(request, wrong))->matched());
  EXPECT_EQ(FailuresOf(bench), 1u);
  EXPECT_EQ(InARowOf(bench), 1);
  EXPECT_EQ(SprayOf(bench), 1);
}

TEST(WrongCode, RepeatedIsAnsweredEvenWhenTheLimitIsReached) {
  Bench bench(WithPersonLimit(5));
  const auto request = OwnRequest("v1");
  const std::string wrong = WrongFor(MadeIn(bench, request));
  const rpc::Call call = bench.From();
  ASSERT_OK_AND_ASSIGN(const auto first, bench.Check(call, CheckOf(request, wrong)));
  for (int i = 0; i < 4; ++i) ASSERT_THAT(CheckIn(bench, request, wrong), IsOk());
  ASSERT_THAT(CheckIn(bench, request, wrong), Refused(kResourceExhausted, Reason::kPersonLimitReached));
  ASSERT_OK_AND_ASSIGN(const auto again, bench.Check(call, CheckOf(request, wrong)));
  EXPECT_EQ(first.DebugString(), again.DebugString());
}

TEST(Refusal, ByTheVerificationItselfComesFirstAndCostsNothing) {  // OTP-13
  Policy policy;
  policy.attempts_per_person = 3;
  policy.failures_per_hour = 3;
  policy.consecutive_failures = 3;
  Bench bench(policy);
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  FailIn(bench, request, code, 3);
  EXPECT_THAT(CheckIn(bench, request, code), Refused(kResourceExhausted, Reason::kAttemptTooSoon));
  bench.clock.Advance(absl::Seconds(5));
  EXPECT_THAT(CheckIn(bench, request, code), Refused(kResourceExhausted, Reason::kPersonLimitReached));
  bench.clock.Advance(absl::Seconds(300));
  EXPECT_THAT(CheckIn(bench, request, code), Refused(kFailedPrecondition, Reason::kVerificationExpired));
  EXPECT_EQ(FailuresOf(bench), 3u);
  EXPECT_EQ(InARowOf(bench), 3);
  EXPECT_EQ(SprayOf(bench), 3);
}

TEST(Refusal, ByAddressComesBeforeTheChallenge) {
  Policy policy = Spacious();
  policy.failures_per_hour = policy.consecutive_failures = 3;
  Bench bench(policy);
  const auto alice = OwnRequest("v1"), bob = OwnRequest("v2", pb::PURPOSE_RECOVERY_CLAIM, "accounts/bob");
  const std::string bobs = MadeIn(bench, bob), alices = MadeIn(bench, alice);
  FailIn(bench, alice, alices, 3);
  EXPECT_THAT(CheckIn(bench, alice, alices), Refused(kFailedPrecondition, Reason::kAddressDisabled));
  EXPECT_THAT(CheckIn(bench, bob, bobs), Refused(kFailedPrecondition, Reason::kChallengeRequired));
  EXPECT_TRUE(TriesOf(bench, "accounts/bob").empty());
}

// --- In a row ---

TEST(DisabledAddress, IsThatOfTheHundredAndFirstWrongCodeInARow) {  // OTP-11
  Bench bench(WithRowLimit(100));
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  FailIn(bench, request, code, 100);
  EXPECT_THAT(CheckIn(bench, request, code), Refused(kFailedPrecondition, Reason::kAddressDisabled));
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 100000 - 100);
  EXPECT_EQ(FailuresOf(bench), 100u);
}

TEST(DisabledAddress, GetsNoCodeExceptThatOfItsBinding) {  // OTP-11
  Bench bench(WithRowLimit(10));
  const auto request = OwnRequest("v1");
  FailIn(bench, request, MadeIn(bench, request), 10);
  bench.clock.Advance(absl::Seconds(60));
  EXPECT_THAT(bench.Create(OwnRequest("v2", pb::PURPOSE_RECOVERY_CLAIM)),
              Refused(kFailedPrecondition, Reason::kAddressDisabled));
  EXPECT_THAT(bench.Create(OwnRequest("v6", pb::PURPOSE_RECOVERY_APPROVAL)), IsOk());
  EXPECT_THAT(bench.Create(OwnRequest("v7", pb::PURPOSE_SECOND_FACTOR)), IsOk())
      << "a recovery limit never blocks a sign-in (R11)";
  EXPECT_THAT(bench.Resend(), Refused(kFailedPrecondition, Reason::kAddressDisabled));
  EXPECT_THAT(bench.Create(OwnRequest("v3", pb::PURPOSE_RECOVERY_CLAIM, "accounts/bob")), IsOk())
      << "the same number of somebody else";
  auto elsewhere = OwnRequest("v4");
  elsewhere.set_phone("+79161234568");
  EXPECT_THAT(bench.Create(elsewhere), IsOk()) << "another number of the same person";
  EXPECT_THAT(bench.Create(OwnRequest("v5", pb::PURPOSE_PHONE_BINDING)), IsOk());
}

TEST(DisabledAddress, IsRevivedByItsBindingOnly) {  // OTP-11
  Bench bench(WithRowLimit(10));
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  FailIn(bench, request, code, 10);
  const auto still_disabled = [&] {
    return HasReason(bench.Create(OwnRequest("probe")).status(), Reason::kAddressDisabled);
  };

  auto other_number = OwnRequest("b1", pb::PURPOSE_PHONE_BINDING);
  other_number.set_phone("+79161234568");
  EXPECT_TRUE(CheckIn(bench, other_number, MadeIn(bench, other_number))->matched());
  EXPECT_TRUE(still_disabled());
  const auto other_person = OwnRequest("b2", pb::PURPOSE_PHONE_BINDING, "accounts/bob");
  EXPECT_TRUE(CheckIn(bench, other_person, MadeIn(bench, other_person))->matched());
  EXPECT_TRUE(still_disabled());
  const auto binding = OwnRequest("b3", pb::PURPOSE_PHONE_BINDING);
  const std::string binding_code = MadeIn(bench, binding);
  FailIn(bench, binding, binding_code, 12);
  EXPECT_TRUE(still_disabled());
  EXPECT_TRUE(CheckIn(bench, binding, binding_code)->matched());
  EXPECT_FALSE(still_disabled());
  EXPECT_TRUE(CheckIn(bench, request, code)->matched());
}

// --- What is kept ---

TEST(TriesRecords, GoWithTheirTimers) {
  Bench bench;
  const auto request = OwnRequest("v1");
  FailIn(bench, request, MadeIn(bench, request), 2);
  bench.clock.Advance(absl::Hours(24));
  bench.RunTimers();
  EXPECT_EQ(FailuresOf(bench), 0u);
  EXPECT_EQ(InARowOf(bench), 2);
  bench.clock.Advance(kInARowKept);
  bench.RunTimers();
  EXPECT_TRUE(TriesOf(bench).empty());
}

}  // namespace
}  // namespace tc::otp

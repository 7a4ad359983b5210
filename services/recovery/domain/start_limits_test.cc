#include "services/recovery/domain/start_limits.h"

#include <gtest/gtest.h>

#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::InState;
using testing::Noon;
using testing::PolicyOf;

const PublicId kId = PublicId::FromTrusted("recovery-1");

Recovery Ended(State state, absl::Time at, State from = State::kContactCodeSent) {
  Recovery recovery = InState(state);
  recovery.ended_at = at;
  recovery.ended_from = from;
  return recovery;
}

TEST(MayStart, OnceAtATime) {
  const StartLedger ledger = AfterStart({}, kId, Noon());
  EXPECT_TRUE(MayStart({}, PolicyOf("gosuslugi"), Noon()));
  EXPECT_FALSE(MayStart(ledger, PolicyOf("gosuslugi"), Noon()));
  EXPECT_TRUE(MayStart(AfterEnd(ledger, Ended(State::kCancelled, Noon())), PolicyOf("gosuslugi"), Noon()));
}

TEST(MayStart, ThreeTimesInTwentyFourHours) {
  StartLedger ledger;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(MayStart(ledger, PolicyOf("gosuslugi"), Noon() + absl::Minutes(i)));
    ledger = AfterEnd(AfterStart(ledger, kId, Noon() + absl::Minutes(i)), Ended(State::kCancelled, Noon()));
  }
  EXPECT_FALSE(MayStart(ledger, PolicyOf("gosuslugi"), Noon() + absl::Hours(24) - absl::Milliseconds(1)));
  EXPECT_TRUE(MayStart(ledger, PolicyOf("gosuslugi"), Noon() + absl::Hours(24)));
}

TEST(AfterWithdrawal, GivesTheStartBack) {
  Recovery recovery = testing::Begun();
  const StartLedger ledger = AfterStart({}, recovery.id, recovery.created_at);
  EXPECT_EQ(AfterWithdrawal(ledger, recovery), StartLedger());
}

TEST(AfterEnd, CoolsDownForLongerEachTime) {
  const Policy policy = PolicyOf("gosuslugi");
  StartLedger ledger;
  absl::Time at = Noon();
  for (const absl::Duration wait : {absl::Minutes(15), absl::Hours(1), absl::Hours(24), absl::Hours(24)}) {
    ledger.starts.clear();
    ledger = AfterEnd(ledger, Ended(State::kRejected, at));
    EXPECT_FALSE(MayStart(ledger, policy, at + wait - absl::Milliseconds(1)));
    EXPECT_TRUE(MayStart(ledger, policy, at + wait));
    at += absl::Minutes(1);
  }
}

TEST(AfterEnd, ForgetsFailuresAfterADay) {
  const StartLedger once = AfterEnd({}, Ended(State::kRejected, Noon()));
  const absl::Time next_day = Noon() + absl::Hours(24);
  EXPECT_EQ(AfterEnd(once, Ended(State::kRejected, next_day)).closed_until, next_day + absl::Minutes(15));
}

TEST(AfterEnd, ForgetsFailuresAfterASuccess) {
  const StartLedger failed = AfterEnd({}, Ended(State::kRejected, Noon()));
  EXPECT_TRUE(AfterEnd(failed, Ended(State::kCompleted, Noon())).failures.empty());
}

TEST(AfterEnd, FreezesForADayAfterFraud) {
  Recovery fraud = Ended(State::kRejected, Noon());
  fraud.reject_reason = RejectReason::kFraud;
  EXPECT_EQ(AfterEnd({}, fraud).closed_until, Noon() + absl::Hours(24));
}

struct FailureCase {
  State state;
  State from;
  bool failure;
};
class IsFailureTest : public ::testing::TestWithParam<FailureCase> {};
TEST_P(IsFailureTest, CountsWhatTheContactDidNotConfirm) {
  EXPECT_EQ(IsFailure(Ended(GetParam().state, Noon(), GetParam().from)), GetParam().failure);
}
INSTANTIATE_TEST_SUITE_P(All, IsFailureTest,
                         ::testing::Values(FailureCase{State::kRejected, State::kAwaitingContact, true},
                                           FailureCase{State::kLocked, State::kAwaitingOwnCode, true},
                                           FailureCase{State::kExpired, State::kAwaitingContact, true},
                                           FailureCase{State::kExpired, State::kContactCodeSent, true},
                                           FailureCase{State::kExpired, State::kAwaitingOwnCode, false},
                                           FailureCase{State::kExpired, State::kApproved, false},
                                           FailureCase{State::kExpired, State::kHeld, false},
                                           FailureCase{State::kCancelled, State::kAwaitingContact, false},
                                           FailureCase{State::kCompleted, State::kApproved, false}));

TEST(AfterEnd, FreesTheSlotOfThisRecoveryOnly) {
  const StartLedger other = AfterStart({}, PublicId::FromTrusted("recovery-2"), Noon());
  EXPECT_EQ(AfterEnd(other, Ended(State::kCancelled, Noon())).open.text(), "recovery-2");
}

TEST(CheckPurpose, TakesWhatThePolicyGuardsAndAlwaysThePassword) {  // R13
  const Policy closed = testing::PolicyOf("gosuslugi");
  const Policy removal = testing::PolicyOf("gosuslugi", {{"recovery.purpose_contact_removal", "1"}});
  EXPECT_TRUE(CheckPurpose(closed, Purpose::kPassword).ok());
  for (const Purpose purpose : {Purpose::kPhoneChange, Purpose::kContactRemoval, Purpose::kUnfreeze}) {
    EXPECT_THAT(CheckPurpose(closed, purpose),
                testing::Refused(absl::StatusCode::kFailedPrecondition, Reason::kPurposeNotEnabled));
    EXPECT_EQ(CheckPurpose(removal, purpose).ok(), purpose == Purpose::kContactRemoval);
  }
}

}  // namespace
}  // namespace tc::recovery

#include "services/recovery/domain/grant.h"

#include <gtest/gtest.h>

#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Approved;
using testing::InState;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

constexpr char kHash[] = "grant-hash";

Recovery Marked(absl::Time at = Noon()) { return *BeginRedemption(Approved(), kHash, "r1", at); }

TEST(BeginRedemption, MarksTheRecovery) {
  const Recovery marked = Marked();
  EXPECT_EQ(marked.state, State::kApproved);
  EXPECT_EQ(marked.grant.redemption, (Redemption{"r1", Noon(), Noon(), absl::InfinitePast(), false}));
}

TEST(BeginRedemption, RefusesAnotherGrant) {
  EXPECT_THAT(BeginRedemption(Approved(), "other", "r1", Noon()),
              Refused(kPermissionDenied, Reason::kGrantInvalid));
  EXPECT_THAT(BeginRedemption(Approved(), "", "r1", Noon()),
              Refused(kPermissionDenied, Reason::kGrantInvalid));
}

class WithoutAGrant : public ::testing::TestWithParam<State> {};
TEST_P(WithoutAGrant, NothingIsRedeemed) {
  EXPECT_EQ(BeginRedemption(InState(GetParam()), "", "r1", Noon()).status().code(), kFailedPrecondition);
  EXPECT_EQ(BeginRedemption(InState(GetParam()), kHash, "r1", Noon()).status().code(), kFailedPrecondition);
}
INSTANTIATE_TEST_SUITE_P(All, WithoutAGrant,
                         ::testing::Values(State::kAwaitingOwnCode, State::kAwaitingContact,
                                           State::kContactCodeSent, State::kHeld, State::kInPerson,
                                           State::kRejected, State::kExpired, State::kCancelled,
                                           State::kLocked));

TEST(BeginRedemption, ExpiresAtTheVeryMoment) {
  const absl::Time end = Noon() + absl::Minutes(15);
  EXPECT_THAT(BeginRedemption(Approved(), kHash, "r1", end - absl::Milliseconds(1)), IsOk());
  EXPECT_THAT(BeginRedemption(Approved(), kHash, "r1", end),
              Refused(kFailedPrecondition, Reason::kGrantExpired));
}

TEST(BeginRedemption, LetsTheSameCallGoOnWithTheSameProof) {
  const auto again = BeginRedemption(Marked(), kHash, "r1", Noon() + absl::Seconds(49));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->grant.redemption->started_at, Noon());
  const auto late = BeginRedemption(Marked(), kHash, "r1", Noon() + absl::Seconds(50));
  EXPECT_EQ(late->grant.redemption->started_at, Noon() + absl::Seconds(50));
  EXPECT_FALSE(late->grant.redemption->mixed);
}

TEST(BeginRedemption, KeepsAnotherCallOutForFifteenSeconds) {
  const auto early = BeginRedemption(Marked(), kHash, "r2", Noon() + absl::Seconds(14));
  EXPECT_THAT(early, Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
  EXPECT_EQ(RetryAfterOf(early.status()), absl::Seconds(1));
  const auto over = BeginRedemption(Marked(), kHash, "r2", Noon() + absl::Seconds(15));
  ASSERT_THAT(over, IsOk());
  EXPECT_EQ(over->grant.redemption->redeemer, "r2");
  EXPECT_TRUE(over->grant.redemption->mixed);
}

TEST(BeginRedemption, RefusesAUsedGrant) {
  const Recovery completed = *Complete(Marked(), Noon());
  EXPECT_THAT(BeginRedemption(completed, kHash, "r2", Noon()),
              Refused(kFailedPrecondition, Reason::kGrantUsed));
}

TEST(Complete, EndsTheRecovery) {
  const auto completed = Complete(Marked(), Noon() + absl::Seconds(1));
  ASSERT_THAT(completed, IsOk());
  EXPECT_EQ(completed->state, State::kCompleted);
  EXPECT_FALSE(completed->grant.redemption.has_value());
}

TEST(Complete, IsNotTakenAwayByTheClock) {
  // The grant runs out one second after the redemption began; identity answers two seconds later.
  const Recovery marked = Marked(Noon() + absl::Minutes(15) - absl::Seconds(1));
  EXPECT_EQ(AsOf(marked, Noon() + absl::Minutes(15) + absl::Seconds(2)).state, State::kApproved);
  EXPECT_THAT(Complete(marked, Noon() + absl::Minutes(15) + absl::Seconds(2)), IsOk());
  EXPECT_THAT(Complete(marked, Noon() + absl::Hours(1)), IsOk());  // done is done
}

TEST(ARedemption, KeepsTheRecoveryOpenForAMinuteAndNotLonger) {
  const Recovery marked = Marked(Noon() + absl::Minutes(15) - absl::Seconds(1));
  const absl::Time settled = Noon() + absl::Minutes(15) - absl::Seconds(1) + kRedemptionSettles;
  EXPECT_EQ(AsOf(marked, settled - absl::Milliseconds(1)).state, State::kApproved);
  EXPECT_EQ(AsOf(marked, settled).state, State::kExpired);
}

TEST(RefusePassword, LeavesTheRecoveryOpenTwice) {
  Recovery recovery = Marked();
  for (int refused = 1; refused <= 2; ++refused) {
    recovery = *RefusePassword(recovery, *recovery.grant.redemption, Noon());
    EXPECT_EQ(recovery.state, State::kApproved);
    EXPECT_EQ(PasswordsLeft(recovery), 3 - refused);
    EXPECT_FALSE(recovery.grant.redemption.has_value());
    recovery = *BeginRedemption(recovery, kHash, "r", Noon());
  }
  recovery = *RefusePassword(recovery, *recovery.grant.redemption, Noon());
  EXPECT_EQ(recovery.state, State::kLocked);
  EXPECT_THAT(BeginRedemption(recovery, kHash, "r", Noon()),
              Refused(kFailedPrecondition, Reason::kGrantBurnt));
}

TEST(RefusePassword, CountsOneRedemptionOnce) {
  const Recovery marked = Marked();
  const Recovery once = *RefusePassword(marked, *marked.grant.redemption, Noon());
  EXPECT_EQ(*RefusePassword(once, *marked.grant.redemption, Noon()), once);
}

TEST(BeginRedemption, KeepsAnotherCallOutAsLongAsTheLastRepetitionMayBeUnderWay) {
  const Recovery again = *BeginRedemption(Marked(), kHash, "r1", Noon() + absl::Seconds(20));
  EXPECT_EQ(again.grant.redemption->started_at, Noon()) << "the same proof";
  EXPECT_THAT(BeginRedemption(again, kHash, "r2", Noon() + absl::Seconds(34)),
              Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
  EXPECT_THAT(BeginRedemption(again, kHash, "r2", Noon() + absl::Seconds(35)), IsOk());
}

TEST(AbandonRedemption, ClearsItsOwnMarkOnly) {
  const Recovery marked = Marked();
  EXPECT_FALSE(AbandonRedemption(marked, *marked.grant.redemption, Noon()).grant.redemption.has_value());
  Redemption other = *marked.grant.redemption;
  other.redeemer = "r2";
  EXPECT_EQ(AbandonRedemption(marked, other, Noon()), marked);
}

TEST(AbandonRedemption, LeavesTheMarkOfALaterRepetition) {
  const Recovery marked = Marked();
  const Recovery again = *BeginRedemption(marked, kHash, "r1", Noon() + absl::Seconds(1));
  EXPECT_EQ(AbandonRedemption(again, *marked.grant.redemption, Noon() + absl::Seconds(2)), again);
}

TEST(AbandonRedemption, LeavesTheMarkWhileAnEarlierCallMayStillSetThePassword) {
  const Recovery again = *BeginRedemption(Marked(), kHash, "r1", Noon() + absl::Seconds(10));
  const Redemption redemption = *again.grant.redemption;
  EXPECT_EQ(AbandonRedemption(again, redemption, Noon() + absl::Seconds(14)), again);
  EXPECT_FALSE(AbandonRedemption(again, redemption, Noon() + absl::Seconds(15)).grant.redemption.has_value());
}

TEST(CompleteUsed, IsMineWhereNobodyElseHasEverBeenAtIt) {
  const Recovery marked = Marked();
  const auto used = CompleteUsed(marked, *marked.grant.redemption, Noon());
  ASSERT_THAT(used, IsOk());
  EXPECT_TRUE(used->mine);
  EXPECT_EQ(used->next.state, State::kCompleted);
}

TEST(CompleteUsed, IsMineAlsoForACallThatWasOvertakenByItsOwnRepetition) {
  const Recovery marked = Marked();
  const Recovery again = *BeginRedemption(marked, kHash, "r1", Noon() + absl::Seconds(55));
  EXPECT_TRUE(CompleteUsed(again, *marked.grant.redemption, Noon() + absl::Seconds(56))->mine);
}

TEST(CompleteUsed, IsNotMineWhenAnotherCallHasTakenOverMeanwhile) {
  const Recovery marked = Marked();
  const Recovery taken = *BeginRedemption(marked, kHash, "r2", Noon() + absl::Seconds(15));
  const auto used = CompleteUsed(taken, *marked.grant.redemption, Noon() + absl::Seconds(16));
  ASSERT_THAT(used, IsOk());
  EXPECT_FALSE(used->mine);
  EXPECT_EQ(used->next.state, State::kCompleted) << "a password was set, whoever's";
  EXPECT_FALSE(CompleteUsed(taken, *taken.grant.redemption, Noon() + absl::Seconds(16))->mine);
}

// R13: the id of a deed follows from the mark, so the mark must not move while its outcome is unknown.
TEST(ADeed, KeepsTheTimeOfItsFirstMarkWhoeverUsesTheGrant) {
  Recovery approved = testing::Approved();
  approved.purpose = Purpose::kPhoneChange;
  const Recovery first = *BeginRedemption(approved, "grant-hash", "one", Noon());
  const Recovery again = *BeginRedemption(first, "grant-hash", "one", Noon() + absl::Seconds(55));
  EXPECT_EQ(again.grant.redemption->started_at, Noon());
  const Recovery taken = *BeginRedemption(first, "grant-hash", "two", Noon() + kTakeOverAfter);
  EXPECT_EQ(taken.grant.redemption->started_at, Noon());
  EXPECT_EQ(taken.grant.redemption->redeemer, "two");
}

TEST(ADeed, ThatWasRefusedIsMarkedAnew) {
  Recovery approved = testing::Approved();
  approved.purpose = Purpose::kUnfreeze;
  const Recovery marked = *BeginRedemption(approved, "grant-hash", "one", Noon());
  const Recovery free = AbandonRedemption(marked, *marked.grant.redemption, Noon());
  const Recovery again = *BeginRedemption(free, "grant-hash", "one", Noon() + absl::Seconds(5));
  EXPECT_EQ(again.grant.redemption->started_at, Noon() + absl::Seconds(5));
}

}  // namespace
}  // namespace tc::recovery

#include "services/linking/domain/protection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"
#include "services/linking/domain/verdict.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;

const absl::Time kNow = absl::FromUnixSeconds(1'770'000'000);

Policy Numbers() { return MakePolicy(*ResolvePolicy(PolicyKeys(), "gosuslugi", {})); }

Link Leaving(absl::Time removal_at) {
  Link link;
  link.state = LinkState::kRemovalPending;
  link.removal_at = removal_at;
  return link;
}

TEST(Hold, LivesUntilItsEndAndNotAtIt) {
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"r", kNow + absl::Hours(1)}, kNow), IsOk());
  EXPECT_TRUE(RecoveryOpen(protection, kNow));
  EXPECT_TRUE(RecoveryOpen(protection, kNow + absl::Hours(1) - absl::Milliseconds(1)));
  EXPECT_FALSE(RecoveryOpen(protection, kNow + absl::Hours(1)));
  EXPECT_THAT(RequireNoOpenRecovery(protection, kNow), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_THAT(RequireNoOpenRecovery(protection, kNow + absl::Hours(1)), IsOk());
}

TEST(Hold, OfTheSameRecoveryIsMovedNotDoubled) {
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"r", kNow + absl::Hours(1)}, kNow), IsOk());
  ASSERT_THAT(AddHold(protection, {"r", kNow + absl::Hours(2)}, kNow), IsOk());
  EXPECT_EQ(protection.holds.size(), 1u);
  EXPECT_TRUE(RecoveryOpen(protection, kNow + absl::Minutes(90)));
}

TEST(AHold, IsNeverMadeShorterByACallThatComesLate) {
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"r", kNow + absl::Hours(72)}, kNow), IsOk());
  ASSERT_THAT(AddHold(protection, {"r", kNow + absl::Hours(24)}, kNow), IsOk());
  EXPECT_TRUE(RecoveryOpen(protection, kNow + absl::Hours(72) - absl::Milliseconds(1)));
  EXPECT_FALSE(RecoveryOpen(protection, kNow + absl::Hours(72)));
}

TEST(Hold, EndsWithItsRecoveryOnly) {
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"one", kNow + absl::Hours(1)}, kNow), IsOk());
  ASSERT_THAT(AddHold(protection, {"two", kNow + absl::Hours(1)}, kNow), IsOk());
  EXPECT_TRUE(EndHold(protection, "one"));
  EXPECT_FALSE(EndHold(protection, "one"));
  EXPECT_TRUE(RecoveryOpen(protection, kNow)) << "the other one still holds";
  EXPECT_TRUE(EndHold(protection, "two"));
  EXPECT_FALSE(RecoveryOpen(protection, kNow));
}

TEST(Hold, IsLimitedToEightLivingOnes) {
  Protection protection;
  for (int i = 0; i < 8; ++i) {
    ASSERT_THAT(AddHold(protection, {absl::StrCat("r", i), kNow + absl::Hours(1)}, kNow), IsOk());
  }
  EXPECT_THAT(AddHold(protection, {"ninth", kNow + absl::Hours(1)}, kNow),
              Refused(kResourceExhausted, Reason::kRateLimited));
  const absl::Time later = kNow + absl::Hours(1);
  EXPECT_THAT(AddHold(protection, {"ninth", later + absl::Hours(1)}, later), IsOk())
      << "those that are over make room";
  EXPECT_EQ(protection.holds.size(), 1u);
}

TEST(PendingRemoval, TakesEffectAtItsTime) {
  const Link link = Leaving(kNow + absl::Hours(24));
  EXPECT_EQ(StateAt(link, Protection(), kNow + absl::Hours(24) - absl::Milliseconds(1)),
            LinkState::kRemovalPending);
  EXPECT_EQ(StateAt(link, Protection(), kNow + absl::Hours(24)), LinkState::kRemoved);
}

TEST(PendingRemoval, WaitsForAnOpenRecovery) {
  const Link link = Leaving(kNow + absl::Hours(1));
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"r", kNow + absl::Hours(3)}, kNow), IsOk());
  EXPECT_EQ(StateAt(link, protection, kNow + absl::Hours(2)), LinkState::kRemovalPending);
  EXPECT_EQ(RemovalDue(link, protection), kNow + absl::Hours(3));
  EXPECT_EQ(StateAt(link, protection, kNow + absl::Hours(3)), LinkState::kRemoved);
}

TEST(PendingRemoval, IsNotHastenedByAHoldThatEndsEarlier) {
  const Link link = Leaving(kNow + absl::Hours(5));
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"r", kNow + absl::Hours(3)}, kNow), IsOk());
  EXPECT_EQ(RemovalDue(link, protection), kNow + absl::Hours(5));
}

TEST(PendingRemoval, IsTheOnlyStateThatTimeChanges) {
  for (const LinkState state :
       {LinkState::kActive, LinkState::kSuspended, LinkState::kRemoved, LinkState::kResigned}) {
    Link link = Leaving(kNow);
    link.state = state;
    EXPECT_EQ(StateAt(link, Protection(), kNow + absl::Hours(9000)), state);
    EXPECT_EQ(RemovalDue(link, Protection()), absl::InfiniteFuture());
  }
}

TEST(MayInvite, ByAPrincipalWithoutContactAndInvitation) {
  EXPECT_THAT(MayInvite(Protection(), Numbers(), kNow), IsOk());
}

TEST(MayInvite, NotByOneWhoHasAContact) {
  Protection protection;
  protection.link = LinkId::FromTrusted("l");
  EXPECT_THAT(MayInvite(protection, Numbers(), kNow),
              Refused(kFailedPrecondition, Reason::kContactAlreadyLinked));
  EXPECT_THAT(MayBeGuarded(protection, kNow), Refused(kFailedPrecondition, Reason::kContactAlreadyLinked));
}

TEST(MayInvite, NotWhileAnInvitationIsOpen) {
  Protection protection;
  protection.pending = InvitationId::FromTrusted("i");
  EXPECT_THAT(MayInvite(protection, Numbers(), kNow),
              Refused(kFailedPrecondition, Reason::kInvitationPending));
  EXPECT_THAT(MayBeGuarded(protection, kNow), IsOk());
}

TEST(MayInvite, FiveTimesInTwentyFourHours) {
  Protection protection;
  for (int i = 0; i < 4; ++i) protection.recent_invitations.push_back(kNow + absl::Hours(i));
  const absl::Time now = kNow + absl::Hours(10);
  EXPECT_THAT(MayInvite(protection, Numbers(), now), IsOk());
  protection.recent_invitations.push_back(kNow + absl::Hours(4));
  EXPECT_THAT(MayInvite(protection, Numbers(), now),
              Refused(kResourceExhausted, Reason::kInvitationLimitReached));
  EXPECT_THAT(MayInvite(protection, Numbers(), kNow + absl::Hours(24)), IsOk())
      << "the first has left the window";
}

constexpr absl::Duration kDay = absl::Hours(24);

Link Guarding(LinkState state = LinkState::kActive) {
  Link link;
  link.state = state;
  return link;
}

TEST(Freeze, OfTwoEndsTheLaterCountsAndNobodyIsBoundForEver) {
  Protection protection;
  Freeze(protection, kNow + kDay, kNow);
  Freeze(protection, kNow + absl::Hours(1), kNow);
  EXPECT_EQ(protection.frozen_until, kNow + kDay);
  Freeze(protection, kNow + 1000 * kDay, kNow);
  Restrict(protection, kNow + 1000 * kDay, kNow);
  EXPECT_EQ(protection.frozen_until, kNow + kLongestFreeze);
  EXPECT_EQ(protection.restricted_until, kNow + kLongestFreeze);
}

struct Bond {
  const char* what;
  Reason reason;
  void (*bind)(Protection&, absl::Time, absl::Time);
};
const Bond kBonds[] = {{"L10: danger", Reason::kAccountFrozen, Freeze},
                       {"REC-18: recovered", Reason::kRestrictedAfterRecovery, Restrict}};

TEST(Bond, RefusesEveryChangeOfTheContactUntilItsEndAndNotAtIt) {
  for (const Bond& bond : kBonds) {
    Protection protection;
    bond.bind(protection, kNow + kDay, kNow);
    const absl::Time last = kNow + kDay - absl::Milliseconds(1);
    for (const absl::Status& refused :
         {MayInvite(protection, Numbers(), last), MayRemove(protection, Numbers(), last),
          RequireChangeable(protection, last)}) {
      EXPECT_THAT(refused, Refused(kFailedPrecondition, bond.reason)) << bond.what;
      EXPECT_EQ(RetryAfterOf(refused), absl::Milliseconds(1)) << bond.what;
    }
    EXPECT_EQ(MayBeGuarded(protection, last), NotForYouNow()) << "the contact learns no particulars";
    for (const absl::Status& allowed :
         {MayInvite(protection, Numbers(), kNow + kDay), MayRemove(protection, Numbers(), kNow + kDay),
          MayBeGuarded(protection, kNow + kDay)}) {
      EXPECT_THAT(allowed, IsOk()) << bond.what;
    }
  }
}

TEST(Bond, DelaysAPendingRemoval) {
  for (const Bond& bond : kBonds) {
    Protection protection;
    bond.bind(protection, kNow + kDay, kNow);
    EXPECT_EQ(RemovalDue(Leaving(kNow + absl::Hours(1)), protection), kNow + kDay) << bond.what;
    EXPECT_EQ(RemovalDue(Leaving(kNow + 2 * kDay), protection), kNow + 2 * kDay) << "hastens nothing";
    EXPECT_EQ(RemovalDue(Guarding(), protection), absl::InfiniteFuture());
  }
}

TEST(MayBeGuarded, NotWhileARecoveryIsOpenThatHasBegunWithoutAContact) {
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"r", kNow + kDay}, kNow), IsOk());
  EXPECT_EQ(MayBeGuarded(protection, kNow), NotForYouNow());
  EXPECT_THAT(MayInvite(protection, Numbers(), kNow), IsOk()) << "an invitation changes nothing yet";
  EXPECT_THAT(MayBeGuarded(protection, kNow + kDay), IsOk());
}

TEST(MayRemove, NotWithoutTheContactsConsentWhereThePolicyDemandsIt) {
  Policy policy = Numbers();
  EXPECT_THAT(MayRemove(Protection(), policy, kNow), IsOk());
  policy.removal_confirmed = true;
  const absl::Status refused = MayRemove(Protection(), policy, kNow);
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kConfirmationRequired));
  EXPECT_EQ(MetadataOf(refused, "purpose"), "CONTACT_REMOVAL");
}

TEST(MayConfirmRemoval, NotAgainstAnotherRecoveryOrInDanger) {
  Protection protection;
  ASSERT_THAT(AddHold(protection, {"own", kNow + kDay}, kNow), IsOk());
  EXPECT_THAT(MayConfirmRemoval(protection, "own", kNow), IsOk());
  ASSERT_THAT(AddHold(protection, {"other", kNow + absl::Hours(1)}, kNow), IsOk());
  EXPECT_THAT(MayConfirmRemoval(protection, "own", kNow),
              Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_THAT(MayConfirmRemoval(protection, "own", kNow + absl::Hours(1)), IsOk());
  Freeze(protection, kNow + kDay, kNow);
  EXPECT_THAT(MayConfirmRemoval(protection, "own", kNow + absl::Hours(1)),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

TEST(ReportDanger, FreezesOnceInTwentyFourHoursInEveryStateThatGuards) {  // L10
  for (const LinkState state : kAllLinkStates) {
    Protection protection;
    const auto reported = ReportDanger(Guarding(state), protection, Numbers(), kNow);
    if (!Guards(state)) {
      EXPECT_THAT(reported, Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
      EXPECT_EQ(protection, Protection());
      continue;
    }
    ASSERT_THAT(reported, IsOk());
    EXPECT_EQ(reported->state, state);
    EXPECT_EQ(protection.frozen_until, kNow + kDay);
    const absl::Time soon = kNow + kDay - absl::Milliseconds(1);
    const auto again = ReportDanger(*reported, protection, Numbers(), soon);
    EXPECT_THAT(again, Refused(kResourceExhausted, Reason::kRateLimited));
    EXPECT_EQ(RetryAfterOf(again.status()), absl::Milliseconds(1));
    EXPECT_THAT(ReportDanger(*reported, protection, Numbers(), kNow + kDay), IsOk());
    EXPECT_EQ(protection.frozen_until, kNow + 2 * kDay);
  }
}

}  // namespace
}  // namespace tc::linking

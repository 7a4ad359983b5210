#include "services/linking/domain/protection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"

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
  EXPECT_THAT(MayBeGuarded(protection), Refused(kFailedPrecondition, Reason::kContactAlreadyLinked));
}

TEST(MayInvite, NotWhileAnInvitationIsOpen) {
  Protection protection;
  protection.pending = InvitationId::FromTrusted("i");
  EXPECT_THAT(MayInvite(protection, Numbers(), kNow),
              Refused(kFailedPrecondition, Reason::kInvitationPending));
  EXPECT_THAT(MayBeGuarded(protection), IsOk());
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

}  // namespace
}  // namespace tc::linking

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kResourceExhausted;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

std::map<std::string, std::string> Ended(const std::string& recovery, const std::string& principal) {
  return {{"recovery", recovery}, {"principal", principal}};
}

TEST(GetGuard, TellsWhoGuardsSinceWhen) {
  World world;
  const pb::Link link = world.Link("alice", "bob");
  const pb::Guard guard = world.Guard("alice");
  EXPECT_TRUE(guard.guarded());
  EXPECT_EQ(guard.principal(), "accounts/alice");
  EXPECT_EQ(guard.link(), link.name());
  EXPECT_EQ(guard.contact(), "accounts/bob");
  EXPECT_EQ(guard.guard_since().seconds(), absl::ToUnixSeconds(world.now()));
  EXPECT_EQ(guard.masked_contact(), "Борис С.");
  EXPECT_EQ(guard.link_state(), pb::LINK_STATE_ACTIVE);
}

TEST(GetGuard, OfAnAccountNeverHeardOfIsNobody) {
  World world;
  const pb::Guard guard = world.Guard("stranger");
  EXPECT_FALSE(guard.guarded());
  EXPECT_EQ(guard.principal(), "accounts/stranger");
  EXPECT_THAT(guard.link(), IsEmpty());
  EXPECT_THAT(guard.contact(), IsEmpty());
  pb::GetGuardRequest in;
  in.set_principal("stranger");
  EXPECT_THAT(world.handlers().GetGuard(world.Recovery(), in), Violates("NAME_INVALID"));
}

TEST(GetGuard, CountsASuspendedLink) {
  World world;
  const pb::Link link = world.Link("alice", "bob");
  ASSERT_THAT(world.database().Update([&](kv::Txn& txn) -> absl::Status {
    LinkRow row = TRY(world.stores().links.Get(txn, *LinkId::ParseName(link.name())));
    row.link = TRY(Apply(row.link, LinkTrigger::kSuspend, Actor::kService, world.now()));
    row.link.suspend_reason = SuspendReason::kContactNotEligible;
    return world.stores().links.Save(txn, row);
  }),
              IsOk());
  EXPECT_TRUE(world.Guard("alice").guarded());
  EXPECT_EQ(world.Guard("alice").link_state(), pb::LINK_STATE_SUSPENDED);
  const auto seen = world.TrustedContact("alice");
  EXPECT_EQ(seen->suspend_reason(), pb::SUSPEND_REASON_CONTACT_NOT_ELIGIBLE);
  EXPECT_THAT(world.Invite("alice", "carol"), Refused(kFailedPrecondition, Reason::kContactAlreadyLinked));
  EXPECT_THAT(world.Resign("bob", link.name()), IsOk());
}

TEST(HoldGuard, ForbidsBothSidesToEndTheLink) {
  World world;
  const pb::Link link = world.Link("alice", "bob");
  const auto guard = world.Hold("alice", "rec-1", absl::Hours(24));
  ASSERT_THAT(guard, IsOk());
  EXPECT_EQ(guard->contact(), "accounts/bob");
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_THAT(world.Resign("bob", link.name()), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_TRUE(world.Guard("alice").guarded());
}

TEST(HoldGuard, OfOnePrincipalLeavesTheContactsOtherLinksFree) {
  World world;
  world.Link("alice", "bob");
  const pb::Link other = world.Link("carol", "bob");
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  EXPECT_THAT(world.Resign("bob", other.name()), IsOk());
}

TEST(HoldGuard, EndsWithTheRecovery) {
  World world;
  world.Link("alice", "bob");
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-2", "alice")), IsOk());
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRecoveryOpen))
      << "another recovery";
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "carol")), IsOk());
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRecoveryOpen))
      << "another principal";
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk());
  EXPECT_THAT(world.Remove("alice"), IsOk());
}

TEST(HoldGuard, EndsAtItsTimeWhenNoNewsCome) {
  World world;
  world.Link("alice", "bob");
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(1)), IsOk());
  world.clock().Advance(absl::Hours(1) - absl::Milliseconds(1));
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_THAT(world.Remove("alice"), IsOk());
}

TEST(HoldGuard, IsMovedByASecondCallForTheSameRecovery) {
  World world;
  world.Link("alice", "bob");
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(1)), IsOk());
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(3)), IsOk());
  world.clock().Advance(absl::Hours(2));
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
}

TEST(HoldGuard, HoldsNothingWhereNobodyGuards) {
  World world;
  const auto guard = world.Hold("alice", "rec-1", absl::Hours(24));
  ASSERT_THAT(guard, IsOk());
  EXPECT_FALSE(guard->guarded());
  world.Link("alice", "bob");
  EXPECT_THAT(world.Remove("alice"), IsOk());
}

TEST(HoldGuard, ListsEveryMistakeOfTheRequestAtOnce) {
  World world;
  const auto refused = world.handlers().HoldGuard(world.Recovery(), {});
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_EQ(ViolationsOf(refused.status()).size(), 3u);
  EXPECT_THAT(world.Hold("alice", "rec-1", absl::Hours(49)), Violates("TIME_TOO_FAR"));
  EXPECT_THAT(world.Hold("alice", "rec-1", absl::Hours(48)), IsOk());
  pb::HoldGuardRequest in;
  in.set_principal("accounts/alice");
  in.set_recovery("rec-1");
  in.mutable_until()->set_nanos(-1);
  EXPECT_THAT(world.handlers().HoldGuard(world.Recovery(), in), Violates("TIME_INVALID"));
}

TEST(HoldGuard, OfTooManyRecoveriesIsRefused) {
  World world;
  world.Link("alice", "bob");
  for (int i = 0; i < 8; ++i)
    ASSERT_THAT(world.Hold("alice", absl::StrCat("rec-", i), absl::Hours(1)), IsOk());
  EXPECT_THAT(world.Hold("alice", "rec-8", absl::Hours(1)),
              Refused(kResourceExhausted, Reason::kRateLimited));
}

TEST(HoldGuard, KeepsAPendingRemovalFromTakingEffect) {
  World world(TestPolicy("strict"));
  world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(absl::Hours(23));
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  world.clock().Advance(absl::Hours(2));
  world.RunTimers();
  EXPECT_TRUE(world.Guard("alice").guarded()) << "the removal was due an hour ago, but a recovery is open";
  world.clock().Advance(absl::Hours(22) - absl::Milliseconds(1));
  world.RunTimers();
  EXPECT_TRUE(world.Guard("alice").guarded());
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_FALSE(world.Guard("alice").guarded());
  world.RunTimers();
  EXPECT_EQ(world.EventTypes().back(), "LinkRemoved") << "the timer came again when the hold ended";
}

TEST(RecoveryEnded, CompletesARemovalThatWaitedForIt) {
  World world(TestPolicy("strict"));
  const pb::Link link = world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(absl::Hours(23));
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  world.clock().Advance(absl::Hours(3));
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk());
  EXPECT_EQ(world.EventTypes().back(), "LinkRemoved");
  EXPECT_FALSE(world.Guard("alice").guarded());
  pb::ListLinkHistoryRequest in;
  in.set_view(pb::LINK_VIEW_AS_PRINCIPAL);
  const auto history = world.handlers().ListLinkHistory(world.As("alice"), in);
  EXPECT_EQ(history->links(0).end_time().seconds(), absl::ToUnixSeconds(world.now()))
      << "the history says that he guarded until now";
}

TEST(RecoveryEnded, BeforeTheRemovalIsDueLeavesItPending) {
  World world(TestPolicy("strict"));
  world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk());
  EXPECT_EQ(world.Guard("alice").link_state(), pb::LINK_STATE_REMOVAL_PENDING);
  world.clock().Advance(absl::Hours(24));
  world.RunTimers();
  EXPECT_FALSE(world.Guard("alice").guarded());
}

TEST(News, ThatSayNothingToUsDoNotStopTheFollower) {
  World world;
  world.Link("alice", "bob");
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  EXPECT_THAT(world.News("RecoveryApproved", Ended("rec-1", "alice")), IsOk());
  EXPECT_THAT(world.News("RecoveryEnded", {}), IsOk());
  EXPECT_THAT(world.News("RecoveryEnded", {{"recovery", "rec-1"}}), IsOk());
  EXPECT_THAT(world.News("RecoveryEnded", {{"principal", "alice"}}), IsOk());
  EXPECT_THAT(world.News("RecoveryEnded", Ended("rec-1", "not an account")), IsOk());
  EXPECT_THAT(world.News("RecoveryEnded", Ended("rec-1", "nobody")), IsOk());
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
}

}  // namespace
}  // namespace tc::linking

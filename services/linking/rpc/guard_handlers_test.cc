#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/acts.h"
#include "services/linking/domain/verdict.h"
#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kResourceExhausted;
using ::testing::ElementsAre;
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

// L8: who guarded is answered by the history.
TEST(GetGuardAt, TellsWhoGuardedThen) {
  World world;
  const absl::Time begin = world.now();
  const pb::Link first = world.Link("alice", "bob");
  world.clock().Advance(absl::Hours(1));
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(absl::Hours(1));
  const pb::Link second = world.Link("alice", "carol");
  world.clock().Advance(absl::Hours(1));

  EXPECT_FALSE(world.GuardAt("alice", begin - absl::Seconds(1))->guarded());
  const auto then = world.GuardAt("alice", begin + absl::Minutes(59));
  EXPECT_EQ(then->link(), first.name());
  EXPECT_EQ(then->contact(), "accounts/bob");
  EXPECT_EQ(then->masked_contact(), "Борис С.");
  EXPECT_EQ(then->link_state(), pb::LINK_STATE_ACTIVE);
  EXPECT_FALSE(world.GuardAt("alice", begin + absl::Hours(1))->guarded());
  EXPECT_FALSE(world.GuardAt("alice", begin + absl::Minutes(90))->guarded());
  EXPECT_EQ(world.GuardAt("alice", begin + absl::Hours(2))->link(), second.name());
  EXPECT_EQ(world.GuardAt("alice", world.now())->link(), second.name());
}

TEST(GetGuardAt, LooksThroughAsManyLinksAsThereWere) {
  World world;
  const absl::Time begin = world.now();
  std::vector<std::string> links;
  for (int i = 0; i < 45; ++i) {
    links.push_back(world.Link("alice", "bob").name());
    world.clock().Advance(absl::Hours(12));
    ASSERT_THAT(world.Remove("alice"), IsOk());
    world.clock().Advance(absl::Hours(12));
  }
  for (const int i : {0, 1, 20, 44}) {
    const absl::Time day = begin + i * absl::Hours(24);
    EXPECT_EQ(world.GuardAt("alice", day)->link(), links[static_cast<size_t>(i)]);
    EXPECT_FALSE(world.GuardAt("alice", day + absl::Hours(13))->guarded());
  }
}

TEST(GetGuardAt, RefusesATimeToCome) {
  World world;
  EXPECT_THAT(world.GuardAt("alice", world.now() + absl::Seconds(1)), Violates("TIME_FUTURE"));
  pb::GetGuardRequest in;
  in.set_principal("nobody");
  in.mutable_at()->set_seconds(absl::ToUnixSeconds(world.now()) + 1);
  const auto refused = world.handlers().GetGuard(world.Recovery(), in);
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_EQ(ViolationsOf(refused.status()).size(), 2u);
}

TEST(RemoveGuard, EndsAtOnceTheLinkThatTheContactHasAgreedToEnd) {
  World world(TestPolicy("strict"));
  const std::string link = world.Link("alice", "bob").name();
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  const auto guard = world.RemoveGuard("alice", link, "rec-1");
  ASSERT_THAT(guard, IsOk()) << "its own hold does not stand against it";
  EXPECT_FALSE(guard->guarded());
  EXPECT_FALSE(world.Guard("alice").guarded());
  EXPECT_THAT(world.Principals("bob"), IsEmpty());
  EXPECT_THAT(world.RemoveGuard("alice", link, "rec-1"), IsOk()) << "what has ended is an answer";
}

TEST(RemoveGuard, IsRefusedForAnotherRecoverysHoldAStrangersLinkAndInDanger) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  const std::string other = world.Link("carol", "bob").name();
  ASSERT_THAT(world.Hold("alice", "rec-2", absl::Hours(1)), IsOk());
  EXPECT_THAT(world.RemoveGuard("alice", link, "rec-1"), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_THAT(world.RemoveGuard("alice", other, "rec-2"),
              Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.RemoveGuard("alice", "links/absent", "rec-2"),
              Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
  ASSERT_THAT(world.ReportDanger("bob", link), IsOk());
  EXPECT_THAT(world.RemoveGuard("alice", link, "rec-2"),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
  EXPECT_TRUE(world.Guard("alice").guarded());
  pb::RemoveGuardRequest none;
  EXPECT_EQ(ViolationsOf(world.handlers().RemoveGuard(world.Recovery(), none).status()).size(), 3u);
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

// A recovery that has begun without a contact must not come to its end beside one: he was never asked.
TEST(HoldGuard, WhereNobodyGuardsLetsNobodyBeginToGuard) {
  World world;
  const auto guard = world.Hold("alice", "rec-1", absl::Hours(24));
  ASSERT_THAT(guard, IsOk());
  EXPECT_FALSE(guard->guarded());
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(invitation, IsOk()) << "an invitation changes nothing yet";
  const auto refused = world.Accept("bob", invitation->name());
  EXPECT_EQ(refused.status(), NotForYouNow()) << "the contact learns nothing of the recovery";
  EXPECT_FALSE(world.Guard("alice").guarded());
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk());
  EXPECT_THAT(world.Accept("bob", invitation->name()), IsOk());
}

TEST(HoldGuard, IsEnteredInTheAuditLogAndSoIsItsEndWithTheRecovery) {  // LOG-01
  testing::Acts acts;
  World world(TestPolicy(), {.run_twice = true, .ledger = &acts});
  const std::string link = world.Link("alice", "bob").name().substr(sizeof("links/") - 1);
  const std::string until = absl::StrCat(absl::ToUnixMicros(world.now() + absl::Hours(3)));
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(3)), IsOk());
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(1)), IsOk()) << "makes it no shorter";
  ASSERT_THAT(world.Hold("carol", "rec-2", absl::Hours(3)), IsOk()) << "whom nobody guards";
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk());
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk()) << "there is no such hold now";
  const std::string held =
      absl::StrCat("GuardHeld accounts/alice {link=", link, " recovery=rec-1 until=", until, "} of alice");
  EXPECT_THAT(
      testing::Acts::Of(world.database(), {"GuardHeld", "GuardReleased"}),
      ElementsAre(held, held,
                  absl::StrCat("GuardHeld accounts/carol {recovery=rec-2 until=", until, "} of carol"),
                  absl::StrCat("GuardReleased accounts/alice {link=", link, " recovery=rec-1} of alice")));
}

TEST(HoldGuard, ListsEveryMistakeOfTheRequestAtOnce) {
  World world;
  const auto refused = world.handlers().HoldGuard(world.Recovery(), {});
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_EQ(ViolationsOf(refused.status()).size(), 3u);
  EXPECT_THAT(refused, Violates("TIME_MISSING"));
  EXPECT_THAT(world.Hold("alice", "rec-1", absl::Hours(121)), Violates("TIME_TOO_FAR"));
  EXPECT_THAT(world.Hold("alice", "rec-1", absl::Hours(120)), IsOk());
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

std::string Micros(absl::Time time) { return absl::StrCat(absl::ToUnixMicros(time)); }

// REC-18: after a recovered password the contact stays for three days.
TEST(RecoveryCompleted, KeepsTheContactUntilTheRestrictionIsOver) {
  World world;
  world.Link("alice", "bob");
  const absl::Time until = world.now() + absl::Hours(72);
  ASSERT_THAT(world.News("RecoveryCompleted", {{"recovery", "rec-1"},
                                               {"principal", "alice"},
                                               {"purpose", "PASSWORD"},
                                               {"restricted_until", Micros(until)}}),
              IsOk());
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk());
  const auto refused = world.Remove("alice");
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(72));
  world.clock().Advance(absl::Hours(72));
  EXPECT_THAT(world.Remove("alice"), IsOk());
}

TEST(RecoveryRejected, ForFraudFreezesTheContact) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(world.News("RecoveryRejected", {{"recovery", "rec-1"},
                                              {"principal", "alice"},
                                              {"reason", "FRAUD"},
                                              {"frozen_until", Micros(world.now() + absl::Minutes(20))}}),
              IsOk());
  EXPECT_EQ(world.Accept("bob", invitation->name()).status(), NotForYouNow());
  ASSERT_THAT(world.Cancel("alice", invitation->name()), IsOk()) << "this takes nobody away";
  EXPECT_THAT(world.Invite("alice", "bob"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
  world.clock().Advance(absl::Minutes(20));
  EXPECT_THAT(world.Invite("alice", "bob"), IsOk());
}

TEST(RecoveryCompleted, KeepsAPendingRemovalFromTakingEffect) {
  World world(TestPolicy("strict"));
  world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(2)), IsOk());
  ASSERT_THAT(world.News("RecoveryCompleted", {{"principal", "alice"},
                                               {"restricted_until", Micros(world.now() + absl::Hours(72))}}),
              IsOk());
  ASSERT_THAT(world.News("RecoveryEnded", Ended("rec-1", "alice")), IsOk());
  world.clock().Advance(absl::Hours(72) - absl::Milliseconds(1));
  world.RunTimers();
  EXPECT_EQ(world.Guard("alice").link_state(), pb::LINK_STATE_REMOVAL_PENDING);
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_FALSE(world.Guard("alice").guarded());
  world.RunTimers();
  EXPECT_EQ(world.EventTypes().back(), "LinkRemoved");
}

TEST(RecoveryNews, WithoutATimeBindNobody) {
  World world;
  world.Link("alice", "bob");
  for (const std::string text : {"", "soon", "99999999999999999999999"}) {
    EXPECT_THAT(world.News("RecoveryCompleted", {{"principal", "alice"}, {"restricted_until", text}}),
                IsOk());
    EXPECT_THAT(world.News("RecoveryRejected", {{"principal", "alice"}, {"frozen_until", text}}), IsOk());
  }
  EXPECT_THAT(world.Remove("alice"), IsOk());
}

// A password may have been set in a recovery that expired while it was being set: nobody knows.
TEST(RecoveryEnded, KeepsTheContactWhereAPasswordMayHaveBeenSet) {
  World world;
  world.Link("alice", "bob");
  ASSERT_THAT(world.Hold("alice", "rec-1", absl::Hours(2)), IsOk());
  ASSERT_THAT(world.News("RecoveryEnded", {{"recovery", "rec-1"},
                                           {"principal", "alice"},
                                           {"restricted_until", Micros(world.now() + absl::Hours(72))}}),
              IsOk());
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
}

TEST(RecoveryNews, BindNobodyForEver) {
  World world;
  world.Link("alice", "bob");
  ASSERT_THAT(world.News("RecoveryRejected", {{"principal", "alice"},
                                              {"frozen_until", Micros(world.now() + absl::Hours(90000))}}),
              IsOk());
  world.clock().Advance(kLongestFreeze);
  EXPECT_THAT(world.Remove("alice"), IsOk());
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

#include <gtest/gtest.h>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using testing::Faults;
using testing::IsOk;
using testing::Refused;
using ::testing::UnorderedElementsAre;
using testing::Violates;
using testing::World;

TEST(CompleteRecovery, SetsThePasswordAndSignsNobodyIn) {
  World world;
  const World::Case c = world.ToApproved();
  const auto completed = world.Complete(c.name, c.grant, "new password");
  ASSERT_THAT(completed, IsOk());
  EXPECT_EQ(completed->state(), pb::RECOVERY_STATE_COMPLETED);
  EXPECT_EQ(completed->grant(), "");
  EXPECT_EQ(world.identity.password_of("alice"), "new password");
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryAwaitingContact", "RecoveryApproved",
                                              "RecoveryCompleted", "RecoveryEnded"));
  world.RunOutbox();
  std::vector<std::string> told;
  for (const auto& sent : world.identity.notices) {
    if (sent.notice.kind == NoticeKind::kCompleted) told.push_back(sent.notice.receiver.text());
  }
  EXPECT_THAT(told, UnorderedElementsAre("alice", "bob"));
}

TEST(CompleteRecovery, WorksWhereNobodyGuards) {
  World world;
  const World::Case c = world.ToApprovedUnguarded();
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
  EXPECT_EQ(world.identity.password_of("dave"), "new password");
}

TEST(CompleteRecovery, TakesAGrantOnce) {
  World world;
  const World::Case c = world.ToApproved();
  ASSERT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
  EXPECT_THAT(world.Complete(c.name, c.grant, "other password"),
              Refused(kFailedPrecondition, Reason::kGrantUsed));
  EXPECT_EQ(world.identity.password_of("alice"), "new password");
}

TEST(CompleteRecovery, TakesNoOtherGrant) {
  World world;
  const World::Case alice = world.ToApproved();
  const World::Case dave = world.ToApprovedUnguarded();
  EXPECT_THAT(world.Complete(alice.name, dave.grant, "new password"),
              Refused(kPermissionDenied, Reason::kGrantInvalid));
  EXPECT_THAT(world.Complete(alice.name, alice.name.substr(11), "new password"),
              Refused(kPermissionDenied, Reason::kGrantInvalid));
  EXPECT_EQ(world.identity.resets(), 0);
  EXPECT_THAT(world.Cancel(alice.name), IsOk());  // and marks nothing
}

TEST(CompleteRecovery, NamesEveryMistake) {
  World world;
  const auto refused = world.Complete("recoveries/", "", std::string(1025, 'x'));
  for (const char* reason : {"NAME_INVALID", "GRANT_FORMAT", "PASSWORD_LENGTH"})
    EXPECT_THAT(refused, Violates(reason));
}

TEST(CompleteRecovery, ExpiresAtTheVeryMoment) {
  World world;
  const World::Case c = world.ToApproved();
  world.clock.Advance(absl::Minutes(15));
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"),
              Refused(kFailedPrecondition, Reason::kGrantExpired));
  EXPECT_EQ(world.Get(c.name)->grant(), "");
}

TEST(CompleteRecovery, GivesBackEveryViolationAndBurnsAtTheThird) {
  World world;
  const World::Case c = world.ToApproved();
  for (int left = 2; left >= 1; --left) {
    const auto refused = world.Complete(c.name, c.grant, "weak");
    EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kPasswordPolicyViolated));
    EXPECT_EQ(ViolationsOf(refused.status()).size(), 2U);
    EXPECT_EQ(MetadataOf(refused.status(), "passwords_left"), absl::StrCat(left));
    EXPECT_EQ(world.Get(c.name)->passwords_left(), left);
  }
  EXPECT_THAT(world.Complete(c.name, c.grant, "weak"), Refused(kFailedPrecondition, Reason::kGrantBurnt));
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_LOCKED);
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"),
              Refused(kFailedPrecondition, Reason::kGrantBurnt));
  EXPECT_EQ(world.identity.resets(), 0);
}

TEST(CompleteRecovery, TakesAGoodPasswordAfterARefusedOne) {
  World world;
  const World::Case c = world.ToApproved();
  EXPECT_THAT(world.Complete(c.name, c.grant, "weak"),
              Refused(kInvalidArgument, Reason::kPasswordPolicyViolated));
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
}

TEST(CompleteRecovery, MayBeCancelledAfterARefusedPassword) {
  World world;
  const World::Case c = world.ToApproved();
  EXPECT_THAT(world.Complete(c.name, c.grant, "weak"),
              Refused(kInvalidArgument, Reason::kPasswordPolicyViolated));
  EXPECT_THAT(world.Cancel(c.name), IsOk());
}

TEST(CompleteRecovery, PassesOnThatTheAccountIsBlocked) {
  World world;
  const World::Case c = world.ToApproved();
  world.identity.account("alice").active = false;
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"),
              Refused(kFailedPrecondition, Reason::kAccountBlocked));
  EXPECT_EQ(world.Get(c.name)->passwords_left(), 3);
  EXPECT_THAT(world.CancelAs("alice"), IsOk());
}

TEST(CompleteRecovery, CannotBeCancelledWhileItsOutcomeIsUnknown) {
  World world;
  const World::Case c = world.ToApproved();
  world.faults.Arm(1, Faults::When::kAfter);
  const rpc::Call call = world.Portal();
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password", call),
              Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_THAT(world.CancelAs("alice"), Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
  EXPECT_THAT(world.Complete(c.name, c.grant, "other password"),
              Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password", call), IsOk());
  EXPECT_EQ(world.identity.password_of("alice"), "new password");
  EXPECT_EQ(world.identity.resets(), 1);
}

TEST(CompleteRecovery, EndsWellWhenTheSameCallComesLate) {
  World world;
  const World::Case c = world.ToApproved();
  world.faults.Arm(1, Faults::When::kAfter);
  rpc::Call call = world.Portal();
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password", call),
              Refused(kUnavailable, Reason::kPeerUnavailable));
  world.clock.Advance(
      absl::Seconds(55));  // a new proof is made; identity says that the recovery's word is used
  call.now = world.clock.Now();
  const auto completed = world.Complete(c.name, c.grant, "new password", call);
  ASSERT_THAT(completed, IsOk());
  EXPECT_EQ(completed->state(), pb::RECOVERY_STATE_COMPLETED);
  EXPECT_EQ(world.identity.resets(), 1);
}

TEST(CompleteRecovery, IsTakenOverWhenTheFirstCallNeverReachedIdentity) {
  World world;
  const World::Case c = world.ToApproved();
  world.faults.Arm(1, Faults::When::kBefore);
  EXPECT_THAT(world.Complete(c.name, c.grant, "lost password"),
              Refused(kUnavailable, Reason::kPeerUnavailable));
  world.clock.Advance(absl::Seconds(15));
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
  EXPECT_EQ(world.identity.password_of("alice"), "new password");
}

TEST(CompleteRecovery, TellsTheSecondCallThatTheFirstOnesPasswordWasSet) {
  World world;
  const World::Case c = world.ToApproved();
  world.faults.Arm(1, Faults::When::kAfter);
  EXPECT_THAT(world.Complete(c.name, c.grant, "first password"),
              Refused(kUnavailable, Reason::kPeerUnavailable));
  world.clock.Advance(absl::Seconds(15));
  EXPECT_THAT(world.Complete(c.name, c.grant, "second password"),
              Refused(kFailedPrecondition, Reason::kGrantUsed));
  EXPECT_EQ(world.identity.password_of("alice"), "first password");
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_COMPLETED);
}

TEST(CompleteRecovery, NeedsAnApproval) {
  World world;
  const std::string name = world.Start(testing::kAlicePhone)->name();
  EXPECT_THAT(world.Complete(name, "grant", "new password"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  const World::Case c = world.ToApprovedUnguarded();
  ASSERT_THAT(world.Cancel(c.name), IsOk());
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"),
              Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  EXPECT_EQ(world.identity.resets(), 0);
}

}  // namespace
}  // namespace tc::recovery

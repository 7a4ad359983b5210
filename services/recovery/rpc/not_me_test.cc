// "This was not me": the token in the principal's notices (R8, REC-19).

#include <gtest/gtest.h>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Faults;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kNobodysPhone;
using testing::Refused;
using testing::World;

TEST(NotMe, CancelsFromEveryStateThatCanBeCancelled) {
  for (World::Case (World::*way)() : {&World::ToContact, &World::ToContactCode, &World::ToApproved}) {
    World world;
    const World::Case c = (world.*way)();
    const auto cancelled = world.SayNotMe(world.NotMeTokenOf("alice"));
    ASSERT_THAT(cancelled, IsOk());
    EXPECT_EQ(cancelled->state(), pb::RECOVERY_STATE_CANCELLED);
    EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CANCELLED);
    EXPECT_EQ(world.Events().back().attributes.at("by"), "NOT_ME");
  }
}

TEST(NotMe, CancelsWhatIsHeld) {
  World world;
  const World::Case c = world.ToContactCode();
  world.linking.guards["alice"] = {};
  EXPECT_FALSE(world.SendCode("bob", c.assigned).ok());
  ASSERT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_HELD);
  EXPECT_THAT(world.SayNotMe(world.NotMeTokenOf("alice")), IsOk());
}

TEST(NotMe, KnowsNoOtherToken) {
  World world;
  const World::Case c = world.ToContact();
  const std::string unknown = world.Start(kNobodysPhone)->name();  // a decoy has no token
  const auto stranger = world.SayNotMe(std::string(22, 'x'));
  EXPECT_THAT(stranger, Refused(kNotFound, Reason::kNotFound));
  for (const std::string& token :
       {std::string(), std::string("x"), std::string(22, ' '), std::string(23, 'x'), std::string(5000, 'x'),
        c.name.substr(c.name.find('/') + 1), c.assigned.substr(c.assigned.find('/') + 1),
        unknown.substr(unknown.find('/') + 1)}) {
    EXPECT_EQ(world.SayNotMe(token).status(), stranger.status()) << token;
  }
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
}

TEST(NotMe, IsGivenToNobodyBeforeTheOwnCodeIsProved) {  // REC-02
  World world;
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.NotMeTokenOf("alice"), "");
}

TEST(NotMe, ThatComesAfterTheEndIsToldWhichEndItWas) {
  World world;
  const World::Case c = world.ToApproved();
  const std::string token = world.NotMeTokenOf("alice");
  ASSERT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
  const auto late = world.SayNotMe(token);
  EXPECT_THAT(late, Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  EXPECT_EQ(MetadataOf(late.status(), "state"), "COMPLETED");
}

TEST(NotMe, IsTooLateWhileTheGrantIsBeingUsed) {
  World world;
  const World::Case c = world.ToApproved();
  const std::string token = world.NotMeTokenOf("alice");
  world.faults.Arm(1, Faults::When::kBefore);
  EXPECT_FALSE(world.Complete(c.name, c.grant, "new password").ok());
  EXPECT_THAT(world.SayNotMe(token), Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
}

TEST(NotMe, LeadsNowhereOnceTheRecoveryIsRemoved) {
  World world;
  world.ToApproved();
  const std::string token = world.NotMeTokenOf("alice");
  ASSERT_THAT(world.SayNotMe(token), IsOk());
  EXPECT_THAT(world.SayNotMe(token), Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  world.clock.Advance(absl::Hours(24 * 31));
  world.RunTimers();
  EXPECT_THAT(world.SayNotMe(token), Refused(kNotFound, Reason::kNotFound));
}

}  // namespace
}  // namespace tc::recovery

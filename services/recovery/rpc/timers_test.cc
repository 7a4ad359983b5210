#include "services/recovery/rpc/timers.h"

#include <gtest/gtest.h>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using testing::Faults;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::kAlicePhone;
using testing::Refused;
using testing::World;

TEST(Expiry, OfAnUnprovedClaimIsSilent) {
  World world;
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  world.clock.Advance(absl::Minutes(30));
  EXPECT_EQ(world.RunTimers(), 1);
  EXPECT_THAT(world.Events(), IsEmpty());
}

TEST(Expiry, OfAnUnansweredRecoveryIsTold) {
  World world;
  const World::Case c = world.ToContactCode();
  world.clock.Advance(absl::Hours(24) - absl::Seconds(61));
  EXPECT_EQ(world.RunTimers(), 2);  // two reminders
  world.clock.Advance(absl::Seconds(61));
  EXPECT_EQ(world.RunTimers(), 1);
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryAwaitingContact", "RecoveryEnded"));
  EXPECT_EQ(world.Events().back().attributes.at("state"), "EXPIRED");
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_EXPIRED);
  EXPECT_EQ(world.Get(c.name)->grant(), "");
}

TEST(Expiry, OfAGrantIsTold) {
  World world;
  world.ToApproved();
  world.clock.Advance(absl::Minutes(15));
  EXPECT_EQ(world.RunTimers(), 1);
  EXPECT_EQ(world.Events().back().type, "RecoveryEnded");
}

TEST(Expiry, IsAppliedOnceWhenItsTimerRunsTwice) {
  World world;
  world.ToContact();
  world.clock.Advance(absl::Hours(24));
  world.RunTimers();
  world.RunTimers();
  EXPECT_EQ(world.EventTypes().size(), 2U);
}

TEST(Expiry, WaitsForARedemptionThatIsUnderWay) {
  World world;
  const World::Case c = world.ToApproved();
  world.clock.Advance(absl::Minutes(15) - absl::Seconds(1));
  const rpc::Call call = world.Portal();
  world.faults.Arm(1, Faults::When::kAfter);
  EXPECT_FALSE(world.Complete(c.name, c.grant, "new password", call).ok());
  world.clock.Advance(absl::Seconds(10));
  EXPECT_EQ(world.RunTimers(), 0);
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_APPROVED);
  world.clock.Advance(absl::Seconds(50));
  EXPECT_EQ(world.RunTimers(), 1);
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_EXPIRED);
}

TEST(AHoldTakenForNothing, IsEndedAndEndedOnceMore) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.faults.Arm(4, Faults::When::kAfter);  // linking holds, and its answer is lost
  EXPECT_FALSE(world.Verify(name, world.otp.CodeTo(kAlicePhone)).ok());
  world.faults.Clear();
  ASSERT_THAT(world.Cancel(name), IsOk());
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryEnded"));
  world.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(world.RunTimers(), 1);
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryEnded", "RecoveryEnded"));
  EXPECT_EQ(world.Events()[0].attributes, world.Events()[1].attributes);
}

TEST(EveryEnd, AfterAHoldIsTold) {
  const std::vector<std::function<void(World&, const World::Case&)>> ends = {
      [](World& w, const World::Case& c) { EXPECT_THAT(w.Cancel(c.name), IsOk()); },
      [](World& w, const World::Case&) { EXPECT_THAT(w.CancelAs("alice"), IsOk()); },
      [](World& w, const World::Case& c) {
        EXPECT_THAT(w.Reject("bob", c.assigned, pb::REJECT_REASON_OTHER), IsOk());
      },
      [](World& w, const World::Case& c) {
        for (int i = 0; i < 5; ++i) EXPECT_FALSE(w.Approve("bob", c.assigned, absl::StrCat("99999", i)).ok());
      },
      [](World& w, const World::Case&) {
        w.clock.Advance(absl::Hours(24));
        w.RunTimers();
      },
      [](World& w, const World::Case& c) {
        EXPECT_THAT(w.Approve("bob", c.assigned, w.otp.CodeTo(testing::kBobPhone)), IsOk());
        EXPECT_THAT(w.Complete(c.name, w.Get(c.name)->grant(), "new password"), IsOk());
      },
      [](World& w, const World::Case& c) {
        EXPECT_THAT(w.Approve("bob", c.assigned, w.otp.CodeTo(testing::kBobPhone)), IsOk());
        for (int i = 0; i < 3; ++i) EXPECT_FALSE(w.Complete(c.name, w.Get(c.name)->grant(), "weak").ok());
      },
  };
  for (const auto& end : ends) {
    World world;
    const World::Case c = world.ToContactCode();
    end(world, c);
    EXPECT_EQ(world.Events().back().type, "RecoveryEnded");
    EXPECT_EQ(world.Events().back().attributes.at("recovery"), c.assigned.substr(c.assigned.find('/') + 1));
    EXPECT_EQ(world.Events().back().attributes.at("principal"), "alice");
  }
}

// How often bob was told that somebody waits for him: asked, and reminded.
std::pair<int, int> AskedAndReminded(World& world) {
  world.RunOutbox();
  int asked = 0;
  int reminded = 0;
  for (const NoticeMessage& sent : world.identity.notices) {
    asked += sent.notice.kind == NoticeKind::kAwaitingContact ? 1 : 0;
    reminded += sent.notice.kind == NoticeKind::kReminder ? 1 : 0;
  }
  world.identity.notices.clear();
  return {asked, reminded};
}
void Pass(World& world, absl::Duration time) {
  world.clock.Advance(time);
  world.RunTimers();
}
using Counts = std::pair<int, int>;

TEST(Reminders, ComeAtHalfAndNineTenthsOfTheTime) {  // NTF-07
  World world;
  world.ToContact();
  EXPECT_EQ(AskedAndReminded(world), Counts(1, 0));
  Pass(world, absl::Hours(12) - absl::Seconds(1));
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 0));
  Pass(world, absl::Seconds(1));
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 1));
  Pass(world, absl::Minutes(576) - absl::Seconds(1));  // 21 h 36 min
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 0));
  Pass(world, absl::Seconds(1));
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 1));
  Pass(world, absl::Hours(10));
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 0));
}

TEST(Reminders, ComeWhileTheCodeIsOut) {
  World world;
  world.ToContactCode();
  Pass(world, absl::Hours(12));
  EXPECT_EQ(AskedAndReminded(world), Counts(1, 1));
}

TEST(Reminders, DoNotComeAfterTheEndOrWhileItIsHeld) {
  const std::vector<std::function<void(World&, const World::Case&)>> stops = {
      [](World& w, const World::Case& c) { EXPECT_THAT(w.Cancel(c.name), IsOk()); },
      [](World& w, const World::Case& c) {
        EXPECT_THAT(w.Reject("bob", c.assigned, pb::REJECT_REASON_OTHER), IsOk());
      },
      [](World& w, const World::Case& c) {
        EXPECT_THAT(w.Approve("bob", c.assigned, w.otp.CodeTo(testing::kBobPhone)), IsOk());
      },
      [](World& w, const World::Case& c) {
        w.linking.guards["alice"] = {};
        EXPECT_FALSE(w.SendCode("bob", c.assigned).ok());
        EXPECT_EQ(w.Get(c.name)->state(), pb::RECOVERY_STATE_HELD);
      },
  };
  for (const auto& stop : stops) {
    World world;
    stop(world, world.ToContactCode());
    AskedAndReminded(world);
    Pass(world, absl::Hours(12));
    Pass(world, absl::Hours(10));
    EXPECT_EQ(AskedAndReminded(world), Counts(0, 0));
  }
}

TEST(Reminders, CountAnewFromARelease) {  // at most three messages for one asking
  World world;
  const World::Case c = world.ToContact();
  AskedAndReminded(world);
  world.clock.Advance(absl::Hours(2));
  pb::HoldRecoveryRequest hold;
  hold.set_name(c.assigned);
  hold.set_comment("looks odd");
  ASSERT_THAT(world.handlers.HoldRecovery(world.Portal(), hold), IsOk());
  world.clock.Advance(absl::Hours(2));
  pb::ReleaseRecoveryRequest release;
  release.set_name(c.assigned);
  release.set_comment("is not");
  ASSERT_THAT(world.handlers.ReleaseRecovery(world.Portal(), release), IsOk());
  EXPECT_EQ(AskedAndReminded(world), Counts(1, 0));
  Pass(world, absl::Hours(8));  // half of the first asking
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 0));
  Pass(world, absl::Hours(2));
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 1));
  Pass(world, absl::Hours(9));
  EXPECT_EQ(AskedAndReminded(world), Counts(0, 1));
}

TEST(Purge, RemovesWhatHasBeenKeptLongEnough) {
  World world;
  const World::Case c = world.ToApproved();
  ASSERT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
  world.clock.Advance(absl::Hours(24 * 30) - absl::Seconds(1));
  world.RunTimers();
  EXPECT_THAT(world.Get(c.name), IsOk());
  world.clock.Advance(absl::Seconds(1));
  world.RunTimers();
  EXPECT_THAT(world.Get(c.name), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.List("bob")->recoveries_size(), 0);
}

}  // namespace
}  // namespace tc::recovery

// Alice and bob guard each other, and both recover (L7, LNK-19).

#include "services/recovery/rpc/pair.h"

#include <gtest/gtest.h>

#include "common/testing/acts.h"
#include "services/recovery/rpc/officers_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Account;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kDavePhone;
using testing::Refused;
using testing::World;

class Pair : public ::testing::Test {
 protected:
  Pair() { world_.linking.guards["bob"] = {true, LinkId::FromTrusted("link-2"), Account("alice")}; }
  // Bob's own code is right.
  std::string BobProves() {
    const std::string name = World::Must(world_.Start(kBobPhone)).name();
    World::Must(world_.Verify(name, world_.otp.CodeTo(kBobPhone)));
    return name;
  }
  pb::RecoveryState StateOf(const std::string& name) { return world_.Get(name)->state(); }
  size_t HeldAsMutual() {
    size_t held = 0;
    for (const kv::Event& event : world_.Events()) {
      const bool mutual = event.type == "RecoveryHeld" && event.attributes.at("reason") == "MUTUAL_RECOVERY";
      held += mutual ? 1 : 0;
    }
    return held;
  }

  World world_;
};

TEST_F(Pair, OfTwoThatWaitIsHeldWhicheverCameFirst) {
  for (World::Case (World::*way)() : {&World::ToContact, &World::ToContactCode}) {
    World fresh;
    fresh.linking.guards["bob"] = {true, LinkId::FromTrusted("link-2"), Account("alice")};
    const World::Case alices = (fresh.*way)();
    const std::string bobs = fresh.Start(kBobPhone)->name();
    EXPECT_EQ(fresh.Verify(bobs, fresh.otp.CodeTo(kBobPhone))->state(), pb::RECOVERY_STATE_HELD);
    EXPECT_EQ(fresh.Get(alices.name)->state(), pb::RECOVERY_STATE_HELD);
    for (const auto& [account, name] : {std::pair("bob", alices.assigned)})
      EXPECT_THAT(fresh.Approve(account, name, "999999"),
                  Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  }
}

TEST_F(Pair, IsToldToBothForBoth) {
  world_.ToContact();
  BobProves();
  EXPECT_EQ(HeldAsMutual(), 2U);
  world_.RunOutbox();
  int held = 0;
  for (const NoticeMessage& sent : world_.identity.notices) held += sent.notice.kind == NoticeKind::kHeld;
  EXPECT_EQ(held, 4);
}

TEST_F(Pair, DoesNotDisturbAContactWhoIsInDoubtHimself) {
  world_.ToContact();
  world_.RunOutbox();
  world_.identity.notices.clear();
  BobProves();
  world_.RunOutbox();
  for (const NoticeMessage& sent : world_.identity.notices)
    EXPECT_NE(sent.notice.kind, NoticeKind::kAwaitingContact);
}

TEST_F(Pair, LeavesWhatIsApprovedAlreadyAndHoldsTheLaterOne) {
  const World::Case alices = world_.ToApproved();
  const std::string bobs = BobProves();
  EXPECT_EQ(StateOf(bobs), pb::RECOVERY_STATE_HELD);
  EXPECT_EQ(StateOf(alices.name), pb::RECOVERY_STATE_APPROVED);
  EXPECT_THAT(world_.Complete(alices.name, alices.grant, "new password"), IsOk());
}

TEST_F(Pair, IsNoneOnceTheOtherHasEnded) {
  const World::Case alices = world_.ToContact();
  ASSERT_THAT(world_.Cancel(alices.name), IsOk());
  EXPECT_EQ(StateOf(BobProves()), pb::RECOVERY_STATE_AWAITING_CONTACT);
}

TEST_F(Pair, IsNoneOnceTheOtherIsOverByTheClock) {
  world_.ToContact();
  world_.clock.Advance(absl::Hours(24));  // its timer has not run
  EXPECT_EQ(StateOf(BobProves()), pb::RECOVERY_STATE_AWAITING_CONTACT);
}

TEST_F(Pair, IsNoneWhileTheOtherClaimIsNotProved) {
  const std::string alices = world_.Start(kAlicePhone)->name();
  const std::string bobs = BobProves();
  EXPECT_EQ(StateOf(bobs), pb::RECOVERY_STATE_AWAITING_CONTACT);
  EXPECT_EQ(world_.Verify(alices, world_.otp.CodeTo(kAlicePhone))->state(), pb::RECOVERY_STATE_HELD);
  EXPECT_EQ(StateOf(bobs), pb::RECOVERY_STATE_HELD);
}

// The release of one of them does not let it go on while the other is open.
TEST_F(Pair, IsHeldAgainWhenOneIsReleased) {
  const World::Case alices = world_.ToContact();
  const std::string bobs = BobProves();
  pb::ReleaseRecoveryRequest in;
  in.set_name(alices.assigned);
  in.set_comment("seen");
  EXPECT_EQ(world_.handlers.ReleaseRecovery(world_.Portal(), in)->hold_reason(),
            pb::HOLD_REASON_MUTUAL_RECOVERY);
  EXPECT_EQ(StateOf(alices.name), pb::RECOVERY_STATE_HELD);
  ASSERT_THAT(world_.Cancel(bobs), IsOk());
  ASSERT_THAT(world_.handlers.ReleaseRecovery(world_.Portal(), in), IsOk());
  EXPECT_EQ(StateOf(alices.name), pb::RECOVERY_STATE_AWAITING_CONTACT);
}

TEST(PairReleased, IsEnteredInTheAuditLogThoughNothingFollows) {  // LOG-01
  tc::testing::Acts acts;
  World world("gosuslugi", {.run_twice = true, .ledger = &acts});
  world.linking.guards["bob"] = {true, LinkId::FromTrusted("link-2"), Account("alice")};
  const World::Case alices = world.ToContact();
  const std::string bobs = World::Must(world.Start(kBobPhone)).name();
  World::Must(world.Verify(bobs, world.otp.CodeTo(kBobPhone)));
  ASSERT_EQ(tc::testing::Acts::Of(*world.db, {"RecoveryHeld"}).size(), 2U);
  pb::ReleaseRecoveryRequest in;
  in.set_name(alices.assigned);
  in.set_comment("seen");
  ASSERT_THAT(world.handlers.ReleaseRecovery(world.Portal(), in), IsOk());
  const std::string id = alices.assigned.substr(sizeof("assignedRecoveries/") - 1);
  const std::vector<std::string> held = tc::testing::Acts::Of(*world.db, {"RecoveryHeld"});
  ASSERT_EQ(held.size(), 3U);
  EXPECT_EQ(held.back(),
            absl::StrCat("RecoveryHeld recoveries/", id, " {reason=MUTUAL_RECOVERY} of alice bob"));
}

TEST(ARing, OfThreeIsLeftAlone) {  // L7
  World world;
  world.linking.guards["bob"] = {true, LinkId::FromTrusted("link-2"), Account("dave")};
  world.linking.guards["dave"] = {true, LinkId::FromTrusted("link-3"), Account("alice")};
  for (const char* phone : {kAlicePhone, kBobPhone, kDavePhone}) {
    const std::string name = world.Start(phone)->name();
    EXPECT_EQ(world.Verify(name, world.otp.CodeTo(phone))->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  }
}

// Bob goes the way in person while alice waits for his answer: at proof and release nothing met, so that the
// approval itself must look.
TEST(PairInPerson, HoldsTheApprovalByWhoeverRecoversFromTheOtherMeanwhile) {
  testing::Officers world;
  world.identity.passports["bob"] = "4511222333";
  world.linking.guards["bob"] = {true, LinkId::FromTrusted("link-2"), Account("alice")};
  const World::Case alices = world.ToContactCode();
  ASSERT_EQ(World::Must(world.Come("bob")).state(), pb::RECOVERY_STATE_IN_PERSON);
  EXPECT_THAT(world.Approve("bob", alices.assigned, world.otp.CodeTo(kBobPhone)),
              Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  EXPECT_EQ(world.Get(alices.name)->state(), pb::RECOVERY_STATE_HELD);
  EXPECT_EQ(world.Get(testing::Officers::NameOf("bob"))->state(), pb::RECOVERY_STATE_IN_PERSON)
      << "no contact can block the officers' way";
}

}  // namespace
}  // namespace tc::recovery

// Other guarded actions than the password (R13).

#include <gtest/gtest.h>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Faults;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kDavePhone;
using testing::kNobodysPhone;
using testing::Refused;
using ::testing::UnorderedElementsAre;
using testing::Violates;
using testing::World;

constexpr pb::RecoveryPurpose kPhoneChange = pb::RECOVERY_PURPOSE_PHONE_CHANGE;
constexpr pb::RecoveryPurpose kRemoval = pb::RECOVERY_PURPOSE_CONTACT_REMOVAL;
constexpr pb::RecoveryPurpose kUnfreeze = pb::RECOVERY_PURPOSE_UNFREEZE;
constexpr pb::RecoveryPurpose kOthers[] = {kPhoneChange, kRemoval, kUnfreeze};

absl::StatusOr<pb::Recovery> Start(World& world, const char* phone, pb::RecoveryPurpose purpose) {
  world.purpose = purpose;
  return world.Start(phone);
}

const std::map<std::string, std::string> kAllOn = {{"recovery.purpose_phone_change", "1"},
                                                   {"recovery.purpose_contact_removal", "1"},
                                                   {"recovery.purpose_unfreeze", "1"}};

// All purposes are enabled; alice's account is as the purpose wants it.
class Guarded : public ::testing::Test {
 protected:
  void Freeze(const char* account) {
    world_.identity.account(account).active = false;
    world_.identity.account(account).frozen = true;
  }
  World::Case Approved(pb::RecoveryPurpose purpose) {
    if (purpose == kUnfreeze) Freeze("alice");
    world_.purpose = purpose;
    return world_.ToApproved();
  }
  World world_{"gosuslugi", {}, kAllOn};
};

TEST(APurpose, IsRefusedUnlessThePolicyGuardsIt) {
  World world;
  for (const pb::RecoveryPurpose purpose : kOthers) {
    for (const char* phone : {kAlicePhone, kNobodysPhone}) {
      EXPECT_THAT(Start(world, phone, purpose), Refused(kFailedPrecondition, Reason::kPurposeNotEnabled));
    }
  }
  EXPECT_TRUE(world.otp.messages.empty());
  EXPECT_THAT(Start(world, kAlicePhone, static_cast<pb::RecoveryPurpose>(99)).status(),
              Violates("PURPOSE_UNKNOWN"));
}

TEST(APurpose, IsEnabledByItsOwnFlagOnly) {
  for (const auto& [flag, on] : kAllOn) {
    World world("gosuslugi", {}, {{flag, on}});
    int enabled = 0;
    for (const pb::RecoveryPurpose purpose : kOthers) enabled += Start(world, kNobodysPhone, purpose).ok();
    EXPECT_EQ(enabled, 1) << flag;
  }
}

TEST_F(Guarded, ActionsAreShownToWhoeverConfirmsThem) {
  for (const pb::RecoveryPurpose purpose : kOthers) {
    World world("gosuslugi", {}, kAllOn);
    if (purpose == kUnfreeze) {
      world.identity.account("alice").active = false;
      world.identity.account("alice").frozen = true;
    }
    world.purpose = purpose;
    const World::Case c = world.ToContact();
    EXPECT_EQ(world.Get(c.name)->purpose(), purpose);
    EXPECT_EQ(world.See("bob", c.assigned)->purpose(), purpose);
    EXPECT_EQ(world.handlers.ListRecoveries(world.Portal(), {})->recoveries(0).purpose(), purpose);
  }
}

TEST_F(Guarded, PhoneChangeIsPermittedForAsLongAsAGrantLives) {
  const World::Case c = Approved(kPhoneChange);
  const absl::Time now = world_.clock.Now();
  const auto completed = world_.Complete(c.name, c.grant, "");
  ASSERT_THAT(completed, IsOk());
  EXPECT_EQ(completed->state(), pb::RECOVERY_STATE_COMPLETED);
  EXPECT_EQ(world_.identity.permits.at("alice"), now + absl::Minutes(15));
  EXPECT_EQ(world_.identity.resets(), 0);
}

TEST_F(Guarded, RemovalEndsTheLink) {
  const World::Case c = Approved(kRemoval);
  ASSERT_THAT(world_.Complete(c.name, c.grant, ""), IsOk());
  EXPECT_FALSE(world_.linking.guards["alice"].guarded);
}

TEST_F(Guarded, UnfreezingEndsTheFreeze) {
  const World::Case c = Approved(kUnfreeze);
  ASSERT_THAT(world_.Complete(c.name, c.grant, ""), IsOk());
  EXPECT_TRUE(world_.identity.account("alice").active);
}

TEST_F(Guarded, ActionsTakeNoPassword) {
  const World::Case c = Approved(kPhoneChange);
  EXPECT_THAT(world_.Complete(c.name, c.grant, "new password").status(), Violates("PASSWORD_NOT_EXPECTED"));
  EXPECT_TRUE(world_.identity.permits.empty());
}

TEST_F(Guarded, PasswordWantsOne) {
  const World::Case c = world_.ToApproved();
  EXPECT_THAT(world_.Complete(c.name, c.grant, "").status(), Violates("PASSWORD_LENGTH"));
  EXPECT_THAT(world_.Complete(c.name, "no grant", "").status(), Violates("GRANT_FORMAT"));
  EXPECT_THAT(world_.Complete(c.name, "no grant", "").status(), Violates("PASSWORD_LENGTH"));
}

TEST_F(Guarded, ActionsAreToldByTheirOwnWordsAndEvent) {
  const World::Case c = Approved(kPhoneChange);
  ASSERT_THAT(world_.Complete(c.name, c.grant, ""), IsOk());
  world_.RunOutbox();
  std::vector<std::string> told;
  for (const NoticeMessage& sent : world_.identity.notices) {
    if (sent.notice.kind == NoticeKind::kActionConfirmed) told.push_back(sent.notice.receiver.text());
  }
  EXPECT_THAT(told, UnorderedElementsAre("alice", "bob"));
  const std::vector<kv::Event> events = world_.Events();
  const kv::Event& completed = events[events.size() - 2];
  EXPECT_EQ(completed.type, "RecoveryCompleted");
  EXPECT_EQ(completed.attributes.at("purpose"), "PHONE_CHANGE");
  EXPECT_EQ(completed.attributes.count("restricted_until"), 0U);
}

TEST_F(Guarded, DeedIsDoneOnceWhoeverRepeatsIt) {
  const World::Case c = Approved(kPhoneChange);
  const absl::Time first = world_.clock.Now();
  world_.faults.Arm(1, Faults::When::kAfter);  // permitted, and the answer is lost
  EXPECT_FALSE(world_.Complete(c.name, c.grant, "").ok());
  world_.faults.Clear();
  EXPECT_THAT(world_.Complete(c.name, c.grant, ""),
              Refused(kFailedPrecondition, Reason::kRecoveryCompleting));
  world_.clock.Advance(absl::Seconds(15));
  ASSERT_THAT(world_.Complete(c.name, c.grant, ""), IsOk());
  EXPECT_EQ(world_.identity.permits.at("alice"), first + absl::Minutes(15));  // the same permit
}

TEST_F(Guarded, RefusedDeedFreesTheGrant) {
  const World::Case c = Approved(kRemoval);
  world_.linking.refuse_removal = true;
  EXPECT_THAT(world_.Complete(c.name, c.grant, ""), Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_EQ(world_.Get(c.name)->state(), pb::RECOVERY_STATE_APPROVED);
  world_.linking.refuse_removal = false;
  EXPECT_THAT(world_.Complete(c.name, c.grant, ""), IsOk());
}

TEST_F(Guarded, UnfreezingStartsForAFrozenAccountAndNothingElse) {
  EXPECT_THAT(Start(world_, kDavePhone, kUnfreeze), IsOk());
  EXPECT_EQ(world_.otp.CodeTo(kDavePhone), "");  // a decoy
  Freeze("dave");
  for (const pb::RecoveryPurpose purpose : {pb::RECOVERY_PURPOSE_PASSWORD, kPhoneChange, kRemoval})
    EXPECT_THAT(Start(world_, kDavePhone, purpose), IsOk());
  EXPECT_EQ(world_.otp.CodeTo(kDavePhone), "");
  EXPECT_THAT(Start(world_, kDavePhone, kUnfreeze), IsOk());
  EXPECT_NE(world_.otp.CodeTo(kDavePhone), "");
}

TEST_F(Guarded, UnfreezingIsConfirmedThoughTheFreezeMakesThePrincipalIneligible) {
  const World::Case c = Approved(kUnfreeze);
  EXPECT_NE(c.grant, "");
}

TEST_F(Guarded, UnfreezingOfWhoIsIneligibleOtherwiseIsHeld) {
  Freeze("alice");
  world_.identity.not_eligible = {"alice"};
  const std::string name = Start(world_, kAlicePhone, kUnfreeze)->name();
  EXPECT_EQ(world_.Verify(name, world_.otp.CodeTo(kAlicePhone))->state(), pb::RECOVERY_STATE_HELD);
}

TEST_F(Guarded, RemovalWhereNobodyGuardsEndsAtOnceAndTellsNobody) {
  const std::string name = Start(world_, kDavePhone, kRemoval)->name();
  const auto ended = world_.Verify(name, world_.otp.CodeTo(kDavePhone));
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ended->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_EQ(ended->grant(), "");
  EXPECT_EQ(world_.EventTypes(), (std::vector<std::string>{"RecoveryEnded"}));  // linking's hold
  world_.RunOutbox();
  EXPECT_TRUE(world_.identity.notices.empty());
}

}  // namespace
}  // namespace tc::recovery

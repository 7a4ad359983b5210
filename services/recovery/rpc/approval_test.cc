// What stands between a right code and an approval: who and where the people are, what the contact has
// answered, and what happens after a no (REC-12, REC-13, REC-20, REC-21, REC-25).

#include <gtest/gtest.h>

#include "common/obs/metrics.h"
#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::IsOk;
using testing::kBobPhone;
using testing::Refused;
using testing::World;

std::string HeldBecause(World& world) {
  const std::vector<kv::Event> events = world.Events();
  return events.back().type == "RecoveryHeld" ? events.back().attributes.at("reason") : "";
}

struct Spoilt {
  const char* reason;
  void (*spoil)(World&);
};
constexpr Spoilt kSpoilt[] = {
    {"ACCOUNT_NOT_ACTIVE", [](World& w) { w.identity.account("alice").active = false; }},
    {"PRINCIPAL_ADDRESS_CHANGED",
     [](World& w) { w.identity.account("alice").phone = Phone::FromTrusted("+79160000099"); }},
    {"PRINCIPAL_ADDRESS_CHANGED", [](World& w) { w.identity.account("alice").email = "new@example.org"; }},
    {"CONTACT_PHONE_CHANGED",
     [](World& w) { w.identity.account("bob").phone = Phone::FromTrusted("+79160000099"); }},
    {"GUARD_CHANGED", [](World& w) { w.linking.guards["alice"].contact = testing::Account("dave"); }},
    {"GUARD_CHANGED", [](World& w) { w.linking.guards["alice"] = GuardNow(); }},
};

// The same questions at each of the contact's steps; no news of identity are needed (REC-21).
TEST(EveryStepOfTheContact, FindsWhatHasChanged) {
  for (const Spoilt& spoilt : kSpoilt) {
    World before_code;
    const World::Case asked = before_code.ToContact();
    World::Must(before_code.Acknowledge("bob", asked.assigned));
    spoilt.spoil(before_code);
    const size_t messages = before_code.otp.messages.size();
    EXPECT_THAT(before_code.SendCode("bob", asked.assigned),
                Refused(kFailedPrecondition, Reason::kRecoveryHeld));
    EXPECT_EQ(before_code.otp.messages.size(), messages);
    EXPECT_EQ(HeldBecause(before_code), spoilt.reason);

    World before_approval;
    const World::Case sent = before_approval.ToContactCode();
    const std::string code = before_approval.otp.CodeTo(kBobPhone);
    spoilt.spoil(before_approval);
    EXPECT_THAT(before_approval.Approve("bob", sent.assigned, code),
                Refused(kFailedPrecondition, Reason::kRecoveryHeld));
    EXPECT_EQ(HeldBecause(before_approval), spoilt.reason);
    EXPECT_EQ(before_approval.otp.consumed(), 1);  // the claimant's alone
  }
}

std::map<std::string, bool> OneNo() {
  std::map<std::string, bool> answers = testing::AllAnswers();
  answers.begin()->second = false;
  return answers;
}

TEST(ANo, StopsTheCodeAndTheApprovalUntilAllAreYes) {  // REC-12
  World world;
  const World::Case c = world.ToContact();
  const auto no = world.Acknowledge("bob", c.assigned, OneNo());
  ASSERT_THAT(no, IsOk());
  EXPECT_TRUE(no->has_acknowledge_time());
  EXPECT_FALSE(no->has_code_allowed_time());
  EXPECT_THAT(world.SendCode("bob", c.assigned), Refused(kFailedPrecondition, Reason::kWarningAnsweredNo));
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  ASSERT_THAT(world.SendCode("bob", c.assigned), IsOk());
  ASSERT_THAT(world.Acknowledge("bob", c.assigned, OneNo()), IsOk());
  const int compared = world.otp.compared();
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)),
              Refused(kFailedPrecondition, Reason::kWarningAnsweredNo));
  EXPECT_EQ(world.otp.compared(), compared);  // nothing is charged
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)), IsOk());
}

TEST(ANo, BeginsTheThinkingTimeAnewAlsoForTheApproval) {  // REC-12
  World world("strict");
  const World::Case c = world.ToContactCode();
  const std::string code = world.otp.CodeTo(kBobPhone);
  ASSERT_THAT(world.Acknowledge("bob", c.assigned, OneNo()), IsOk());
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  EXPECT_THAT(world.Approve("bob", c.assigned, code, c.match_code),
              Refused(kFailedPrecondition, Reason::kThinkingTimeNotOver));
  world.clock.Advance(absl::Seconds(60));
  EXPECT_THAT(world.Approve("bob", c.assigned, code, c.match_code), IsOk());
}

// Bob approves from there.
absl::StatusOr<pb::AssignedRecovery> ApproveFrom(World& world, const World::Case& c,
                                                 const std::string& device, const std::string& session_device,
                                                 const std::string& address) {
  rpc::Call call = world.Signed("bob");
  call.person->device = session_device;
  pb::ApproveRecoveryRequest in;
  in.set_name(c.assigned);
  in.set_code(world.otp.CodeTo(kBobPhone));
  in.set_match_code(c.match_code);
  in.mutable_client()->set_device(device);
  in.mutable_client()->set_address(address);
  return world.handlers.ApproveRecovery(call, in);
}

TEST(OneDevice, OfClaimantAndContactIsHeld) {  // REC-25
  for (const bool by_session : {false, true}) {
    World world;
    const World::Case c = world.ToContactCode();
    const std::string device = "device-of-claimant";
    const auto refused = ApproveFrom(world, c, by_session ? "" : device, by_session ? device : "", "");
    EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kRecoveryHeld));
    EXPECT_EQ(MetadataOf(refused.status(), "hold_reason"), std::nullopt);  // nothing of the claimant's device
    EXPECT_EQ(HeldBecause(world), "SAME_DEVICE");
    EXPECT_EQ(world.otp.consumed(), 1);
    EXPECT_FALSE(world.See("bob", c.assigned)->DebugString().find(device) != std::string::npos);
  }
}

TEST(OneAddress, IsHeldWhereThePolicyAsksForIt) {  // REC-25
  World lax;
  EXPECT_THAT(ApproveFrom(lax, lax.ToContactCode(), "device-of-contact", "", "192.0.2.77"), IsOk());
  World strict("strict");
  EXPECT_THAT(ApproveFrom(strict, strict.ToContactCode(), "device-of-contact", "", "192.0.2.77"),
              Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  EXPECT_EQ(HeldBecause(strict), "SAME_DEVICE");
  World elsewhere("strict");
  EXPECT_THAT(ApproveFrom(elsewhere, elsewhere.ToContactCode(), "device-of-contact", "", "192.0.2.78"),
              IsOk());
}

double Alarms() {
  return obs::GetCounter("tc_recovery_fraud_rejects_total", "Recoveries that a contact rejected as fraud.",
                         {})
      .value();
}

TEST(Fraud, FreezesTheAccountTellsThePrincipalAndAlarmsOnce) {  // R6, REC-20
  World world;
  const World::Case c = world.ToContactCode();
  const std::string code = world.otp.CodeTo(kBobPhone);
  const double alarms = Alarms();
  pb::RejectRecoveryRequest in;
  in.set_name(c.assigned);
  in.set_reason(pb::REJECT_REASON_FRAUD);
  const rpc::Call call = world.Signed("bob");
  ASSERT_THAT(world.handlers.RejectRecovery(call, in), IsOk());
  ASSERT_THAT(world.handlers.RejectRecovery(call, in), IsOk());  // the same answer again
  EXPECT_EQ(Alarms(), alarms + 1);
  const absl::Time until = world.clock.Now() + absl::Hours(24);
  const std::vector<kv::Event> events = world.Events();
  const kv::Event& rejected = events[events.size() - 2];
  EXPECT_EQ(rejected.type, "RecoveryRejected");
  EXPECT_EQ(rejected.attributes.at("frozen_until"), absl::StrCat(absl::ToUnixMicros(until)));
  world.RunOutbox();
  EXPECT_EQ(world.identity.freezes.at("alice"), until);
  EXPECT_EQ(world.identity.notices.back().notice.kind, NoticeKind::kFraud);
  EXPECT_THAT(world.Approve("bob", c.assigned, code), Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  const size_t sent = world.otp.messages.size();
  world.clock.Advance(absl::Hours(24) - absl::Seconds(1));
  ASSERT_THAT(world.Start(testing::kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages[sent].address, "nowhere");  // REC-07
}

TEST(AnotherNo, FreezesAndAlarmsNobody) {
  World world;
  const World::Case c = world.ToContact();
  const double alarms = Alarms();
  ASSERT_THAT(world.Reject("bob", c.assigned, pb::REJECT_REASON_NOT_REACHED), IsOk());
  world.RunOutbox();
  EXPECT_TRUE(world.identity.freezes.empty());
  EXPECT_EQ(Alarms(), alarms);
}

TEST(TheRestrictedPeriod, IsGivenToIdentityAndSaidInTheEvent) {  // REC-18
  World strict("strict");
  const World::Case c = strict.ToApproved();
  ASSERT_THAT(strict.Complete(c.name, c.grant, "new password"), IsOk());
  const absl::Time until = strict.clock.Now() + absl::Hours(72);
  EXPECT_EQ(strict.identity.restrictions.at("alice"), until);
  const std::vector<kv::Event> events = strict.Events();
  EXPECT_EQ(events[events.size() - 2].attributes.at("restricted_until"),
            absl::StrCat(absl::ToUnixMicros(until)));
  World lax;
  const World::Case free = lax.ToApproved();
  ASSERT_THAT(lax.Complete(free.name, free.grant, "new password"), IsOk());
  EXPECT_EQ(lax.identity.restrictions.at("alice"), absl::InfinitePast());
  EXPECT_EQ(lax.Events()[2].attributes.count("restricted_until"), 0U);
}

}  // namespace
}  // namespace tc::recovery

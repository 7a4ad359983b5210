#include <gtest/gtest.h>

#include <set>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kDavePhone;
using testing::kNobodysPhone;
using testing::Noon;
using testing::Refused;
using testing::Violates;
using testing::World;
namespace type = trustedcontact::type::v1;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StartRecovery, SendsACodeAndTellsNobody) {
  World world;
  const auto started = world.Start(kAlicePhone);
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(started->state(), pb::RECOVERY_STATE_AWAITING_OWN_CODE);
  EXPECT_EQ(started->own_code().attempts_left(), 5);
  ASSERT_EQ(world.otp.messages.size(), 1U);
  EXPECT_EQ(world.otp.messages[0].address, kAlicePhone);
  EXPECT_EQ(world.otp.messages[0].side, Side::kClaimant);
  EXPECT_THAT(world.Events(), IsEmpty());  // REC-02
  EXPECT_EQ(world.OutboxSize(), 0U);
  EXPECT_EQ(world.List("bob")->recoveries_size(), 0);
}

TEST(StartRecovery, GivesACapabilityOf256Bits) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  EXPECT_EQ(name.size(), std::string("recoveries/").size() + 43);
  EXPECT_NE(name, world.Start(kDavePhone)->name());
}

TEST(StartRecovery, GivesTheSameAnswerToTheSameRequest) {
  World world;
  const rpc::Call call = world.Portal();
  const auto once = world.Start(kAlicePhone, call);
  const auto again = world.Start(kAlicePhone, call);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(once->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(world.otp.messages.size(), 1U);
}

TEST(StartRecovery, FindsAnAccountByAnyIdentifier) {
  World world;
  pb::StartRecoveryRequest in;
  in.set_email("Alice@Example.org");
  in.set_channel(type::CHANNEL_EMAIL);
  ASSERT_THAT(world.handlers.StartRecovery(world.Portal(), in), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, "alice@example.org");
  EXPECT_EQ(world.otp.messages.back().channel, Channel::kEmail);
  pb::StartRecoveryRequest by_number;
  by_number.set_account("accounts/dave");
  by_number.set_channel(type::CHANNEL_EMAIL);  // he has none
  ASSERT_THAT(world.handlers.StartRecovery(world.Portal(), by_number), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, kDavePhone);
}

TEST(StartRecovery, NamesEveryMistake) {
  World world;
  pb::StartRecoveryRequest in;
  in.set_channel(type::CHANNEL_PUSH);
  in.set_purpose(static_cast<pb::RecoveryPurpose>(7));
  in.mutable_client()->set_place("call me: now");
  in.mutable_client()->set_device(std::string(65, 'd'));
  const auto refused = world.handlers.StartRecovery(world.Portal(), in);
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  for (const char* reason :
       {"FIELD_MISSING", "CHANNEL_NOT_ALLOWED", "PURPOSE_UNKNOWN", "PLACE_CHARACTERS", "TEXT_TOO_LONG"}) {
    EXPECT_THAT(refused, Violates(reason));
  }
  EXPECT_EQ(world.faults.calls(), 0);
}

TEST(StartRecovery, SendsNothingForUnknownBlockedOrBusyAccounts) {
  World world;
  world.identity.account("dave").active = false;
  for (const char* phone : {kNobodysPhone, kDavePhone}) ASSERT_THAT(world.Start(phone), IsOk());
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());  // REC-06: the second is a decoy
  std::vector<std::string> addresses;
  for (const auto& message : world.otp.messages) addresses.push_back(message.address);
  EXPECT_THAT(addresses, ElementsAre("nowhere", "nowhere", kAlicePhone, "nowhere"));
}

TEST(StartRecovery, LeavesTheFirstRecoveryAloneWhenASecondIsStarted) {
  World world;
  const std::string first = world.Start(kAlicePhone)->name();
  const std::string second = world.Start(kAlicePhone)->name();
  ASSERT_THAT(world.Verify(first, world.otp.CodeTo(kAlicePhone)), IsOk());
  EXPECT_EQ(world.Get(first)->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  EXPECT_EQ(world.Get(second)->state(), pb::RECOVERY_STATE_AWAITING_OWN_CODE);
}

TEST(StartRecovery, IsADecoyAfterThreeStartsWithinADay) {
  World world;
  for (int i = 0; i < 3; ++i) ASSERT_THAT(world.Cancel(world.Start(kAlicePhone)->name()), IsOk());
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, "nowhere");
  world.clock.Advance(absl::Hours(24));
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, kAlicePhone);
}

TEST(StartRecovery, IsADecoyDuringACoolDownAndAfterFraud) {
  World world;
  const World::Case one = world.ToContact();
  ASSERT_THAT(world.Reject("bob", one.assigned, pb::REJECT_REASON_NOT_REACHED), IsOk());
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, "nowhere");
  world.clock.Advance(absl::Minutes(15));
  const World::Case two = world.ToContact();
  ASSERT_THAT(world.Reject("bob", two.assigned, pb::REJECT_REASON_FRAUD), IsOk());
  world.clock.Advance(absl::Hours(24) - absl::Seconds(1));
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, "nowhere");
  world.clock.Advance(absl::Seconds(1));
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, kAlicePhone);
}

TEST(StartRecovery, TakesAnExpiredRecoveryForEnded) {
  World world;
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  world.clock.Advance(absl::Minutes(30));  // no timer has run
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, kAlicePhone);
}

TEST(StartRecovery, GoesOnAsADecoyWhenTheNumberMayGetNoMore) {
  World world;
  world.otp.full_numbers = {kAlicePhone};
  const auto started = world.Start(kAlicePhone);
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(world.otp.messages.back().address, "nowhere");
  EXPECT_THAT(world.Verify(started->name(), "999999"), Refused(kInvalidArgument, Reason::kCodeMismatch));
  world.otp.full_numbers.clear();  // and it did not cost a start or the place
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, kAlicePhone);
}

TEST(StartRecovery, LeavesNothingBehindWhenOtpCannotBeReached) {
  World world;
  world.faults.Arm(2, testing::Faults::When::kBefore);
  EXPECT_THAT(world.Start(kAlicePhone), Refused(kUnavailable, Reason::kPeerUnavailable));
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, kAlicePhone);
}

TEST(VerifyClaimant, GivesTheGrantWhereNobodyGuards) {
  World world;
  const std::string name = world.Start(kDavePhone)->name();
  const auto proved = world.Verify(name, world.otp.CodeTo(kDavePhone));
  ASSERT_THAT(proved, IsOk());
  EXPECT_EQ(proved->state(), pb::RECOVERY_STATE_APPROVED);
  EXPECT_EQ(proved->grant().size(), 43U);
  EXPECT_EQ(proved->passwords_left(), 3);
  EXPECT_EQ(world.Get(name)->grant(), proved->grant());
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryApproved"));
}

TEST(VerifyClaimant, AsksTheContactWhereSomebodyGuards) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  const auto proved = world.Verify(name, world.otp.CodeTo(kAlicePhone));
  ASSERT_THAT(proved, IsOk());
  EXPECT_EQ(proved->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  EXPECT_EQ(proved->grant(), "");
  EXPECT_EQ(world.linking.held.size(), 1U);
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryAwaitingContact"));
  EXPECT_EQ(world.List("bob")->recoveries_size(), 1);
  EXPECT_EQ(world.RunOutbox(), 2);
  ASSERT_EQ(world.identity.notices.size(), 2U);
  EXPECT_EQ(world.identity.notices[1].notice.receiver, testing::Account("bob"));
  EXPECT_EQ(world.identity.notices[1].masked_person, "Алиса И.");
}

TEST(VerifyClaimant, CountsWrongCodesAndLocksAtTheLast) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  for (int left = 4; left >= 1; --left) {
    const auto wrong = world.Verify(name, absl::StrCat("99999", left));
    EXPECT_THAT(wrong, Refused(kInvalidArgument, Reason::kCodeMismatch));
    EXPECT_EQ(MetadataOf(wrong.status(), "attempts_left"), absl::StrCat(left));
    EXPECT_EQ(world.Get(name)->own_code().attempts_left(), left);
  }
  EXPECT_THAT(world.Verify(name, "999990"), Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_LOCKED);
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)),
              Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  EXPECT_EQ(world.otp.compared(), 5);
}

TEST(VerifyClaimant, ChargesARepeatedWrongCodeOnce) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  const rpc::Call call = world.Portal();
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(world.Verify(name, "999999", call), Refused(kInvalidArgument, Reason::kCodeMismatch));
  EXPECT_EQ(world.otp.compared(), 1);
}

TEST(VerifyClaimant, RefusesAnExpiredCodeUntilAnotherIsAskedFor) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.clock.Advance(absl::Minutes(5));
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
  ASSERT_THAT(world.Resend(name), IsOk());
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)), IsOk());
}

TEST(VerifyClaimant, ExpiresWithTheOwnCodesTime) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.clock.Advance(absl::Minutes(30));
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)),
              Refused(kFailedPrecondition, Reason::kRecoveryExpired));
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_EXPIRED);
}

TEST(VerifyClaimant, KnowsNoOtherName) {
  World world;
  const World::Case c = world.ToContact();
  const std::string public_id = c.assigned.substr(c.assigned.find('/') + 1);
  for (const std::string& name : {std::string("recoveries/nobody"), "recoveries/" + public_id}) {
    EXPECT_THAT(world.Verify(name, "123456"), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Get(name), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Cancel(name), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Complete(name, "grant", "password"), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Resend(name), Refused(kNotFound, Reason::kNotFound));
  }
  EXPECT_THAT(world.Get(c.assigned), Violates("NAME_INVALID"));
}

TEST(VerifyClaimant, RefusesWhatIsNoCode) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  for (const char* code : {"", "123", "12345678901", "12345a", "１２３４５６", "123 456"}) {
    EXPECT_THAT(world.Verify(name, code), Violates("CODE_FORMAT"));
  }
  EXPECT_EQ(world.otp.compared(), 0);
}

struct HoldCase {
  const char* what;
  std::function<void(World&)> spoil;
  pb::HoldReason reason;
};
class VerifyClaimantHolds : public ::testing::TestWithParam<HoldCase> {};
TEST_P(VerifyClaimantHolds, WhenSomethingChangedMeanwhile) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  const std::string code = world.otp.CodeTo(kAlicePhone);
  GetParam().spoil(world);
  const auto held = world.Verify(name, code);
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->state(), pb::RECOVERY_STATE_HELD) << GetParam().what;
  EXPECT_EQ(held->grant(), "");
  const auto list = world.handlers.ListRecoveries(world.Portal(), {});
  EXPECT_EQ(list->recoveries(0).hold_reason(), GetParam().reason);
  EXPECT_THAT(world.Verify(name, code), Refused(kFailedPrecondition, Reason::kRecoveryHeld));
}
INSTANTIATE_TEST_SUITE_P(
    All, VerifyClaimantHolds,
    ::testing::Values(HoldCase{"blocked", [](World& w) { w.identity.account("alice").active = false; },
                               pb::HOLD_REASON_ACCOUNT_NOT_ACTIVE},
                      HoldCase{"phone changed",
                               [](World& w) {
                                 w.identity.account("alice").phone = Phone::FromTrusted("+79160000009");
                               },
                               pb::HOLD_REASON_PRINCIPAL_ADDRESS_CHANGED},
                      HoldCase{"not eligible", [](World& w) { w.identity.not_eligible = {"alice"}; },
                               pb::HOLD_REASON_PRINCIPAL_NOT_ELIGIBLE},
                      HoldCase{"contact not eligible", [](World& w) { w.identity.not_eligible = {"bob"}; },
                               pb::HOLD_REASON_CONTACT_NOT_ELIGIBLE},
                      HoldCase{"contact blocked", [](World& w) { w.identity.account("bob").active = false; },
                               pb::HOLD_REASON_CONTACT_NOT_ELIGIBLE}));

TEST(ResendClaimantCode, SendsByAnotherWay) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.clock.Advance(absl::Minutes(1));
  ASSERT_THAT(world.Resend(name, world.Portal(), type::CHANNEL_EMAIL), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, "alice@example.org");
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)),
              Refused(kInvalidArgument, Reason::kCodeMismatch));  // O3
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo("alice@example.org")), IsOk());
}

TEST(ResendClaimantCode, SendsOnceForOneRequest) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.clock.Advance(absl::Minutes(1));
  const rpc::Call call = world.Portal();
  ASSERT_THAT(world.Resend(name, call), IsOk());
  ASSERT_THAT(world.Resend(name, call), IsOk());
  EXPECT_EQ(world.otp.messages.size(), 2U);
}

TEST(ResendClaimantCode, PassesOnThatItIsTooSoon) {
  World world;
  const auto refused = world.Resend(world.Start(kAlicePhone)->name());
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kResendTooSoon));
  EXPECT_TRUE(RetryAfterOf(refused.status()).has_value());
}

TEST(ResendClaimantCode, NeverMovesTheEnd) {
  World world;
  const auto started = world.Start(kAlicePhone);
  world.clock.Advance(absl::Minutes(2));
  EXPECT_EQ(world.Resend(started->name())->expire_time().seconds(), started->expire_time().seconds());
}

TEST(ResendClaimantCode, EndsAfterThreeVerifications) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  for (int i = 0; i < 2; ++i) {
    world.clock.Advance(absl::Minutes(6));
    ASSERT_THAT(world.Resend(name), IsOk());
  }
  world.clock.Advance(absl::Minutes(6));
  EXPECT_THAT(world.Resend(name), Refused(kResourceExhausted, Reason::kSendLimitReached));
}

TEST(ResendClaimantCode, NeverGoesToANewAddress) {  // REC-21
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.identity.account("alice").phone = Phone::FromTrusted("+79160000009");
  world.clock.Advance(absl::Minutes(1));
  EXPECT_THAT(world.Resend(name), Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_EQ(world.otp.messages.size(), 1U);
}

TEST(CancelRecovery, EndsItForItsClaimant) {
  World world;
  const World::Case c = world.ToContactCode();
  const auto cancelled = world.Cancel(c.name);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_EQ(world.See("bob", c.assigned)->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryAwaitingContact", "RecoveryEnded"));
  EXPECT_EQ(world.Events().back().attributes.at("by"), "CLAIMANT");
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)),
              Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  world.RunOutbox();
  EXPECT_EQ(world.otp.cancelled.size(), 1U);  // the code that is out
}

TEST(CancelRecovery, EndsItForTheSignedInPrincipal) {
  World world;
  const World::Case c = world.ToApproved();
  ASSERT_THAT(world.CancelAs("alice"), IsOk());
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"),
              Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  EXPECT_EQ(world.identity.resets(), 0);
}

TEST(CancelRecovery, ByThePrincipalReachesAnUnprovedClaim) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  ASSERT_THAT(world.CancelAs("alice"), IsOk());
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_THAT(world.Events(), IsEmpty());
}

TEST(CancelRecovery, IsNobodyElses) {
  World world;
  world.ToContact();
  pb::CancelRecoveryRequest in;
  in.set_principal("accounts/alice");
  EXPECT_THAT(world.handlers.CancelRecovery(world.Signed("bob"), in), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.handlers.CancelRecovery(world.Portal(), in),
              Refused(kUnauthenticated, Reason::kPersonRequired));
  EXPECT_THAT(world.CancelAs("bob"), Refused(kFailedPrecondition, Reason::kNoOpenRecovery));
  EXPECT_THAT(world.handlers.CancelRecovery(world.Portal(), {}), Violates("FIELD_MISSING"));
  in.set_not_me_token("token");
  EXPECT_THAT(world.handlers.CancelRecovery(world.Portal(), in), Refused(kNotFound, Reason::kNotFound));
}

TEST(CancelRecovery, OfAnExpiredRecoveryHasNothingToCancel) {
  World world;
  const World::Case c = world.ToContact();
  world.clock.Advance(absl::Hours(24));
  EXPECT_THAT(world.Cancel(c.name), Refused(kFailedPrecondition, Reason::kRecoveryExpired));
  EXPECT_THAT(world.CancelAs("alice"), Refused(kFailedPrecondition, Reason::kNoOpenRecovery));
}

TEST(Policy, IsASnapshotOfTheStart) {
  World world;
  const World::Case c = world.ToContact();
  World strict("strict");
  // The same recovery under other handlers: what it was started under still counts.
  EXPECT_EQ(world.See("bob", c.assigned)->session_max_age_seconds(), 300);
  EXPECT_EQ(strict.See("bob", strict.ToContact().assigned)->session_max_age_seconds(), 120);
  EXPECT_EQ(
      world.handlers.ListRecoveries(world.Portal(), {})->recoveries(0).policy().at("contact.session_age"),
      300);
}

}  // namespace
}  // namespace tc::recovery

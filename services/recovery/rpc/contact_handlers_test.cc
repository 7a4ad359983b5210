#include <gtest/gtest.h>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::Refused;
using testing::Violates;
using testing::World;
namespace type = trustedcontact::type::v1;

TEST(ListAssignedRecoveries, ShowsTheContactHisOwnAndNobodyElses) {
  World world;
  world.ToContact();
  EXPECT_EQ(world.List("bob")->recoveries_size(), 1);
  EXPECT_EQ(world.List("alice")->recoveries_size(), 0);
  EXPECT_EQ(world.List("dave")->recoveries_size(), 0);
}

TEST(ListAssignedRecoveries, LeavesOutEndedOnesWhenAsked) {
  World world;
  const World::Case c = world.ToContact();
  ASSERT_THAT(world.Reject("bob", c.assigned, pb::REJECT_REASON_OTHER), IsOk());
  EXPECT_EQ(world.List("bob", true)->recoveries_size(), 0);
  EXPECT_EQ(world.List("bob")->recoveries_size(), 1);
}

TEST(ListAssignedRecoveries, TurnsPages) {
  World world;
  for (const char* id : {"p1", "p2", "p3"}) {
    const std::string phone = absl::StrCat("+7916111000", id + 1);
    world.AddAccount(id, "Имя Ф.", phone.c_str(), "");
    world.linking.guards[id] = {true, LinkId::FromTrusted(id), testing::Account("bob")};
    const std::string name = world.Start(phone)->name();
    ASSERT_THAT(world.Verify(name, world.otp.CodeTo(phone)), IsOk());
    world.clock.Advance(absl::Seconds(1));
  }
  pb::ListAssignedRecoveriesRequest in;
  in.set_page_size(2);
  const auto first = world.handlers.ListAssignedRecoveries(world.Signed("bob"), in);
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->recoveries_size(), 2);
  in.set_page_token(first->next_page_token());
  const auto second = world.handlers.ListAssignedRecoveries(world.Signed("bob"), in);
  ASSERT_EQ(second->recoveries_size(), 1);
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_EQ(second->recoveries(0).link(), "links/p3");
  EXPECT_THAT(world.handlers.ListAssignedRecoveries(world.Signed("alice"), in),
              Refused(kInvalidArgument, Reason::kPageTokenInvalid));
}

// Everything of the contact's is NOT_FOUND for everybody else, the principal first of all (REC-10).
class Strangers : public ::testing::TestWithParam<const char*> {};
TEST_P(Strangers, FindNothing) {
  World world;
  const World::Case c = world.ToContactCode();
  const std::string who = GetParam();
  const std::string code = world.otp.CodeTo(kBobPhone);
  EXPECT_THAT(world.See(who, c.assigned), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Acknowledge(who, c.assigned), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.SendCode(who, c.assigned), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Approve(who, c.assigned, code), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Reject(who, c.assigned, pb::REJECT_REASON_OTHER), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.otp.compared(), 1);  // the claimant's own: nothing was charged
  EXPECT_THAT(world.Approve("bob", c.assigned, code), IsOk());
}
INSTANTIATE_TEST_SUITE_P(All, Strangers, ::testing::Values("alice", "dave", "nobody"));

TEST(TheContact, CannotActByTheClaimantsName) {
  World world;
  const World::Case c = world.ToContactCode();
  EXPECT_THAT(world.Approve("bob", c.name, world.otp.CodeTo(kBobPhone)), Violates("NAME_INVALID"));
  const std::string swapped = "assignedRecoveries/" + c.name.substr(c.name.find('/') + 1);
  EXPECT_THAT(world.Approve("bob", swapped, world.otp.CodeTo(kBobPhone)),
              Refused(kNotFound, Reason::kNotFound));
}

TEST(TheContactsCode, IsNothingToTheClaimant) {  // R4
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  const World::Case c = [&] {
    World::Case made;
    made.name = name;
    EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)), IsOk());
    made.assigned = world.List("bob")->recoveries(0).name();
    return made;
  }();
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  ASSERT_THAT(world.SendCode("bob", c.assigned), IsOk());
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kBobPhone)),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_CONTACT_CODE_SENT);
}

TEST(AcknowledgeWarning, ShowsWhenTheCodeMayBeAskedFor) {
  World world("strict");
  const World::Case c = world.ToContact();
  const auto read = world.Acknowledge("bob", c.assigned);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->code_allowed_time().seconds() - read->acknowledge_time().seconds(), 60);
}

TEST(AcknowledgeWarning, RefusesRepeatedAnswers) {
  World world;
  const World::Case c = world.ToContact();
  pb::AcknowledgeWarningRequest in;
  in.set_name(c.assigned);
  for (int i = 0; i < 2; ++i) in.add_answers()->set_question("spoke_myself");
  const auto refused = world.handlers.AcknowledgeWarning(world.Signed("bob"), in);
  EXPECT_THAT(refused, Violates("ANSWER_REPEATED"));
  EXPECT_THAT(refused, Violates("FIELD_MISSING"));
}

TEST(SendContactCode, NeedsTheWarningAndTheTime) {
  World world("strict");
  const World::Case c = world.ToContact();
  EXPECT_THAT(world.SendCode("bob", c.assigned),
              Refused(kFailedPrecondition, Reason::kWarningNotAcknowledged));
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  world.clock.Advance(absl::Milliseconds(59999));
  EXPECT_THAT(world.SendCode("bob", c.assigned), Refused(kFailedPrecondition, Reason::kThinkingTimeNotOver));
  world.clock.Advance(absl::Milliseconds(1));
  EXPECT_THAT(world.SendCode("bob", c.assigned), IsOk());
}

TEST(SendContactCode, GoesToTheContactsOwnPhone) {
  World world;
  const World::Case c = world.ToContactCode();
  EXPECT_EQ(world.otp.messages.back().address, kBobPhone);
  EXPECT_EQ(world.otp.messages.back().side, Side::kContact);
  EXPECT_EQ(world.See("bob", c.assigned)->code().attempts_left(), 5);
}

TEST(SendContactCode, NeverByEmail) {
  World world;
  const World::Case c = world.ToContact();
  pb::SendContactCodeRequest in;
  in.set_name(c.assigned);
  in.set_channel(type::CHANNEL_EMAIL);
  EXPECT_THAT(world.handlers.SendContactCode(world.Signed("bob"), in), Violates("CHANNEL_NOT_ALLOWED"));
}

TEST(SendContactCode, SendsAgainAndEndsTheOldCode) {
  World world;
  const World::Case c = world.ToContactCode();
  const std::string old = world.otp.CodeTo(kBobPhone);
  EXPECT_THAT(world.SendCode("bob", c.assigned), Refused(kResourceExhausted, Reason::kResendTooSoon));
  world.clock.Advance(absl::Minutes(1));
  ASSERT_THAT(world.SendCode("bob", c.assigned), IsOk());
  EXPECT_THAT(world.Approve("bob", c.assigned, old), Refused(kInvalidArgument, Reason::kCodeMismatch));
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)), IsOk());
}

TEST(SendContactCode, MakesAFreshOneAfterExpiry) {
  World world;
  const World::Case c = world.ToContactCode();
  world.clock.Advance(absl::Minutes(6));
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
  ASSERT_THAT(world.SendCode("bob", c.assigned), IsOk());
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)), IsOk());
}

struct PhoneCase {
  const char* what;
  std::function<void(KnownAccount&)> spoil;
  const char* reason;
};
class BobsPhone : public ::testing::TestWithParam<PhoneCase> {};
TEST_P(BobsPhone, HoldsTheRecoveryBeforeACodeGoesOut) {
  World world("strict");
  const World::Case c = world.ToContact();
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  world.clock.Advance(absl::Minutes(1));
  GetParam().spoil(world.identity.account("bob"));
  const size_t sent = world.otp.messages.size();
  const auto refused = world.SendCode("bob", c.assigned);
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  EXPECT_EQ(MetadataOf(refused.status(), "hold_reason"), GetParam().reason);
  EXPECT_EQ(world.otp.messages.size(), sent);
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_HELD);
}
TEST_P(BobsPhone, HoldsTheRecoveryBeforeTheApproval) {
  World world("strict");
  const World::Case c = world.ToContactCode();
  GetParam().spoil(world.identity.account("bob"));
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone), c.match_code),
              Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_HELD);
  EXPECT_EQ(world.Get(c.name)->grant(), "");
}
INSTANTIATE_TEST_SUITE_P(
    All, BobsPhone,
    ::testing::Values(
        PhoneCase{"changed", [](KnownAccount& b) { b.phone = Phone::FromTrusted("+79160000022"); },
                  "CONTACT_PHONE_CHANGED"},
        PhoneCase{"gone", [](KnownAccount& b) { b.phone = Phone(); }, "CONTACT_PHONE_CHANGED"},
        PhoneCase{"blocked", [](KnownAccount& b) { b.active = false; }, "CONTACT_PHONE_CHANGED"},
        PhoneCase{"too new", [](KnownAccount& b) { b.phone_bound_at = testing::Noon() - absl::Hours(71); },
                  "CONTACT_PHONE_TOO_NEW"}));

TEST(ApproveRecovery, LeadsToTheGrantOfTheClaimant) {
  World world;
  const World::Case c = world.ToContactCode();
  const auto approved = world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone));
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state(), pb::RECOVERY_STATE_APPROVED);
  EXPECT_EQ(world.Get(c.name)->grant().size(), 43U);
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryAwaitingContact", "RecoveryApproved"));
  world.RunOutbox();
  EXPECT_EQ(world.identity.notices.back().notice.kind, NoticeKind::kApproved);
  EXPECT_EQ(world.identity.notices.back().notice.receiver, testing::Account("alice"));
  EXPECT_EQ(world.otp.consumed(), 2);
}

TEST(ApproveRecovery, NeedsAFreshSignIn) {
  World world;
  const World::Case c = world.ToContactCode();
  rpc::Call call = world.Signed("bob");
  call.person->auth_time = call.now - absl::Seconds(301);
  const auto refused = world.Approve(c.assigned, world.otp.CodeTo(kBobPhone), "", call);
  EXPECT_THAT(refused, Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_EQ(MetadataOf(refused.status(), "max_age_seconds"), "300");
  EXPECT_EQ(world.otp.compared(), 1);  // not charged
  call.person->auth_time = call.now - absl::Seconds(300);
  EXPECT_THAT(world.Approve(c.assigned, world.otp.CodeTo(kBobPhone), "", call), IsOk());
}

TEST(ApproveRecovery, NeedsACodeThatWasAskedFor) {
  World world;
  const World::Case c = world.ToContact();
  EXPECT_THAT(world.Approve("bob", c.assigned, "123456"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(ApproveRecovery, CountsWrongCodesAndLocksAtTheLast) {
  World world;
  const World::Case c = world.ToContactCode();
  for (int left = 4; left >= 1; --left) {
    const auto wrong = world.Approve("bob", c.assigned, absl::StrCat("99999", left));
    EXPECT_THAT(wrong, Refused(kInvalidArgument, Reason::kCodeMismatch));
    EXPECT_EQ(MetadataOf(wrong.status(), "attempts_left"), absl::StrCat(left));
  }
  EXPECT_THAT(world.Approve("bob", c.assigned, "999990"),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_LOCKED);
  EXPECT_THAT(world.EventTypes(), ElementsAre("RecoveryAwaitingContact", "RecoveryEnded"));
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, "nowhere");  // cool-down
}

TEST(ApproveRecovery, DoesNotTakeTheClaimantsCode) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  const std::string own = world.otp.CodeTo(kAlicePhone);
  ASSERT_THAT(world.Verify(name, own), IsOk());
  const std::string assigned = world.List("bob")->recoveries(0).name();
  ASSERT_THAT(world.Acknowledge("bob", assigned), IsOk());
  ASSERT_THAT(world.SendCode("bob", assigned), IsOk());
  EXPECT_THAT(world.Approve("bob", assigned, own), Refused(kInvalidArgument, Reason::kCodeMismatch));
}

TEST(ApproveRecovery, NeedsTheMatchCodeInStrict) {  // REC-11
  World world("strict");
  const World::Case c = world.ToContactCode();
  EXPECT_EQ(c.match_code.size(), 4U);
  EXPECT_EQ(world.Get(c.name)->match_code(), c.match_code);
  EXPECT_TRUE(world.See("bob", c.assigned)->match_code_required());
  const std::string code = world.otp.CodeTo(kBobPhone);
  const std::string wrong = c.match_code == "0000" ? "0001" : "0000";
  EXPECT_THAT(world.Approve("bob", c.assigned, code, wrong),
              Refused(kInvalidArgument, Reason::kMatchCodeMismatch));
  const auto missing = world.Approve("bob", c.assigned, code, "");
  EXPECT_THAT(missing, Refused(kInvalidArgument, Reason::kMatchCodeMismatch));
  EXPECT_EQ(MetadataOf(missing.status(), "attempts_left"), "1");
  EXPECT_EQ(world.See("bob", c.assigned)->match_attempts_left(), 1);
  EXPECT_THAT(world.Approve("bob", c.assigned, code, c.match_code), IsOk());
}

TEST(ApproveRecovery, LocksAfterThreeWrongMatchCodes) {
  World world("strict");
  const World::Case c = world.ToContactCode();
  const std::string wrong = c.match_code == "0000" ? "0001" : "0000";
  const std::string code = world.otp.CodeTo(kBobPhone);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(world.Approve("bob", c.assigned, code, wrong),
                Refused(kInvalidArgument, Reason::kMatchCodeMismatch));
  }
  EXPECT_THAT(world.Approve("bob", c.assigned, code, wrong),
              Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
  EXPECT_THAT(world.Approve("bob", c.assigned, code, c.match_code),
              Refused(kFailedPrecondition, Reason::kRecoveryClosed));
  EXPECT_EQ(world.otp.compared(), 1);  // the contact's code was never looked at
}

TEST(ApproveRecovery, HoldsWhenAnotherLinkGuards) {
  for (const GuardNow& guard :
       {GuardNow{}, GuardNow{true, LinkId::FromTrusted("link-2"), testing::Account("bob")},
        GuardNow{true, LinkId::FromTrusted("link-1"), testing::Account("dave")}}) {
    World world;
    const World::Case c = world.ToContactCode();
    world.linking.guards["alice"] = guard;
    EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)),
                Refused(kFailedPrecondition, Reason::kRecoveryHeld));
    EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_HELD);
    EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)),
                Refused(kFailedPrecondition, Reason::kRecoveryHeld));
  }
}

TEST(ApproveRecovery, NeedsBothEligible) {
  for (const char* who : {"alice", "bob"}) {
    World world;
    const World::Case c = world.ToContactCode();
    world.identity.not_eligible = {who};
    const auto refused = world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone));
    EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kNotEligible));
    EXPECT_EQ(UnmetOf(refused.status()).size(), 1U);
    EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CONTACT_CODE_SENT);
    world.identity.not_eligible.clear();
    EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)), IsOk());
  }
}

TEST(ApproveRecovery, GivesTheSameAnswerToTheSameRequest) {
  World world;
  const World::Case c = world.ToContactCode();
  const rpc::Call call = world.Signed("bob");
  const std::string code = world.otp.CodeTo(kBobPhone);
  const auto once = world.Approve(c.assigned, code, "", call);
  const auto again = world.Approve(c.assigned, code, "", call);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(once->SerializeAsString(), again->SerializeAsString());
}

TEST(RejectRecovery, IsFinal) {
  for (const auto reason : {pb::REJECT_REASON_FRAUD, pb::REJECT_REASON_UNKNOWN_PERSON,
                            pb::REJECT_REASON_NOT_REACHED, pb::REJECT_REASON_OTHER}) {
    World world;
    const World::Case c = world.ToContactCode();
    const auto rejected = world.Reject("bob", c.assigned, reason);
    ASSERT_THAT(rejected, IsOk());
    EXPECT_EQ(rejected->reject_reason(), reason);
    EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_REJECTED);
    EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)),
                Refused(kFailedPrecondition, Reason::kRecoveryClosed));
    EXPECT_THAT(world.EventTypes(),
                ElementsAre("RecoveryAwaitingContact", "RecoveryRejected", "RecoveryEnded"));
    world.RunOutbox();
    EXPECT_EQ(world.identity.notices.back().notice.kind,
              reason == pb::REJECT_REASON_FRAUD ? NoticeKind::kFraud : NoticeKind::kRejected);
  }
}

TEST(RejectRecovery, NeedsAReasonAndTheContact) {
  World world;
  const World::Case c = world.ToContact();
  EXPECT_THAT(world.Reject("bob", c.assigned, pb::REJECT_REASON_UNSPECIFIED), Violates("REASON_MISSING"));
  EXPECT_THAT(world.Reject("alice", c.assigned, pb::REJECT_REASON_OTHER),
              Refused(kNotFound, Reason::kNotFound));
}

TEST(TheContact, CanDoNothingAfterTheTimeIsOver) {
  World world;
  const World::Case c = world.ToContactCode();
  world.clock.Advance(absl::Hours(24));
  EXPECT_THAT(world.Acknowledge("bob", c.assigned), Refused(kFailedPrecondition, Reason::kRecoveryExpired));
  EXPECT_THAT(world.SendCode("bob", c.assigned), Refused(kFailedPrecondition, Reason::kRecoveryExpired));
  EXPECT_THAT(world.Approve("bob", c.assigned, "123456"),
              Refused(kFailedPrecondition, Reason::kRecoveryExpired));
  EXPECT_THAT(world.Reject("bob", c.assigned, pb::REJECT_REASON_OTHER),
              Refused(kFailedPrecondition, Reason::kRecoveryExpired));
  EXPECT_EQ(world.See("bob", c.assigned)->state(), pb::RECOVERY_STATE_EXPIRED);
}

}  // namespace
}  // namespace tc::recovery

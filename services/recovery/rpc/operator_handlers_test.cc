#include <gmock/gmock.h>

#include "services/recovery/rpc/officers_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::Account;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kNobodysPhone;
using testing::Officers;
using testing::Refused;
using testing::Violates;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> NewEvents(Officers& world, size_t before) {
  std::vector<std::string> types = world.EventTypes();
  types.erase(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(before));
  return types;
}

TEST(HoldRecovery, StopsTheContactAndTellsBoth) {
  Officers world;
  const auto c = world.ToContactCode();
  world.RunOutbox();
  world.identity.notices.clear();
  const size_t events = world.Events().size();
  const auto held = world.Hold(c.assigned, "Звонок: просили код");
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->state(), pb::RECOVERY_STATE_HELD);
  EXPECT_EQ(held->hold_reason(), pb::HOLD_REASON_OPERATOR);
  EXPECT_EQ(held->operator_comment(), "Звонок: просили код");
  EXPECT_EQ(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)).status().code(),
            kFailedPrecondition);
  EXPECT_THAT(NewEvents(world, events), ElementsAre("RecoveryHeld"));
  world.RunOutbox();
  ASSERT_EQ(world.identity.notices.size(), 2U);
  for (const NoticeMessage& notice : world.identity.notices) EXPECT_EQ(notice.notice.kind, NoticeKind::kHeld);
  EXPECT_THAT(world.otp.cancelled, Not(IsEmpty())) << "the contact's code";
}

TEST(HoldRecovery, KeepsTheCommentAmongOperators) {
  Officers world;
  const auto c = world.ToContact();
  ASSERT_THAT(world.Hold(c.assigned, "secret words of an operator"), IsOk());
  EXPECT_THAT(world.Dump(), Not(HasSubstr("secret words"))) << "sealed, and in no event or outbox row";
  EXPECT_THAT(world.Get(c.name)->DebugString(), Not(HasSubstr("secret words")));
  EXPECT_THAT(world.See("bob", c.assigned)->DebugString(), Not(HasSubstr("secret words")));
  pb::ListRecoveriesRequest all;
  const auto list = world.handlers.ListRecoveries(world.Operator(), all);
  EXPECT_EQ(list->recoveries(0).operator_comment(), "secret words of an operator");
}

TEST(HoldRecovery, NamesEveryMistake) {
  Officers world;
  const auto refused = world.Hold("nonsense", "");
  EXPECT_THAT(refused, Violates("NAME_INVALID"));
  EXPECT_THAT(refused, Violates("TEXT_LENGTH"));
  const auto c = world.ToContact();
  EXPECT_THAT(world.Hold(c.assigned, "two\nlines"), Violates("TEXT_CHARACTER_NOT_ALLOWED"));
  std::string long_comment;
  for (int i = 0; i < 500; ++i) long_comment += "ж";
  EXPECT_THAT(world.Hold(c.assigned, long_comment + "ж"), Violates("TEXT_LENGTH"));
  EXPECT_THAT(world.Hold(c.assigned, long_comment), IsOk());
}

TEST(HoldRecovery, GivesTheSameAnswerToTheSameRequest) {
  Officers world;
  const auto c = world.ToContact();
  pb::HoldRecoveryRequest in;
  in.set_name(c.assigned);
  in.set_comment("why");
  const rpc::Call call = world.Operator();
  const auto once = world.handlers.HoldRecovery(call, in);
  ASSERT_THAT(world.Release(c.assigned), IsOk());
  const auto again = world.handlers.HoldRecovery(call, in);
  EXPECT_EQ(once->state(), again->state());
  EXPECT_EQ(world.See("bob", c.assigned)->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
}

TEST(HoldRecovery, DoesNotFindDecoys) {
  Officers world;
  const rpc::Call call = world.Portal();
  ASSERT_THAT(world.Start(kNobodysPhone, call), IsOk());
  const PublicId decoy = world.tokens.IdOf(call);
  EXPECT_THAT(world.Hold(decoy.Name()), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Release(decoy.Name()), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.Hold(decoy.Name()).status().message(),
            world.Hold("assignedRecoveries/unknown").status().message());
}

TEST(ReleaseRecovery, AsksTheContactAgainWithoutMoreTime) {  // REC-05
  Officers world;
  const auto c = world.ToContact();
  const auto before = world.See("bob", c.assigned);
  ASSERT_THAT(world.Hold(c.assigned), IsOk());
  world.clock.Advance(absl::Hours(2));
  world.RunOutbox();
  world.identity.notices.clear();
  const size_t events = world.Events().size();
  const auto released = world.Release(c.assigned);
  ASSERT_THAT(released, IsOk());
  EXPECT_EQ(released->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  EXPECT_EQ(released->hold_reason(), pb::HOLD_REASON_UNSPECIFIED);
  EXPECT_EQ(released->operator_comment(), "spoke to both");
  EXPECT_EQ(released->expire_time().seconds(), before->expire_time().seconds());
  EXPECT_THAT(NewEvents(world, events), ElementsAre("RecoveryAwaitingContact"));
  world.RunOutbox();
  ASSERT_EQ(world.identity.notices.size(), 1U);
  EXPECT_EQ(world.identity.notices[0].notice.kind, NoticeKind::kAwaitingContact);
  EXPECT_EQ(world.identity.notices[0].notice.receiver, Account("bob"));
}

TEST(ReleaseRecovery, LetsTheContactApproveAfterwards) {
  Officers world;
  const auto c = world.ToContact();
  ASSERT_THAT(world.Hold(c.assigned), IsOk());
  ASSERT_THAT(world.Release(c.assigned), IsOk());
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  ASSERT_THAT(world.SendCode("bob", c.assigned), IsOk());
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)), IsOk());
}

TEST(ReleaseRecovery, IsRefusedWhereNothingIsHeld) {
  Officers world;
  const auto c = world.ToContact();
  const std::string unheld = world.Dump();
  EXPECT_THAT(world.Release(c.assigned), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_EQ(world.Dump(), unheld);
}

TEST(ReleaseRecovery, SaysThatNobodyIsThere) {
  Officers world;
  const auto start = world.Start(testing::kDavePhone);
  ASSERT_THAT(start, IsOk());
  world.identity.account("dave").email = "new@example.org";  // HELD: the address changed, and nobody guards
  ASSERT_THAT(world.Verify(start->name(), world.otp.CodeTo(testing::kDavePhone)), IsOk());
  const auto list = world.handlers.ListRecoveries(world.Operator(), {});
  ASSERT_EQ(list->recoveries(0).state(), pb::RECOVERY_STATE_HELD);
  EXPECT_THAT(world.Release(list->recoveries(0).name()),
              Refused(kFailedPrecondition, Reason::kNoTrustedContact));
}

}  // namespace
}  // namespace tc::recovery

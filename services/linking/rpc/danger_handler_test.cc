// "My mother is on the phone with them now" (L10).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/domain/verdict.h"
#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kResourceExhausted;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kDay = absl::Hours(24);

TEST(ReportDanger, FreezesThePrincipalAndTellsHim) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  world.Told();
  const auto report = world.ReportDanger("bob", link);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->link(), link);
  EXPECT_EQ(report->create_time().seconds(), absl::ToUnixSeconds(world.now()));
  EXPECT_EQ(report->freeze_expire_time().seconds(), absl::ToUnixSeconds(world.now() + kDay));

  const kv::Event event = world.Events().back();
  EXPECT_EQ(event.type, "DangerReported");
  EXPECT_EQ(event.resource, link);
  EXPECT_EQ(event.attributes.at("principal"), "alice");
  EXPECT_EQ(event.attributes.at("contact"), "bob");
  EXPECT_EQ(event.attributes.at("frozen_until"), absl::StrCat(absl::ToUnixMicros(world.now() + kDay)));
  EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: danger Борис С."));
  EXPECT_THAT(world.identity().TakeFreezes(),
              ElementsAre(FreezeOrder{AccountId::FromTrusted("alice"), world.now() + kDay}));
  EXPECT_EQ(world.TrustedContact("alice")->state(), pb::LINK_STATE_ACTIVE) << "the link stays as it is";
}

TEST(ReportDanger, KeepsTheContactForADay) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  ASSERT_THAT(world.ReportDanger("bob", link), IsOk());
  world.clock().Advance(kDay - absl::Milliseconds(1));
  const auto refused = world.Remove("alice");
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kAccountFrozen));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Milliseconds(1));
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_THAT(world.Remove("alice"), IsOk());
}

TEST(ReportDanger, KeepsAnotherContactFromComing) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  ASSERT_THAT(world.ReportDanger("bob", link), IsOk());
  ASSERT_THAT(world.Resign("bob", link), IsOk()) << "he may go; the freeze stays";
  EXPECT_THAT(world.Invite("alice", "carol"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

TEST(ReportDanger, KeepsAPendingRemovalFromTakingEffect) {
  World world(TestPolicy("strict"));
  const std::string link = world.Link("alice", "bob").name();
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(absl::Hours(20));
  ASSERT_THAT(world.ReportDanger("bob", link), IsOk()) << "he guards still";
  world.clock().Advance(absl::Hours(10));
  world.RunTimers();
  EXPECT_EQ(world.Guard("alice").link_state(), pb::LINK_STATE_REMOVAL_PENDING);
  world.clock().Advance(absl::Hours(14));
  EXPECT_FALSE(world.Guard("alice").guarded());
  world.RunTimers();
  EXPECT_EQ(world.EventTypes().back(), "LinkRemoved");
}

TEST(ReportDanger, OnceTheRemovalIsDueIsTooLate) {
  World world(TestPolicy("strict"));
  const std::string link = world.Link("alice", "bob").name();
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(kDay);
  EXPECT_THAT(world.ReportDanger("bob", link),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  world.RunOutbox();
  EXPECT_THAT(world.identity().TakeFreezes(), IsEmpty());
}

TEST(ReportDanger, IsPossibleForASuspendedContact) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  world.identity().people.at("bob").as_contact = {false, {"PASSPORT_MISSING"}};
  ASSERT_THAT(world.IdentityTells("AccountUpdated", {{"account", "bob"}}), IsOk());
  world.RunOutbox();
  ASSERT_THAT(world.ReportDanger("bob", link), IsOk());
  EXPECT_EQ(world.TrustedContact("alice")->suspend_reason(), pb::SUSPEND_REASON_CONTACT_NOT_ELIGIBLE);
}

TEST(ReportDanger, IsPossibleOnceADay) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  ASSERT_THAT(world.ReportDanger("bob", link), IsOk());
  world.clock().Advance(absl::Hours(23));
  const auto refused = world.ReportDanger("bob", link);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kRateLimited));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(1));
  world.clock().Advance(absl::Hours(1));
  EXPECT_THAT(world.ReportDanger("bob", link), IsOk());
}

TEST(ReportDanger, OfTheSameRequestHasTheSameAnswer) {
  World world;
  pb::ReportDangerRequest in;
  in.set_name(world.Link("alice", "bob").name());
  const rpc::Call call = world.As("bob");
  const auto first = world.handlers().ReportDanger(call, in);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(world.handlers().ReportDanger(call, in)->SerializeAsString(), first->SerializeAsString());
  world.RunOutbox();
  EXPECT_EQ(world.identity().TakeFreezes().size(), 1u);
}

TEST(ReportDanger, IsTheContactsAlone) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  for (const std::string stranger : {"alice", "carol"}) {
    EXPECT_THAT(world.ReportDanger(stranger, link), Refused(kNotFound, Reason::kNotFound));
  }
  EXPECT_THAT(world.ReportDanger("bob", "links/absent"), Refused(kNotFound, Reason::kNotFound));
}

TEST(AFreeze, IsAskedForAgainWhileIdentityIsSilentAndNotWhenItCannotBe) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  world.Told();
  ASSERT_THAT(world.ReportDanger("bob", link), IsOk());
  world.identity().failure = absl::UnavailableError("no answer");
  world.RunOutbox();
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kAccountFrozen))
      << "here the freeze does not wait for identity";
  world.identity().failure = absl::OkStatus();
  world.identity().freeze_refusal = absl::FailedPreconditionError("blocked");
  world.clock().Advance(absl::Minutes(5));
  world.RunOutbox();
  EXPECT_THAT(world.Waiting(), IsEmpty()) << "a blocked account needs no freeze";
}

}  // namespace
}  // namespace tc::linking

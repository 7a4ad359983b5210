#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kUnavailable;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;

TEST(Accept, MakesTheLinkAndTellsEverybody) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.clock().Advance(absl::Minutes(5));
  const auto link = world.Accept("bob", invitation->name());
  ASSERT_THAT(link, IsOk());
  EXPECT_EQ(link->state(), pb::LINK_STATE_ACTIVE);
  EXPECT_EQ(link->contact(), "accounts/bob");
  EXPECT_EQ(link->masked_principal(), "Алиса П.");
  EXPECT_THAT(link->principal(), IsEmpty()) << "the contact sees a masked name only";
  EXPECT_THAT(link->masked_contact_phone(), IsEmpty());
  EXPECT_EQ(link->create_time().seconds(), absl::ToUnixSeconds(world.now()));

  const auto seen = world.GetInvitation("alice", invitation->name());
  EXPECT_EQ(seen->state(), pb::INVITATION_STATE_ACCEPTED);
  EXPECT_EQ(seen->link(), link->name());

  ASSERT_THAT(world.EventTypes(), ElementsAre("InvitationCreated", "InvitationAccepted", "LinkCreated"));
  const kv::Event created = world.Events()[2];
  EXPECT_EQ(created.resource, link->name());
  EXPECT_EQ(created.attributes.at("principal"), "alice");
  EXPECT_EQ(created.attributes.at("contact"), "bob");
}

TEST(Accept, AsksIdentityAboutBothAgain) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.identity().TakeQuestions();
  ASSERT_THAT(world.Accept("bob", invitation->name()), IsOk());
  EXPECT_THAT(world.identity().TakeQuestions(),
              ElementsAre("CheckEligibility", "MatchContact", "CheckEligibility"));
}

TEST(Accept, IsPossibleToTheLastInstantAndNoLonger) {
  World world;
  const auto first = world.Invite("alice", "bob");
  world.clock().Advance(absl::Minutes(30));
  world.identity().TakeQuestions();
  EXPECT_THAT(world.Accept("bob", first->name()), Refused(kFailedPrecondition, Reason::kInvitationExpired));
  EXPECT_THAT(world.identity().TakeQuestions(), IsEmpty());
  const auto second = world.Invite("alice", "bob");
  world.clock().Advance(absl::Minutes(30) - absl::Milliseconds(1));
  EXPECT_THAT(world.Accept("bob", second->name()), IsOk());
}

TEST(Accept, HappensOnce) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(world.Accept("bob", invitation->name()), IsOk());
  EXPECT_THAT(world.Accept("bob", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationClosed));
  EXPECT_THAT(world.Decline("bob", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationClosed));
  EXPECT_THAT(world.Cancel("alice", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationClosed));
}

TEST(Accept, GivesTheSameAnswerToTheSameRequest) {
  World world;
  pb::AcceptInvitationRequest in;
  in.set_name(world.Invite("alice", "bob")->name());
  const rpc::Call call = world.As("bob");
  const auto first = world.Accept(call, in);
  const auto again = world.Accept(call, in);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_THAT(world.Principals("bob"), SizeIs(1));
}

TEST(Accept, TellsTheContactHisOwnUnmetRequirementsAndLeavesTheInvitationOpen) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.identity().people["bob"].as_contact = {false, {"AGE_BELOW_MINIMUM", "NOT_CITIZEN"}};
  const auto refused = world.Accept("bob", invitation->name());
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kNotEligible));
  EXPECT_THAT(UnmetOf(refused.status()), SizeIs(2));
  EXPECT_EQ(world.GetInvitation("bob", invitation->name())->state(), pb::INVITATION_STATE_PENDING);
  world.identity().people["bob"].as_contact = {true, {}};
  EXPECT_THAT(world.Accept("bob", invitation->name()), IsOk());
}

TEST(Accept, DoesNotTellOneReasonOfThePrincipalFromAnother) {
  const auto refusal = [](void (*change)(World & world)) {
    World world;
    const auto invitation = world.Invite("alice", "bob");
    change(world);
    return world.Accept("bob", invitation->name()).status();
  };
  const absl::Status ineligible = refusal([](World& world) {
    world.identity().people["alice"].as_principal = {false, {"ACCOUNT_BLOCKED"}};
  });
  EXPECT_THAT(ineligible, Refused(kFailedPrecondition, Reason::kNotEligible));
  EXPECT_THAT(UnmetOf(ineligible), IsEmpty());
  EXPECT_EQ(ineligible, refusal([](World& world) { world.identity().people.erase("alice"); })) << "erased";
  EXPECT_EQ(ineligible,
            refusal([](World& world) { world.identity().people["bob"].first_name = "Борислав"; }));
  EXPECT_EQ(ineligible, refusal([](World& world) { world.identity().people["bob"].phone = "+79160000009"; }));
}

TEST(Accept, BelongsToTheOneWhoMatchedEvenIfThePhoneHasPassedToAnother) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.identity().people["bob"].phone = "+79160000009";
  world.Know("carol", "Борис", "+79160000002", "Борис К.");
  EXPECT_THAT(world.Accept("carol", invitation->name()),
              Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Accept("bob", invitation->name()), Refused(kFailedPrecondition, Reason::kNotEligible));
}

TEST(Accept, RefusesWhoHasComeToShareThePhoneOrIsOnePerson) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.identity().conflicts.same_phone = true;
  EXPECT_THAT(world.Accept("bob", invitation->name()), Refused(kFailedPrecondition, Reason::kSamePhone));
  world.identity().conflicts = {};
  world.identity().conflicts.same_person = true;
  EXPECT_THAT(world.Accept("bob", invitation->name()), Refused(kFailedPrecondition, Reason::kSamePerson));
}

TEST(Accept, IsRefusedWhileIdentityIsSilent) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.identity().failure = Refuse(kUnavailable, Reason::kPeerUnavailable, "identity does not answer");
  EXPECT_THAT(world.Accept("bob", invitation->name()), Refused(kUnavailable, Reason::kPeerUnavailable));
  EXPECT_FALSE(world.Guard("alice").guarded());
}

TEST(Accept, RefusesASixthPrincipal) {
  World world;
  std::string last;
  for (int i = 0; i < 6; ++i) {
    const std::string account = absl::StrCat("p", i);
    world.Know(account, "Пётр", absl::StrCat("+7916111000", i), "Пётр П.");
    last = world.Invite(account, "bob")->name();
    if (i < 5) {
      ASSERT_THAT(world.Accept("bob", last), IsOk());
      world.clock().Advance(absl::Hours(24));
    }
  }
  EXPECT_THAT(world.Accept("bob", last), Refused(kFailedPrecondition, Reason::kPrincipalLimitReached));
  EXPECT_EQ(world.GetInvitation("p5", last)->state(), pb::INVITATION_STATE_PENDING)
      << "the principal is not told";
  ASSERT_THAT(world.Resign("bob", world.Principals("bob")[0].name()), IsOk());
  EXPECT_THAT(world.Accept("bob", last), IsOk()) << "one has left, another may come";
  EXPECT_THAT(world.Principals("bob"), SizeIs(5));
}

TEST(Accept, CountsAPendingRemovalAsAPlaceUntilItIsDueAndNoLonger) {
  Policy policy = TestPolicy("strict");
  policy.principals_per_contact = 1;
  World world(policy);
  world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(absl::Hours(24) - absl::Minutes(1));
  const auto early = world.Invite("carol", "bob");
  EXPECT_THAT(world.Accept("bob", early->name()),
              Refused(kFailedPrecondition, Reason::kPrincipalLimitReached));
  world.clock().Advance(absl::Minutes(1));
  EXPECT_THAT(world.Accept("bob", early->name()), IsOk()) << "due by the clock, though no timer has run";
  EXPECT_THAT(world.Principals("bob"), SizeIs(1));
}

TEST(Accept, AllowsMutualPairs) {
  World world;
  world.Link("alice", "bob");
  world.Link("bob", "alice");
  EXPECT_EQ(world.Guard("alice").contact(), "accounts/bob");
  EXPECT_EQ(world.Guard("bob").contact(), "accounts/alice");
}

}  // namespace
}  // namespace tc::linking

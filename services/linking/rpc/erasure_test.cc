// What stays of an erased person.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kNotFound;
using ::testing::Contains;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;

class Erasing : public ::testing::Test {
 protected:
  // Identity has erased the account, and tells.
  std::vector<std::string> Erase(const std::string& account) {
    world_.identity().people.at(account).as_principal = {false, {"ACCOUNT_DELETED"}};
    world_.identity().people.at(account).as_contact = {false, {"ACCOUNT_DELETED"}};
    EXPECT_THAT(world_.IdentityTells("AccountDeleted", {{"account", account}}), IsOk());
    return world_.Told();
  }
  LinkPeople People(const std::string& link) {
    LinkPeople people;
    EXPECT_THAT(world_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
      const LinkRow row = TRY(world_.stores().links.Get(txn, *LinkId::ParseName(link)));
      people = TRY(world_.stores().links.Open(row));
      return absl::OkStatus();
    }),
                IsOk());
    return people;
  }
  InvitationDetails Details(const std::string& invitation) {
    InvitationDetails details;
    EXPECT_THAT(world_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
      const auto row = TRY(world_.stores().invitations.Get(txn, *InvitationId::ParseName(invitation)));
      details = TRY(world_.stores().invitations.Open(row));
      return absl::OkStatus();
    }),
                IsOk());
    return details;
  }

  World world_;
};

TEST_F(Erasing, APrincipalEndsHisProtectionAndTakesHisNameAlong) {
  const std::string link = world_.Link("alice", "bob").name();
  world_.Told();
  EXPECT_THAT(Erase("alice"), ::testing::ElementsAre("bob: removed Алиса П."))
      << "the contact is told by name; nobody is there to be told on the other side";
  EXPECT_FALSE(world_.Guard("alice").guarded());
  EXPECT_THAT(world_.Principals("bob"), IsEmpty());
  EXPECT_EQ(People(link), (LinkPeople{"", "Борис С.", "+7 9** ***-**-02"}));
  EXPECT_EQ(world_.Events().back().type, "LinkRemoved");
}

TEST_F(Erasing, APrincipalEndsHisLinkThoughARecoveryHoldsIt) {
  world_.Link("alice", "bob");
  ASSERT_THAT(world_.Hold("alice", "rec-1", absl::Hours(24)), IsOk());
  Erase("alice");
  EXPECT_FALSE(world_.Guard("alice").guarded());
}

TEST_F(Erasing, AContactLeavesTheProtectionOn) {
  const std::string link = world_.Link("alice", "bob").name();
  world_.Told();
  EXPECT_THAT(Erase("bob"), ::testing::ElementsAre("alice: suspended Борис С."));
  EXPECT_TRUE(world_.Guard("alice").guarded());
  EXPECT_EQ(world_.Guard("alice").link_state(), pb::LINK_STATE_SUSPENDED);
  EXPECT_EQ(People(link), (LinkPeople{"Алиса П.", "", ""}));
  EXPECT_THAT(world_.TrustedContact("alice")->masked_contact_phone(), IsEmpty());
}

TEST_F(Erasing, ReachesEndedLinksOnBothSidesHoweverMany) {
  std::vector<std::string> of_alice;
  for (int i = 0; i < 60; ++i) {
    of_alice.push_back(world_.Link("alice", "bob").name());
    ASSERT_THAT(world_.Remove("alice"), IsOk());
    world_.clock().Advance(absl::Hours(24));
  }
  const std::string guarded_by_alice = world_.Link("carol", "alice").name();
  Erase("alice");
  for (const std::string& link : of_alice) EXPECT_THAT(People(link).masked_principal, IsEmpty());
  EXPECT_EQ(People(of_alice[0]).masked_contact, "Борис С.");
  EXPECT_EQ(People(guarded_by_alice), (LinkPeople{"Карина К.", "", ""}));
  Erase("bob");
  for (const std::string& link : of_alice) EXPECT_EQ(People(link), LinkPeople());
}

TEST_F(Erasing, APrincipalTakesHisOpenInvitationBackAndEmptiesAllHeSent) {
  const std::string declined = world_.Invite("alice", "bob")->name();
  ASSERT_THAT(world_.Decline("bob", declined), IsOk());
  const std::string open = world_.Invite("alice", "bob")->name();
  Erase("alice");
  EXPECT_EQ(world_.GetInvitation("bob", open)->state(), pb::INVITATION_STATE_CANCELLED);
  for (const std::string& name : {declined, open}) EXPECT_EQ(Details(name), InvitationDetails());
  EXPECT_EQ(world_.Events().back().type, "InvitationCancelled");
}

// L2: alice cannot tell that the phone that she once invited was somebody's.
TEST_F(Erasing, AnInviteeIsNotBetrayedByAnInvitationThatHeNeverAnswered) {
  const std::string cancelled = world_.Invite("alice", "bob")->name();
  ASSERT_THAT(world_.Cancel("alice", cancelled), IsOk());
  const std::string open = world_.Invite("alice", "bob")->name();
  const auto before = world_.Invitations("alice", pb::INVITATION_VIEW_SENT);
  Erase("bob");
  const auto after = world_.Invitations("alice", pb::INVITATION_VIEW_SENT);
  ASSERT_THAT(after, SizeIs(2));
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(after[i].SerializeAsString(), before[i].SerializeAsString());
  EXPECT_THAT(world_.Invitations("bob", pb::INVITATION_VIEW_RECEIVED), IsEmpty());
  EXPECT_THAT(world_.Accept("bob", open), Refused(kNotFound, Reason::kNotFound));
  for (const std::string& name : {cancelled, open}) {
    EXPECT_FALSE(Details(name).contact_phone.has_value()) << "the number is gone";
  }
  world_.clock().Advance(absl::Minutes(30));
  world_.RunTimers();
  EXPECT_EQ(world_.GetInvitation("alice", open)->state(), pb::INVITATION_STATE_EXPIRED);
}

TEST_F(Erasing, AnInviteeWhoHasAnsweredIsErasedWholly) {
  const std::string declined = world_.Invite("alice", "bob")->name();
  ASSERT_THAT(world_.Decline("bob", declined), IsOk());
  Erase("bob");
  EXPECT_EQ(Details(declined), (InvitationDetails{FirstName(), Phone(), "", "Алиса П."}));
}

TEST_F(Erasing, EmptiesBlockListsOnBothSides) {
  ASSERT_THAT(world_.Decline("bob", world_.Invite("alice", "bob")->name(), true), IsOk());
  ASSERT_THAT(world_.Decline("alice", world_.Invite("carol", "alice")->name(), true), IsOk());
  Erase("alice");
  for (const std::string person : {"alice", "bob"}) {
    EXPECT_EQ(world_.handlers().ListBlockedSenders(world_.As(person), {})->blocked_senders_size(), 0)
        << person;
  }
}

TEST_F(Erasing, TwiceDoesNoHarm) {
  world_.Link("alice", "bob");
  world_.Link("bob", "carol");
  Erase("bob");
  const size_t events = world_.Events().size();
  EXPECT_THAT(Erase("bob"), IsEmpty());
  EXPECT_EQ(world_.Events().size(), events);
}

// He accepted, identity answered, he was erased, and only then the acceptance was written.
TEST_F(Erasing, CatchesUpWithALinkThatCameToBeMeanwhile) {
  const std::string to_bob = world_.Invite("alice", "bob")->name();
  const std::string by_carol = world_.Invite("carol", "dave")->name();
  world_.Told();
  const auto first = world_.Accept("bob", to_bob);
  const auto second = world_.Accept("dave", by_carol);
  for (const std::string gone : {"bob", "carol"}) {
    world_.identity().people.at(gone).as_principal = {false, {"ACCOUNT_DELETED"}};
    world_.identity().people.at(gone).as_contact = {false, {"ACCOUNT_DELETED"}};
  }
  EXPECT_THAT(world_.Told(), Contains("alice: suspended Борис С."));
  EXPECT_EQ(People(first->name()), (LinkPeople{"Алиса П.", "", ""}));
  EXPECT_FALSE(world_.Guard("carol").guarded());
  EXPECT_THAT(People(second->name()).masked_principal, IsEmpty());
  EXPECT_THAT(world_.Waiting(), IsEmpty());
}

}  // namespace
}  // namespace tc::linking

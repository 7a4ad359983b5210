#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "common/testing/acts.h"
#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kNotFound;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;

TEST(GetTrustedContact, ShowsThePrincipalAMaskedContact) {
  World world;
  const pb::Link made = world.Link("alice", "bob");
  const auto link = world.TrustedContact("alice");
  ASSERT_THAT(link, IsOk());
  EXPECT_EQ(link->name(), made.name());
  EXPECT_EQ(link->principal(), "accounts/alice");
  EXPECT_EQ(link->masked_contact(), "Борис С.");
  EXPECT_EQ(link->masked_contact_phone(), Phone::FromTrusted("+79160000002").Masked());
  EXPECT_THAT(link->contact(), IsEmpty());
  EXPECT_THAT(link->masked_principal(), IsEmpty());
}

TEST(GetTrustedContact, IsNotFoundWithoutOne) {
  World world;
  EXPECT_THAT(world.TrustedContact("alice"), Refused(kNotFound, Reason::kNotFound));
  world.Link("alice", "bob");
  EXPECT_THAT(world.TrustedContact("bob"), Refused(kNotFound, Reason::kNotFound))
      << "the contact is not guarded";
}

TEST(ListPrincipals, ShowsWhomOneGuardsInPages) {
  World world;
  for (const std::string principal : {"alice", "carol", "dave"}) world.Link(principal, "bob");
  EXPECT_THAT(world.Principals("bob"), SizeIs(3));
  EXPECT_THAT(world.Principals("alice"), IsEmpty());
  std::vector<std::string> names;
  std::string token;
  do {
    pb::ListPrincipalsRequest in;
    in.set_page_size(2);
    in.set_page_token(token);
    const auto out = world.handlers().ListPrincipals(world.As("bob"), in);
    ASSERT_THAT(out, IsOk());
    EXPECT_LE(out->links_size(), 2);
    for (const pb::Link& link : out->links()) {
      names.push_back(link.masked_principal());
      EXPECT_THAT(link.principal(), IsEmpty());
    }
    token = out->next_page_token();
  } while (!token.empty());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("Алиса П.", "Карина К.", "Давид Д."));
}

TEST(RemoveTrustedContact, EndsTheLinkAtOnceByDefault) {
  World world;
  const pb::Link link = world.Link("alice", "bob");
  const auto removed = world.Remove("alice");
  ASSERT_THAT(removed, IsOk());
  EXPECT_EQ(removed->name(), link.name());
  EXPECT_EQ(removed->state(), pb::LINK_STATE_REMOVED);
  EXPECT_EQ(removed->end_time().seconds(), absl::ToUnixSeconds(world.now()));
  EXPECT_FALSE(world.Guard("alice").guarded());
  EXPECT_THAT(world.TrustedContact("alice"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Principals("bob"), IsEmpty());
  EXPECT_EQ(world.EventTypes().back(), "LinkRemoved");
  EXPECT_THAT(world.Invite("alice", "carol"), IsOk()) << "free for another one";
}

TEST(RemoveTrustedContact, NeedsOne) {
  World world;
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kNoTrustedContact));
  world.Link("alice", "bob");
  EXPECT_THAT(world.Remove("bob"), Refused(kFailedPrecondition, Reason::kNoTrustedContact))
      << "the contact resigns instead";
}

TEST(RemoveTrustedContact, RemovesOnlyTheOneThatWasSeen) {
  World world;
  const pb::Link old = world.Link("alice", "bob");
  ASSERT_THAT(world.Resign("bob", old.name()), IsOk());
  const pb::Link current = world.Link("alice", "carol");
  EXPECT_THAT(world.Remove("alice", old.name()), Refused(kNotFound, Reason::kNotFound));
  EXPECT_TRUE(world.Guard("alice").guarded());
  EXPECT_THAT(world.Remove("alice", current.name()), IsOk());
  EXPECT_THAT(world.Remove("alice", "bob"), Violates("NAME_INVALID"));
}

TEST(RemoveTrustedContact, WithADelayLetsTheContactGuardToTheLastInstant) {
  World world(TestPolicy("strict"));
  world.Link("alice", "bob");
  const auto pending = world.Remove("alice");
  ASSERT_THAT(pending, IsOk());
  EXPECT_EQ(pending->state(), pb::LINK_STATE_REMOVAL_PENDING);
  EXPECT_EQ(pending->removal_time().seconds(), absl::ToUnixSeconds(world.now() + absl::Hours(24)));
  EXPECT_EQ(world.EventTypes().back(), "LinkRemovalPending");
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));

  world.clock().Advance(absl::Hours(24) - absl::Milliseconds(1));
  EXPECT_EQ(world.Guard("alice").link_state(), pb::LINK_STATE_REMOVAL_PENDING);
  EXPECT_EQ(world.TrustedContact("alice")->state(), pb::LINK_STATE_REMOVAL_PENDING);
  EXPECT_THAT(world.Invite("alice", "carol"), Refused(kFailedPrecondition, Reason::kContactAlreadyLinked));
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_FALSE(world.Guard("alice").guarded()) << "by the clock, before any timer";
  EXPECT_THAT(world.TrustedContact("alice"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Principals("bob"), IsEmpty());
}

TEST(RemoveTrustedContact, IsCompletedByItsTimer) {
  World world(TestPolicy("strict"));
  const pb::Link link = world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(absl::Hours(24));
  world.RunTimers();
  EXPECT_EQ(world.EventTypes().back(), "LinkRemoved");
  EXPECT_EQ(world.Events().back().resource, link.name());
  EXPECT_THAT(world.Remove("alice"), Refused(kFailedPrecondition, Reason::kNoTrustedContact));
}

TEST(RemoveTrustedContact, IsWrittenDownByTheNextInvitationWhenItsTimerIsLate) {
  World world(TestPolicy("strict"));
  world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.clock().Advance(absl::Hours(25));
  EXPECT_THAT(world.Invite("alice", "carol"), IsOk());
  const std::vector<std::string> types = world.EventTypes();
  EXPECT_EQ(types[types.size() - 2], "LinkRemoved");
  world.RunTimers();
  EXPECT_THAT(world.EventTypes(), Contains("LinkRemoved").Times(1));
}

TEST(Resign, EndsTheLinkAtOnce) {
  World world(TestPolicy("strict"));
  const pb::Link link = world.Link("alice", "bob");
  const auto resigned = world.Resign("bob", link.name());
  ASSERT_THAT(resigned, IsOk());
  EXPECT_EQ(resigned->state(), pb::LINK_STATE_RESIGNED);
  EXPECT_FALSE(world.Guard("alice").guarded());
  EXPECT_EQ(world.EventTypes().back(), "LinkResigned");
  EXPECT_THAT(world.Resign("bob", link.name()),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST(Resign, IsTheContactsAlone) {
  World world;
  const pb::Link link = world.Link("alice", "bob");
  for (const std::string other : {"alice", "carol"}) {
    EXPECT_THAT(world.Resign(other, link.name()), Refused(kNotFound, Reason::kNotFound));
  }
  EXPECT_EQ(world.Resign("carol", link.name()).status(), world.Resign("carol", "links/absent").status());
  EXPECT_THAT(world.Resign("bob", "bob"), Violates("NAME_INVALID"));
}

TEST(Resign, IsNotPossibleOnceThePrincipalHasBegunToRemove) {
  World world(TestPolicy("strict"));
  const pb::Link link = world.Link("alice", "bob");
  ASSERT_THAT(world.Remove("alice"), IsOk());
  EXPECT_THAT(world.Resign("bob", link.name()),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

absl::StatusOr<pb::ListLinkHistoryResponse> History(World& world, const rpc::Call& call, pb::LinkView view,
                                                    const std::string& account = "") {
  pb::ListLinkHistoryRequest in;
  in.set_view(view);
  in.set_account(account);
  return world.handlers().ListLinkHistory(call, in);
}

TEST(ListLinkHistory, RemembersEveryLinkAndItsChanges) {
  World world;
  const pb::Link first = world.Link("alice", "bob");
  world.clock().Advance(absl::Hours(1));
  ASSERT_THAT(world.Remove("alice"), IsOk());
  const pb::Link second = world.Link("alice", "carol");
  world.clock().Advance(absl::Hours(1));
  ASSERT_THAT(world.Resign("carol", second.name()), IsOk());
  const pb::Link current = world.Link("alice", "dave");

  const auto history = History(world, world.As("alice"), pb::LINK_VIEW_AS_PRINCIPAL);
  ASSERT_THAT(history, IsOk());
  ASSERT_EQ(history->links_size(), 3);
  EXPECT_EQ(history->links(0).name(), current.name());
  EXPECT_EQ(history->links(1).name(), second.name());
  EXPECT_EQ(history->links(2).name(), first.name());
  const pb::Link& oldest = history->links(2);
  ASSERT_EQ(oldest.changes_size(), 3);
  EXPECT_EQ(oldest.changes(0).actor(), pb::LINK_ACTOR_CONTACT);
  EXPECT_EQ(oldest.changes(0).state(), pb::LINK_STATE_ACTIVE);
  EXPECT_EQ(oldest.changes(1).actor(), pb::LINK_ACTOR_PRINCIPAL);
  EXPECT_EQ(oldest.changes(2).state(), pb::LINK_STATE_REMOVED);
  EXPECT_EQ(oldest.masked_contact(), "Борис С.");

  const auto bobs = History(world, world.As("bob"), pb::LINK_VIEW_AS_CONTACT);
  ASSERT_EQ(bobs->links_size(), 1);
  EXPECT_EQ(bobs->links(0).masked_principal(), "Алиса П.");
  EXPECT_THAT(bobs->links(0).masked_contact(), IsEmpty());
  EXPECT_EQ(History(world, world.As("alice"), pb::LINK_VIEW_AS_CONTACT)->links_size(), 0);
}

TEST(ListLinkHistory, GivesPagesOverCurrentAndEndedLinks) {
  World world;
  for (const std::string principal : {"alice", "carol", "dave"}) world.Link(principal, "bob");
  world.clock().Advance(absl::Hours(25));
  ASSERT_THAT(world.Remove("alice"), IsOk());
  ASSERT_THAT(world.Remove("carol"), IsOk());
  world.Link("alice", "bob");
  for (const int size : {1, 2, 3, 4, 500}) {
    std::vector<std::string> names;
    std::string token;
    do {
      pb::ListLinkHistoryRequest in;
      in.set_view(pb::LINK_VIEW_AS_CONTACT);
      in.set_page_size(size);
      in.set_page_token(token);
      const auto out = world.handlers().ListLinkHistory(world.As("bob"), in);
      ASSERT_THAT(out, IsOk());
      EXPECT_LE(out->links_size(), size);
      for (const pb::Link& link : out->links()) names.push_back(link.name());
      token = out->next_page_token();
    } while (!token.empty());
    EXPECT_THAT(names, SizeIs(4)) << size;
    EXPECT_THAT(std::set<std::string>(names.begin(), names.end()), SizeIs(4)) << size;
  }
}

TEST(ListLinkHistory, IsOnesOwnForAPortalAndAnybodysForAnOperator) {
  World world;
  world.Link("alice", "bob");
  EXPECT_EQ(History(world, world.As("alice"), pb::LINK_VIEW_AS_PRINCIPAL, "accounts/alice")->links_size(), 1);
  EXPECT_THAT(History(world, world.As("carol"), pb::LINK_VIEW_AS_PRINCIPAL, "accounts/alice"),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(History(world, world.As("alice"), pb::LINK_VIEW_UNSPECIFIED), Violates("ENUM_INVALID"));
  const rpc::Call officer = testing::FromPeer(rpc::Role::kOperator, "officer", world.now());
  const auto seen = History(world, officer, pb::LINK_VIEW_AS_PRINCIPAL, "accounts/alice");
  ASSERT_THAT(seen, IsOk());
  ASSERT_EQ(seen->links_size(), 1);
  EXPECT_EQ(seen->links(0).principal(), "accounts/alice");
  EXPECT_EQ(seen->links(0).contact(), "accounts/bob");
  EXPECT_THAT(seen->links(0).masked_contact(), IsEmpty()) << "no names for operators";
  EXPECT_THAT(History(world, officer, pb::LINK_VIEW_AS_PRINCIPAL), Violates("NAME_INVALID"));
}

TEST(BlockedSenders, AreListedMaskedAndCanBeLetThroughAgain) {
  World world;
  for (const std::string sender : {"alice", "carol"}) {
    ASSERT_THAT(world.Decline("bob", world.Invite(sender, "bob")->name(), true), IsOk());
  }
  std::map<std::string, std::string> blocked;  // masked name → resource name
  std::string token;
  do {
    pb::ListBlockedSendersRequest in;
    in.set_page_size(1);
    in.set_page_token(token);
    const auto out = world.handlers().ListBlockedSenders(world.As("bob"), in);
    ASSERT_THAT(out, IsOk());
    ASSERT_EQ(out->blocked_senders_size(), 1);
    blocked[out->blocked_senders(0).masked_principal()] = out->blocked_senders(0).name();
    token = out->next_page_token();
  } while (!token.empty());
  ASSERT_THAT(blocked, SizeIs(2));

  pb::UnblockSenderRequest in;
  in.set_name(blocked.at("Алиса П."));
  EXPECT_THAT(world.handlers().UnblockSender(world.As("carol"), in), Refused(kNotFound, Reason::kNotFound))
      << "not her block";
  ASSERT_THAT(world.handlers().UnblockSender(world.As("bob"), in), IsOk());
  EXPECT_THAT(world.handlers().UnblockSender(world.As("bob"), in), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.handlers().ListBlockedSenders(world.As("bob"), {})->blocked_senders_size(), 1);
  const auto again = world.Invite("alice", "bob");
  EXPECT_THAT(world.GetInvitation("bob", again->name()), IsOk()) << "reaches him again";
  in.set_name("blocks/x");
  EXPECT_THAT(world.handlers().UnblockSender(world.As("bob"), in), Violates("NAME_INVALID"));
}

TEST(BlockedSenders, AreEnteredInTheAuditLogAndSoIsTheirEnd) {  // LOG-01
  testing::Acts acts;
  World world(TestPolicy(), {.run_twice = true, .ledger = &acts});
  ASSERT_THAT(world.Decline("bob", world.Invite("alice", "bob")->name(), true), IsOk());
  ASSERT_THAT(world.Decline("bob", world.Invite("carol", "bob")->name()), IsOk());
  pb::UnblockSenderRequest in;
  in.set_name(world.handlers().ListBlockedSenders(world.As("bob"), {})->blocked_senders(0).name());
  EXPECT_THAT(world.handlers().UnblockSender(world.As("carol"), in), Refused(kNotFound, Reason::kNotFound));
  ASSERT_THAT(world.handlers().UnblockSender(world.As("bob"), in), IsOk());
  EXPECT_THAT(testing::Acts::Of(world.database(), {"SenderBlocked", "SenderUnblocked"}),
              ElementsAre(absl::StrCat("SenderBlocked ", in.name(), " {principal=alice} of bob alice"),
                          absl::StrCat("SenderUnblocked ", in.name(), " of bob")));
}

}  // namespace
}  // namespace tc::linking

// Who is told what (L11, LNK-14, NTF-01, NTF-05), and what must not be told by it (L2).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(Notices, OfAnInvitationNameNobody) {
  World world;
  ASSERT_THAT(world.Invite("alice", "bob"), IsOk());
  EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: sent", "bob: received"));
}

TEST(Notices, OfAnAcceptanceNameTheOtherSide) {
  World world;
  world.Link("alice", "bob");
  EXPECT_THAT(world.Told(),
              UnorderedElementsAre("alice: sent", "bob: received", "alice: contact linked Борис С.",
                                   "bob: principal linked Алиса П."));
}

TEST(Notices, OfTheEndOfAnInvitationAreThePrincipalsOnly) {
  World world;
  const auto ended = [&](auto end) {
    const std::string invitation = world.Invite("alice", "bob")->name();
    world.Told();
    end(invitation);
    return world.Told();
  };
  EXPECT_THAT(ended([&](const std::string& name) { EXPECT_THAT(world.Decline("bob", name), IsOk()); }),
              UnorderedElementsAre("alice: ended"));
  EXPECT_THAT(ended([&](const std::string& name) { EXPECT_THAT(world.Cancel("alice", name), IsOk()); }),
              UnorderedElementsAre("alice: ended"));
  EXPECT_THAT(ended([&](const std::string&) {
                world.clock().Advance(absl::Minutes(30));
                world.RunTimers();
              }),
              UnorderedElementsAre("alice: ended"));
}

TEST(Notices, OfARemovalWithoutADelayTellOfItsEndOnly) {
  World world;
  world.Link("alice", "bob");
  world.Told();
  ASSERT_THAT(world.Remove("alice"), IsOk());
  EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: removed Борис С.", "bob: removed Алиса П."));
  const std::vector<std::string> types = world.EventTypes();
  EXPECT_THAT(std::vector<std::string>(types.end() - 2, types.end()),
              ::testing::ElementsAre("LinkRemovalPending", "LinkRemoved"))
      << "those who follow hear of every step";
}

TEST(Notices, OfARemovalWithADelayTellBothTwice) {
  World world(TestPolicy("strict"));
  world.Link("alice", "bob");
  world.Told();
  ASSERT_THAT(world.Remove("alice"), IsOk());
  EXPECT_THAT(world.Told(),
              UnorderedElementsAre("alice: removal pending Борис С.", "bob: removal pending Алиса П."));
  world.clock().Advance(absl::Hours(24));
  world.RunTimers();
  EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: removed Борис С.", "bob: removed Алиса П."));
}

TEST(Notices, OfAResignationTellBoth) {
  World world;
  const std::string link = world.Link("alice", "bob").name();
  world.Told();
  ASSERT_THAT(world.Resign("bob", link), IsOk());
  EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: resigned Борис С.", "bob: resigned Алиса П."));
}

TEST(Notices, OfASuspensionTellThePrincipalOnceAndWhenItIsOver) {  // E5
  World world;
  world.Link("alice", "bob");
  world.Told();
  world.identity().people.at("bob").as_contact = {false, {"ACCOUNT_BLOCKED"}};
  ASSERT_THAT(world.IdentityTells("AccountBlocked", {{"account", "bob"}}), IsOk());
  EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: suspended Борис С."));
  world.identity().people.at("bob").as_contact = {true, {}};
  world.identity().people.at("alice").as_principal = {false, {"PHONE_MISSING"}};
  ASSERT_THAT(world.IdentityTells("AccountUnblocked", {{"account", "bob"}}), IsOk());
  EXPECT_THAT(world.Told(), IsEmpty()) << "for another reason he still cannot confirm";
  world.identity().people.at("alice").as_principal = {true, {}};
  ASSERT_THAT(world.IdentityTells("PhoneBound", {{"account", "alice"}}), IsOk());
  EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: resumed Борис С."));
}

TEST(Notices, AskEveryYearWhetherItIsStillTheContact) {  // LNK-15
  World world;
  world.Link("alice", "bob");
  world.Told();
  const absl::Duration year = absl::Hours(365 * 24);
  world.clock().Advance(year - absl::Seconds(1));
  world.RunTimers();
  EXPECT_THAT(world.Told(), IsEmpty());
  for (int i = 0; i < 3; ++i) {
    world.clock().Advance(i == 0 ? absl::Seconds(1) : year);
    world.RunTimers();
    EXPECT_THAT(world.Told(), UnorderedElementsAre("alice: reminder Борис С.")) << i;
  }
  world.clock().Advance(5 * year);
  world.RunTimers();
  EXPECT_THAT(world.Told(), SizeIs(1)) << "after a long silence once, not five times";
  ASSERT_THAT(world.Remove("alice"), IsOk());
  world.Told();
  world.clock().Advance(2 * year);
  world.RunTimers();
  EXPECT_THAT(world.Told(), IsEmpty()) << "he guards no more";
}

// NTF-05: at least once by the outbox, once by the request id, and never late.
TEST(Notices, WaitForIdentityAndLapseAfterADay) {
  World world;
  ASSERT_THAT(world.Invite("alice", "bob"), IsOk());
  world.identity().failure = absl::UnavailableError("no answer");
  EXPECT_THAT(world.Told(), IsEmpty());
  EXPECT_THAT(world.Waiting(), SizeIs(2));
  world.identity().failure = absl::OkStatus();
  world.clock().Advance(absl::Minutes(5));
  EXPECT_THAT(world.Told(), SizeIs(2));

  world.clock().Advance(absl::Hours(1));
  world.RunTimers();
  ASSERT_THAT(world.Invite("alice", "bob"), IsOk());
  world.identity().failure = absl::UnavailableError("no answer");
  world.RunOutbox();
  world.identity().failure = absl::OkStatus();
  world.clock().Advance(absl::Hours(24));
  EXPECT_THAT(world.Told(), IsEmpty());
  EXPECT_THAT(world.Waiting(), IsEmpty());
}

TEST(Notices, LieSealedInTheStore) {
  World world;
  world.Link("alice", "bob");
  const std::string dump = world.Dump();
  EXPECT_THAT(dump, Not(HasSubstr("Борис")));
  EXPECT_THAT(dump, Not(HasSubstr("Алиса")));
}

struct Rows {
  std::vector<std::string> kinds;
  std::vector<size_t> sizes;
  friend bool operator==(const Rows&, const Rows&) = default;
};

Rows RowsOf(World& world) {
  Rows rows;
  for (const kv::OutboxRow& row : world.Waiting()) {
    rows.kinds.push_back(row.kind);
    rows.sizes.push_back(row.payload.size());
  }
  return rows;
}

// L2: what is written with the answer is the same whether or not it reaches anybody.
TEST(CreateInvitation, WritesTheSameWorkWhomeverItReaches) {
  World reached;
  ASSERT_THAT(reached.Invite("alice", "bob"), IsOk());
  World nobody;
  ASSERT_THAT(nobody.Invite("alice", "Некто", "+79169999999"), IsOk());
  World blocked;
  ASSERT_THAT(blocked.Decline("bob", blocked.Invite("alice", "bob")->name(), true), IsOk());
  blocked.Told();
  ASSERT_THAT(blocked.Invite("alice", "bob"), IsOk());
  EXPECT_THAT(RowsOf(reached).kinds, SizeIs(2));
  EXPECT_EQ(RowsOf(reached), RowsOf(nobody));
  EXPECT_EQ(RowsOf(reached), RowsOf(blocked));
  EXPECT_THAT(nobody.Told(), UnorderedElementsAre("alice: sent"));
  EXPECT_THAT(blocked.Told(), UnorderedElementsAre("alice: sent")) << "he does not want to hear of her";
}

}  // namespace
}  // namespace tc::linking

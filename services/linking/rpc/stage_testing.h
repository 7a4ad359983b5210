#pragma once

// An invitation of alice's to bob and a link of hers with him, each in a state of one's choice.

#include <functional>
#include <string>
#include <utility>

#include "services/linking/domain/standing.h"
#include "services/linking/rpc/matrix_testing.h"

namespace tc::linking::matrix {

// The two machines are put into their states one apart from the other, also into pairs of states that no
// calls lead to: what a table does not list is refused whatever the other one says.
class Stage {
 public:
  Stage(InvitationState invitation, LinkState link) : world(TestPolicy("strict")) {
    BlockDave();
    scene.invitation = world.Invite("alice", "bob")->name();
    LeadInvitation(invitation);
    scene.link = link == LinkState::kNew ? kAbsentLink : MakeLink(link).Name();
    EXPECT_EQ(InvitationNow(InvitationId::ParseName(scene.invitation).value()), invitation);
    EXPECT_EQ(LinkNow(LinkId::ParseName(scene.link).value()), link);
  }

  World world;
  Scene scene;

  // kNew: there is none.
  InvitationState InvitationNow(const InvitationId& id) {
    auto state = InvitationState::kNew;
    EXPECT_THAT(world.database().View([&](kv::ReadTxn& txn) -> absl::Status {
      if (id.has_value()) state = TRY(world.stores().invitations.Get(txn, id)).invitation.state;
      return absl::OkStatus();
    }),
                testing::IsOk());
    return state;
  }
  LinkState LinkNow(const LinkId& id) {
    auto state = LinkState::kNew;
    EXPECT_THAT(world.database().View([&](kv::ReadTxn& txn) -> absl::Status {
      if (id.has_value() && id.Name() != kAbsentLink)
        state = TRY(world.stores().links.Get(txn, id)).link.state;
      return absl::OkStatus();
    }),
                testing::IsOk());
    return state;
  }
  Protection ProtectionOfAlice() {
    Protection protection;
    EXPECT_THAT(world.database().View([&](kv::ReadTxn& txn) -> absl::Status {
      protection = TRY(world.stores().links.ProtectionOf(txn, AccountId::FromTrusted("alice")));
      return absl::OkStatus();
    }),
                testing::IsOk());
    return protection;
  }

 private:
  void BlockDave() {
    EXPECT_THAT(world.Decline("bob", world.Invite("dave", "bob")->name(), true), testing::IsOk());
    scene.block = world.handlers().ListBlockedSenders(world.As("bob"), {})->blocked_senders(0).name();
  }

  void LeadInvitation(InvitationState state) {
    if (state == InvitationState::kDeclined) {
      EXPECT_THAT(world.Decline("bob", scene.invitation), testing::IsOk());
    }
    if (state == InvitationState::kCancelled) {
      EXPECT_THAT(world.Cancel("alice", scene.invitation), testing::IsOk());
    }
    if (state == InvitationState::kExpired) {
      world.clock().Advance(absl::Minutes(30));
      world.RunTimers();
    }
    if (state != InvitationState::kAccepted) return;
    Write([&](kv::Txn& txn, Protection& protection) -> absl::Status {
      InvitationRow row = TRY(world.stores().invitations.Get(txn, protection.pending));
      row.invitation =
          TRY(Apply(std::move(row.invitation), InvitationTrigger::kAccept, Actor::kContact, world.now()));
      return Record(txn, world.stores(), std::move(row), protection, world.now());
    });
  }

  LinkId MakeLink(LinkState state) {
    const LinkId id = LinkId::FromTrusted("the-link");
    Invitation agreed;
    agreed.principal = AccountId::FromTrusted("alice");
    agreed.invitee = AccountId::FromTrusted("bob");
    const std::string people = world.stores().links.Seal(id, {"Алиса П.", "Борис С.", "+7 9** ***-**-02"});
    Write([&](kv::Txn& txn, Protection& protection) -> absl::Status {
      Link link = Establish(id, agreed, absl::Hours(24 * 180), world.now());
      TRY(Record(txn, world.stores(), {link, people}, protection, world.now()));
      link.taken.clear();
      link = TRY(Led(std::move(link), state));
      return Record(txn, world.stores(), {link, people}, protection, world.now());
    });
    return id;
  }

  absl::StatusOr<Link> Led(Link link, LinkState state) {
    switch (state) {
      case LinkState::kSuspended:
        return Follow(std::move(link), {LinkTrigger::kSuspend, SuspendReason::kSamePhone}, world.now());
      case LinkState::kRemovalPending:
        return Remove(std::move(link), absl::Hours(24), world.now());
      case LinkState::kRemoved:
        return Remove(std::move(link), absl::ZeroDuration(), world.now());
      case LinkState::kResigned:
        return Apply(std::move(link), LinkTrigger::kResign, Actor::kContact, world.now());
      case LinkState::kActive:
      case LinkState::kNew:
        break;
    }
    return link;
  }

  void Write(const std::function<absl::Status(kv::Txn&, Protection&)>& change) {
    EXPECT_THAT(world.database().Update([&](kv::Txn& txn) -> absl::Status {
      Protection protection = TRY(world.stores().links.ProtectionOf(txn, AccountId::FromTrusted("alice")));
      TRY(change(txn, protection));
      return world.stores().links.SaveProtection(txn, protection);
    }),
                testing::IsOk());
  }
};

}  // namespace tc::linking::matrix

// Who makes or ends a link has proved himself a short time ago (LNK-09, LNK-14), and where the policy demands
// it the contact agrees to his removal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kUnauthenticated;
using testing::IsOk;
using testing::Refused;

class Session : public ::testing::TestWithParam<const char*> {
 protected:
  Session() : world_(TestPolicy(GetParam())), longest_(TestPolicy(GetParam()).session_age) {}

  // Tries with a sign-in that is too old, then with one that is just young enough.
  template <typename Do>
  void Try(const std::string& person, Do act) {
    rpc::Call call = world_.As(person);
    call.person->auth_time = call.now - longest_ - absl::Milliseconds(1);
    const absl::Status refused = act(call);
    EXPECT_THAT(refused, Refused(kUnauthenticated, Reason::kReauthenticationRequired));
    EXPECT_EQ(MetadataOf(refused, "max_age_seconds"), absl::StrCat(absl::ToInt64Seconds(longest_)));
    call.person->auth_time = call.now - longest_;
    EXPECT_THAT(act(call), IsOk());
    call.person->auth_time = call.now - absl::Hours(1);
    EXPECT_THAT(act(call), IsOk()) << "what has happened is answered again, whenever";
  }
  absl::Status Invite(const rpc::Call& call) {
    pb::CreateInvitationRequest in;
    in.set_contact_first_name("Борис");
    in.set_contact_phone("+79160000002");
    const auto invitation = world_.handlers().CreateInvitation(call, in);
    if (invitation.ok()) invitation_ = invitation->name();
    return invitation.status();
  }

  World world_;
  const absl::Duration longest_;
  std::string invitation_;
};

TEST_P(Session, MustBeYoungToMakeAndToEndALink) {
  Try("alice", [&](const rpc::Call& call) { return Invite(call); });
  pb::AcceptInvitationRequest accept;
  accept.set_name(invitation_);
  Try("bob", [&](const rpc::Call& call) { return world_.Accept(call, accept).status(); });
  pb::RemoveTrustedContactRequest remove;
  Try("alice",
      [&](const rpc::Call& call) { return world_.handlers().RemoveTrustedContact(call, remove).status(); });
  pb::ResignRequest resign;
  resign.set_name(world_.Link("carol", "dave").name());
  Try("dave", [&](const rpc::Call& call) { return world_.handlers().Resign(call, resign).status(); });
}

INSTANTIATE_TEST_SUITE_P(Profiles, Session, ::testing::Values("gosuslugi", "strict"));

TEST(AnOldSession, AsksIdentityNothing) {
  World world;
  rpc::Call call = world.As("alice");
  call.person->auth_time = call.now - absl::Hours(1);
  pb::CreateInvitationRequest in;
  in.set_contact_first_name("Борис");
  in.set_contact_phone("+79160000002");
  EXPECT_THAT(world.handlers().CreateInvitation(call, in),
              Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_THAT(world.identity().TakeQuestions(), ::testing::IsEmpty());
}

// Else whoever has an old session could learn which invitations there are.
TEST(AnOldSession, TellsNobodyAnotherPersonsInvitationFromAnAbsentOne) {
  World world;
  rpc::Call call = world.As("carol");
  call.person->auth_time = call.now - absl::Hours(1);
  pb::AcceptInvitationRequest in;
  in.set_name(world.Invite("alice", "bob")->name());
  const absl::Status theirs = world.Accept(call, in).status();
  in.set_name("invitations/absent");
  EXPECT_THAT(theirs, Refused(absl::StatusCode::kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.Accept(call, in).status(), theirs);
}

TEST(ARemoval, NeedsTheContactsConsentWhereThePolicyDemandsIt) {
  Policy policy = TestPolicy();
  policy.removal_confirmed = true;
  World world(policy);
  const std::string link = world.Link("alice", "bob").name();
  const auto refused = world.Remove("alice");
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kConfirmationRequired));
  EXPECT_EQ(MetadataOf(refused.status(), "purpose"), "CONTACT_REMOVAL");
  EXPECT_THAT(world.RemoveGuard("alice", link, "rec-1"), IsOk());
  EXPECT_FALSE(world.Guard("alice").guarded());
}

// REC-18, as identity says it: an event of recovery's may still be on its way.
TEST(ARestrictedPrincipal, NeitherInvitesNorGetsAContact) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(invitation, IsOk());
  world.identity().people.at("alice").as_principal.restricted_until = world.now() + absl::Minutes(10);
  EXPECT_EQ(world.Accept("bob", invitation->name()).status(), NotForYouNow());
  ASSERT_THAT(world.Cancel("alice", invitation->name()), IsOk());
  const auto refused = world.Invite("alice", "bob");
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Minutes(10));
  world.clock().Advance(absl::Minutes(10));
  EXPECT_THAT(world.Invite("alice", "bob"), IsOk());
}

}  // namespace
}  // namespace tc::linking

// LinkingService over a real gRPC server: the gate's rules, the wire's words and the handlers meet here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/wire.h"
#include "services/linking/rpc/service.h"
#include "services/linking/rpc/world_testing.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kPermissionDenied;
using absl::StatusCode::kUnauthenticated;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;
using Stub = pb::LinkingService::Stub;

constexpr char kPortal[] = "portal/test";
constexpr char kRecovery[] = "service/recovery";

class OverTheWire : public ::testing::Test {
 protected:
  OverTheWire() {
    wire_.Serve({MakeService(world_.handlers(), wire_.gate())});
    stub_ = pb::LinkingService::NewStub(wire_.channel());
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               Request request, const std::string& peer, const std::string& person = "") {
    return wire_.Ask(*stub_, method, request, peer, person);
  }
  std::string RequestId() { return random_.Uuid(); }

  absl::StatusOr<pb::Invitation> Invite(const std::string& principal) {
    pb::CreateInvitationRequest in;
    in.set_contact_first_name("Борис");
    in.set_contact_phone("+79160000002");
    in.set_request_id(RequestId());
    return Ask(&Stub::CreateInvitation, in, kPortal, principal);
  }
  absl::StatusOr<pb::Link> Accept(const std::string& contact, const std::string& name) {
    pb::AcceptInvitationRequest in;
    in.set_name(name);
    in.set_request_id(RequestId());
    return Ask(&Stub::AcceptInvitation, in, kPortal, contact);
  }

  World world_;
  testing::FakeRandom random_{7};
  testing::WireServer wire_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(OverTheWire, InviteAcceptGuardHoldRemove) {
  const auto invitation = Invite("alice");
  ASSERT_THAT(invitation, IsOk());
  pb::ListInvitationsRequest list;
  list.set_view(pb::INVITATION_VIEW_RECEIVED);
  EXPECT_EQ(Ask(&Stub::ListInvitations, list, kPortal, "bob")->invitations_size(), 1);
  pb::GetInvitationRequest get;
  get.set_name(invitation->name());
  EXPECT_THAT(Ask(&Stub::GetInvitation, get, kPortal, "bob"), IsOk());
  const auto link = Accept("bob", invitation->name());
  ASSERT_THAT(link, IsOk());

  pb::GetGuardRequest guard;
  guard.set_principal("accounts/alice");
  EXPECT_EQ(Ask(&Stub::GetGuard, guard, kRecovery)->link(), link->name());
  pb::HoldGuardRequest hold;
  hold.set_principal("accounts/alice");
  hold.set_recovery("rec-1");
  hold.mutable_until()->set_seconds(absl::ToUnixSeconds(wire_.clock().Now() + absl::Hours(24)));
  hold.set_request_id(RequestId());
  EXPECT_TRUE(Ask(&Stub::HoldGuard, hold, kRecovery)->guarded());

  EXPECT_EQ(Ask(&Stub::GetTrustedContact, pb::GetTrustedContactRequest(), kPortal, "alice")->masked_contact(),
            "Борис С.");
  EXPECT_EQ(Ask(&Stub::ListPrincipals, pb::ListPrincipalsRequest(), kPortal, "bob")->links_size(), 1);
  pb::RemoveTrustedContactRequest remove;
  remove.set_request_id(RequestId());
  EXPECT_THAT(Ask(&Stub::RemoveTrustedContact, remove, kPortal, "alice"),
              Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  pb::ResignRequest resign;
  resign.set_name(link->name());
  resign.set_request_id(RequestId());
  EXPECT_THAT(Ask(&Stub::Resign, resign, kPortal, "bob"),
              Refused(kFailedPrecondition, Reason::kRecoveryOpen));
  pb::ListLinkHistoryRequest history;
  history.set_account("accounts/alice");
  history.set_view(pb::LINK_VIEW_AS_PRINCIPAL);
  EXPECT_EQ(Ask(&Stub::ListLinkHistory, history, "operator/officer")->links_size(), 1);
}

TEST_F(OverTheWire, CancelDeclineBlockUnblock) {
  pb::CancelInvitationRequest cancel;
  cancel.set_name(Invite("alice")->name());
  cancel.set_request_id(RequestId());
  EXPECT_EQ(Ask(&Stub::CancelInvitation, cancel, kPortal, "alice")->state(), pb::INVITATION_STATE_CANCELLED);
  pb::DeclineInvitationRequest decline;
  decline.set_name(Invite("alice")->name());
  decline.set_block_sender(true);
  decline.set_request_id(RequestId());
  EXPECT_EQ(Ask(&Stub::DeclineInvitation, decline, kPortal, "bob")->state(), pb::INVITATION_STATE_DECLINED);
  const auto blocked = Ask(&Stub::ListBlockedSenders, pb::ListBlockedSendersRequest(), kPortal, "bob");
  ASSERT_THAT(blocked, IsOk());
  ASSERT_THAT(blocked->blocked_senders(), SizeIs(1));
  pb::UnblockSenderRequest unblock;
  unblock.set_name(blocked->blocked_senders(0).name());
  unblock.set_request_id(RequestId());
  EXPECT_THAT(Ask(&Stub::UnblockSender, unblock, kPortal, "bob"), IsOk());
}

TEST_F(OverTheWire, EveryMethodOfAPersonNeedsOneSignedInWithAPortal) {
  pb::CreateInvitationRequest in;
  in.set_contact_first_name("Борис");
  in.set_contact_phone("+79160000002");
  in.set_request_id(RequestId());
  EXPECT_THAT(Ask(&Stub::CreateInvitation, in, kPortal), Refused(kUnauthenticated, Reason::kPersonRequired));
  EXPECT_THAT(Ask(&Stub::CreateInvitation, in, kRecovery),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(Ask(&Stub::CreateInvitation, in, "operator/officer"),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(Ask(&Stub::ListPrincipals, pb::ListPrincipalsRequest(), kPortal),
              Refused(kUnauthenticated, Reason::kPersonRequired));
}

TEST_F(OverTheWire, OnlyTheRecoveryServiceAsksWhoGuards) {
  pb::GetGuardRequest in;
  in.set_principal("accounts/alice");
  EXPECT_THAT(Ask(&Stub::GetGuard, in, kRecovery), IsOk());
  EXPECT_THAT(Ask(&Stub::GetGuard, in, "service/otp"), Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(Ask(&Stub::GetGuard, in, kPortal, "alice"),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(Ask(&Stub::HoldGuard, pb::HoldGuardRequest(), kPortal, "alice"),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(OverTheWire, MutationsNeedARequestId) {
  pb::CreateInvitationRequest in;
  in.set_contact_first_name("Борис");
  in.set_contact_phone("+79160000002");
  EXPECT_THAT(Ask(&Stub::CreateInvitation, in, kPortal, "alice"),
              Refused(kInvalidArgument, Reason::kRequestIdMissing));
}

TEST_F(OverTheWire, RefusalsCarryTheirDetails) {
  pb::CreateInvitationRequest in;
  in.set_contact_first_name("7");
  in.set_contact_phone("8 916");
  in.set_request_id(RequestId());
  const auto refused = Ask(&Stub::CreateInvitation, in, kPortal, "alice");
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(ViolationsOf(refused.status()), SizeIs(2));
  world_.identity().people["alice"].as_principal = {false, {"AGE_BELOW_MINIMUM"}};
  const auto ineligible = Invite("alice");
  EXPECT_THAT(ineligible, Refused(kFailedPrecondition, Reason::kNotEligible));
  EXPECT_THAT(UnmetOf(ineligible.status()), SizeIs(1));
  EXPECT_THAT(Accept("bob", "invitations/absent"), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(OverTheWire, ReportDangerAndRemoveGuard) {
  const auto link = Accept("bob", Invite("alice")->name());
  ASSERT_THAT(link, IsOk());
  pb::RemoveGuardRequest remove;
  remove.set_principal("accounts/alice");
  remove.set_link(link->name());
  remove.set_recovery("rec-1");
  remove.set_request_id(RequestId());
  EXPECT_THAT(Ask(&Stub::RemoveGuard, remove, kPortal, "alice"),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_FALSE(Ask(&Stub::RemoveGuard, remove, kRecovery)->guarded());

  const auto next = Accept("bob", Invite("alice")->name());
  ASSERT_THAT(next, IsOk());
  pb::ReportDangerRequest in;
  in.set_name(next->name());
  in.set_request_id(RequestId());
  EXPECT_EQ(Ask(&Stub::ReportDanger, in, kPortal, "bob")->link(), next->name());
}

}  // namespace
}  // namespace tc::linking

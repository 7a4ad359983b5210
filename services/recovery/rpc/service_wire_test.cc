#include "services/recovery/rpc/service.h"

#include <gtest/gtest.h>

#include "common/rpc/feed.h"
#include "common/testing/wire.h"
#include "services/recovery/rpc/world_testing.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::IsOk;
using testing::Refused;
using testing::World;

class Wire : public ::testing::Test {
 protected:
  Wire() {
    wire_.Serve({MakeService(world_.handlers, feed_, wire_.gate())});
    stub_ = pb::RecoveryService::NewStub(wire_.channel());
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (pb::RecoveryService::Stub::*method)(grpc::ClientContext*,
                                                                                 const Request&, Response*),
                               const Request& request, const char* peer, const char* person = "") {
    return wire_.Ask(*stub_, method, request, peer, person);
  }
  using Stub = pb::RecoveryService::Stub;

  World world_;
  rpc::Feed feed_{*world_.db, rpc::Feed::Options{}};
  tc::testing::WireServer wire_;
  std::unique_ptr<Stub> stub_;
};

pb::StartRecoveryRequest StartRequestOf(const char* phone) {
  pb::StartRecoveryRequest in;
  in.set_phone(phone);
  in.set_request_id("5d0c3c1e-8d62-4f5c-9f7d-0e2f6f0f6b10");
  return in;
}

TEST_F(Wire, CarriesAStartAndItsRepetition) {
  const auto started = Ask(&Stub::StartRecovery, StartRequestOf(testing::kAlicePhone), "portal/test");
  ASSERT_THAT(started, IsOk());
  const auto again = Ask(&Stub::StartRecovery, StartRequestOf(testing::kAlicePhone), "portal/test");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->name(), started->name());
}

TEST_F(Wire, LetsNobodyButPortalsStart) {
  for (const char* peer : {"service/linking", "bank/test", "operator/test", "identity-provider/test"}) {
    EXPECT_THAT(Ask(&Stub::StartRecovery, StartRequestOf(testing::kAlicePhone), peer),
                Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  }
}

TEST_F(Wire, DemandsTheContactToBeSignedIn) {
  pb::ApproveRecoveryRequest in;
  in.set_name("assignedRecoveries/x");
  in.set_code("123456");
  in.set_request_id("5d0c3c1e-8d62-4f5c-9f7d-0e2f6f0f6b11");
  EXPECT_THAT(Ask(&Stub::ApproveRecovery, in, "portal/test"),
              Refused(kUnauthenticated, Reason::kPersonRequired));
  EXPECT_THAT(Ask(&Stub::ApproveRecovery, in, "portal/test", "bob"), Refused(kNotFound, Reason::kNotFound));
}

TEST_F(Wire, DemandsARequestId) {
  pb::StartRecoveryRequest in = StartRequestOf(testing::kAlicePhone);
  in.clear_request_id();
  EXPECT_THAT(Ask(&Stub::StartRecovery, in, "portal/test"),
              Refused(kInvalidArgument, Reason::kRequestIdMissing));
}

TEST_F(Wire, LetsThePrincipalCancelOnlyWhenSignedIn) {
  ASSERT_THAT(Ask(&Stub::StartRecovery, StartRequestOf(testing::kAlicePhone), "portal/test"), IsOk());
  pb::CancelRecoveryRequest in;
  in.set_principal("accounts/alice");
  in.set_request_id("5d0c3c1e-8d62-4f5c-9f7d-0e2f6f0f6b12");
  EXPECT_THAT(Ask(&Stub::CancelRecovery, in, "portal/test"),
              Refused(kUnauthenticated, Reason::kPersonRequired));
  EXPECT_THAT(Ask(&Stub::CancelRecovery, in, "portal/test", "bob"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(Ask(&Stub::CancelRecovery, in, "portal/test", "alice"), IsOk());
}

TEST_F(Wire, LetsOperatorsListAndPortalsNot) {
  EXPECT_THAT(Ask(&Stub::ListRecoveries, pb::ListRecoveriesRequest(), "operator/anna"), IsOk());
  EXPECT_THAT(Ask(&Stub::ListRecoveries, pb::ListRecoveriesRequest(), "portal/test", "alice"),
              Refused(kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(Wire, LetsOperatorsHoldAndReleaseAndNobodyElse) {
  pb::HoldRecoveryRequest hold;
  hold.set_name("assignedRecoveries/x");
  hold.set_comment("why");
  hold.set_request_id("5d0c3c1e-8d62-4f5c-9f7d-0e2f6f0f6b13");
  pb::ReleaseRecoveryRequest release;
  release.set_name("assignedRecoveries/x");
  release.set_comment("why");
  release.set_request_id("5d0c3c1e-8d62-4f5c-9f7d-0e2f6f0f6b14");
  EXPECT_THAT(Ask(&Stub::HoldRecovery, hold, "operator/anna"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(Ask(&Stub::ReleaseRecovery, release, "operator/anna"), Refused(kNotFound, Reason::kNotFound));
  for (const char* peer : {"portal/test", "bank/north", "service-centre/one", "service/linking"}) {
    EXPECT_THAT(Ask(&Stub::HoldRecovery, hold, peer), Refused(kPermissionDenied, Reason::kRoleNotAllowed));
    EXPECT_THAT(Ask(&Stub::ReleaseRecovery, release, peer),
                Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  }
}

TEST_F(Wire, LetsOfficersOnlyShowDocuments) {  // REC-24: no portal, whatever it knows
  pb::DocumentCheck check;
  check.set_officer("ivanov");
  check.set_visit("visit-1");
  check.set_passport("4510123456");
  pb::StartInPersonRecoveryRequest start;
  start.set_principal("accounts/alice");
  *start.mutable_check() = check;
  start.set_capability_hash(std::string(32, 'h'));
  start.set_request_id("5d0c3c1e-8d62-4f5c-9f7d-0e2f6f0f6b15");
  pb::ConfirmInPersonRecoveryRequest confirm;
  confirm.set_name("assignedRecoveries/x");
  *confirm.mutable_check() = check;
  confirm.set_request_id("5d0c3c1e-8d62-4f5c-9f7d-0e2f6f0f6b16");
  for (const char* peer : {"portal/test", "service/linking", "post/east"}) {
    EXPECT_THAT(Ask(&Stub::StartInPersonRecovery, start, peer),
                Refused(kPermissionDenied, Reason::kRoleNotAllowed));
    EXPECT_THAT(Ask(&Stub::ConfirmInPersonRecovery, confirm, peer),
                Refused(kPermissionDenied, Reason::kRoleNotAllowed));
  }
  for (const char* peer : {"bank/north", "service-centre/one", "operator/anna"}) {
    EXPECT_THAT(Ask(&Stub::StartInPersonRecovery, start, peer), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(Ask(&Stub::ConfirmInPersonRecovery, confirm, peer), Refused(kNotFound, Reason::kNotFound));
  }
}

}  // namespace
}  // namespace tc::recovery

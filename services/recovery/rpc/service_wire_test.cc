#include "services/recovery/rpc/service.h"

#include <gtest/gtest.h>

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
    wire_.Serve({MakeService(world_.handlers, wire_.gate())});
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

}  // namespace
}  // namespace tc::recovery

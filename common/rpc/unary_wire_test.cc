#include "common/rpc/unary.h"

#include "common/rpc/gate_wire_testing.h"

namespace tc::rpc {
namespace {

struct WrongHandlers {
  absl::StatusOr<pb::ServerInfo> GetPolicy(const Call&, const pb::GetPolicyRequest&) {
    return pb::ServerInfo();
  }
};

using ServiceBuilderDeathTest = GateWireTest;

TEST_F(ServiceBuilderDeathTest, DoesNotStartWithAMethodThatNobodyOrTheWrongHandlerServes) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto build = [&](auto bind) {
    ServiceBuilder service(wire_.gate(), pb::AdminService::service_full_name());
    bind(service);
    service.Build();
  };
  EXPECT_DEATH(build([&](ServiceBuilder&) {}), "AdminService/.*: has no handler");
  EXPECT_DEATH(build([&](ServiceBuilder& service) {
                 service.NothingElse();
                 service.Serve("GetPolicy", handlers_, &GateHandlers::GetPolicy);
               }),
               "AdminService/GetPolicy: is no method, or bound already");
  EXPECT_DEATH(build([&](ServiceBuilder& service) {
                 service.Serve("GetPolicy", handlers_, &GateHandlers::GetPolicy);
                 service.NotServed("GetPolicy");
               }),
               "AdminService/GetPolicy: is no method, or bound already");
  EXPECT_DEATH(build([&](ServiceBuilder& service) {
                 service.Serve("GetServerInfo", handlers_, &GateHandlers::GetPolicy);
               }),
               "AdminService/GetServerInfo: its handler takes or gives something else");
  WrongHandlers wrong;
  EXPECT_DEATH(
      build([&](ServiceBuilder& service) { service.Serve("GetPolicy", wrong, &WrongHandlers::GetPolicy); }),
      "AdminService/GetPolicy: its handler takes or gives something else");
}

}  // namespace
}  // namespace tc::rpc

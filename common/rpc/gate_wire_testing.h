#pragma once

// A service over a real connection that shows what the gate does with its calls.

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/base/refusal.h"
#include "common/kv/origin.h"
#include "common/rpc/trace.h"
#include "common/rpc/unary.h"
#include "common/testing/wire.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::rpc {

namespace pb = trustedcontact::admin::v1;

// A service of five methods: one that answers, one that waits for the test, one that fails, one that answers
// later, one that answers at once.
class GateHandlers {
 public:
  absl::StatusOr<pb::ServerInfo> GetServerInfo(const Call& call, const pb::GetServerInfoRequest&) {
    pb::ServerInfo out;
    out.set_service(call.peer.name);
    out.set_version(call.id);
    return out;
  }
  absl::StatusOr<pb::Policy> GetPolicy(const Call&, const pb::GetPolicyRequest&) {
    if (!entered.try_wait()) entered.count_down();
    release.wait();
    return pb::Policy();
  }
  absl::StatusOr<pb::ListBackupsResponse> ListBackups(const Call&, const pb::ListBackupsRequest& in) {
    if (in.page_size() == 1) return absl::DataLossError("record 7 of /var/lib is damaged");
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kRecoveryOpen, "a recovery is open")
        .With("k", "v");
  }

  // Answers when the test says so.
  void ListOutbox(const Call&, const pb::ListOutboxRequest& in, Answer<pb::ListOutboxResponse> answer) {
    if (in.page_size() == 1) return;  // forgets to
    kept.emplace(std::move(answer));
    entered.count_down();
  }

  absl::StatusOr<pb::KeyInventory> GetKeyInventory(const Call&, const pb::GetKeyInventoryRequest&) {
    origin = kv::CurrentOrigin();
    return pb::KeyInventory();
  }

  std::latch entered{1};
  std::latch release{1};
  kv::Origin origin;
  std::optional<Answer<pb::ListOutboxResponse>> kept;
};

inline std::shared_ptr<grpc::Service> MakeGateService(GateHandlers& handlers, Gate& gate) {
  ServiceBuilder service(gate, pb::AdminService::service_full_name());
  service.Serve("GetServerInfo", handlers, &GateHandlers::GetServerInfo);
  service.Serve("GetPolicy", handlers, &GateHandlers::GetPolicy);
  service.Serve("ListBackups", handlers, &GateHandlers::ListBackups);
  service.ServeAtOnce("ListOutbox", handlers, &GateHandlers::ListOutbox);
  service.ServeAtOnce("GetKeyInventory", handlers, &GateHandlers::GetKeyInventory);
  service.NothingElse();
  return service.Build();
}

inline constexpr char kOperator[] = "operator/ops";

// What the trailing metadata says about the id of a call; empty: nothing.
inline std::string ToldId(const grpc::ClientContext& context) {
  const auto id = context.GetServerTrailingMetadata().find(kCallIdKey);
  return id == context.GetServerTrailingMetadata().end() ? ""
                                                         : std::string(id->second.data(), id->second.size());
}

class GateWireTest : public ::testing::Test {
 protected:
  explicit GateWireTest(GateOptions options = testing::WithoutRates()) : wire_(std::move(options)) {
    wire_.Serve({MakeGateService(handlers_, wire_.gate())});
    stub_ = pb::AdminService::NewStub(wire_.channel());
  }

  absl::StatusOr<pb::ServerInfo> Info(absl::string_view peer = kOperator) {
    return wire_.Ask(*stub_, &pb::AdminService::Stub::GetServerInfo, pb::GetServerInfoRequest(), peer);
  }

  GateHandlers handlers_;
  testing::WireServer wire_;
  std::unique_ptr<pb::AdminService::Stub> stub_;
};

}  // namespace tc::rpc

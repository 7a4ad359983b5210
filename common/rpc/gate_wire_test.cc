// Calls over a real connection: what only the transport shows.

#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/kv/origin.h"
#include "common/rpc/gate_wire_testing.h"
#include "common/rpc/trace.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::Refused;
using testing::WireServer;

TEST_F(GateWireTest, TellsTheIdOfACallToAClientThatSendsOne) {
  const auto context = wire_.Context(kOperator);
  context->AddMetadata(kCallIdKey, "mine");
  pb::ServerInfo info;
  ASSERT_TRUE(stub_->GetServerInfo(context.get(), {}, &info).ok());
  EXPECT_EQ(info.service(), "ops");
  EXPECT_EQ(ToldId(*context), info.version());
  EXPECT_NE(ToldId(*context), "mine") << "believed of services only";
}

TEST_F(GateWireTest, TellsTheIdOfAFailedCallToEverybodyAndOfAnotherToNobodyElse) {
  const auto good = wire_.Context(kOperator);
  pb::ServerInfo info;
  ASSERT_TRUE(stub_->GetServerInfo(good.get(), {}, &info).ok());
  EXPECT_EQ(ToldId(*good), "");
  const auto refused = wire_.Context("portal/web");
  ASSERT_FALSE(stub_->GetServerInfo(refused.get(), {}, &info).ok());
  EXPECT_NE(ToldId(*refused), "");
}

TEST_F(GateWireTest, RefusesTheWrongRole) {
  EXPECT_THAT(Info("portal/web"), Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(GateWireTest, RefusesACallWithoutAnAssertionOrWithTwo) {
  grpc::ClientContext bare;
  pb::ServerInfo info;
  EXPECT_THAT(FromWire(stub_->GetServerInfo(&bare, {}, &info)),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsMissing));
  const auto twice = wire_.Context(kOperator);
  twice->AddMetadata("authorization", absl::StrCat("Bearer ", wire_.Token("monitor/m")));
  EXPECT_THAT(FromWire(stub_->GetServerInfo(twice.get(), {}, &info)),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST_F(GateWireTest, CarriesRefusalsAndHidesFaults) {
  pb::ListBackupsRequest request;
  const auto refused = wire_.Ask(*stub_, &pb::AdminService::Stub::ListBackups, request, kOperator);
  EXPECT_THAT(refused, Refused(absl::StatusCode::kFailedPrecondition, Reason::kRecoveryOpen));
  EXPECT_EQ(MetadataOf(refused.status(), "k"), "v");
  request.set_page_size(1);
  const auto fault = wire_.Ask(*stub_, &pb::AdminService::Stub::ListBackups, request, kOperator);
  EXPECT_THAT(fault, Refused(absl::StatusCode::kInternal, Reason::kInternal));
  EXPECT_EQ(fault.status().ToString().find("damaged"), std::string::npos);
}

TEST_F(GateWireTest, SaysOfWhatIsNotServedThatItIsNotImplemented) {
  pb::VerifyAuditLogRequest request;
  EXPECT_EQ(wire_.Ask(*stub_, &pb::AdminService::Stub::VerifyAuditLog, request, kOperator).status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST_F(GateWireTest, RefusesALargeRequestByTheGateAndAHugeOneByTheTransport) {
  pb::ListBackupsRequest request;
  request.set_page_token(std::string(20 * 1024, 'a'));
  EXPECT_THAT(wire_.Ask(*stub_, &pb::AdminService::Stub::ListBackups, request, kOperator),
              Refused(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge));
  request.set_page_token(std::string(100 * 1024, 'a'));
  EXPECT_EQ(wire_.Ask(*stub_, &pb::AdminService::Stub::ListBackups, request, kOperator).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Info(), IsOk());
}

TEST_F(GateWireTest, RefusesCompressedRequests) {
  const auto context = wire_.Context(kOperator);
  context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  pb::ListBackupsRequest request;
  request.set_page_token(std::string(10000, 'a'));
  pb::ListBackupsResponse response;
  EXPECT_EQ(stub_->ListBackups(context.get(), request, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(Info(), IsOk());
}

TEST_F(GateWireTest, OutlivesMetadataThatIsTooLarge) {
  const auto context = wire_.Context(kOperator);
  context->AddMetadata("x-large", std::string(9000, 'a'));
  pb::ServerInfo info;
  EXPECT_FALSE(stub_->GetServerInfo(context.get(), {}, &info).ok());
  // The connection may have gone with it, and a call that was given to it as well.
  bool answered = false;
  for (int i = 0; i < 20 && !answered; ++i) {
    const auto next = wire_.Context(kOperator);
    next->set_wait_for_ready(true);
    answered = stub_->GetServerInfo(next.get(), {}, &info).ok();
  }
  EXPECT_TRUE(answered);
}

TEST_F(GateWireTest, FinishesACallUnderWayAndRefusesLaterOnes) {
  absl::Status under_way = absl::UnknownError("not answered");
  std::thread client([&] {
    under_way =
        wire_.Ask(*stub_, &pb::AdminService::Stub::GetPolicy, pb::GetPolicyRequest(), kOperator).status();
  });
  handlers_.entered.wait();
  wire_.gate().Close();
  EXPECT_THAT(Info(), Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  std::thread stop([&] { wire_.Stop(); });
  handlers_.release.count_down();
  client.join();
  stop.join();
  EXPECT_THAT(under_way, IsOk());
}

TEST_F(GateWireTest, WaitsForAnAnswerThatComesLater) {
  absl::StatusOr<pb::ListOutboxResponse> later = absl::UnknownError("not answered");
  std::thread client([&] {
    later = wire_.Ask(*stub_, &pb::AdminService::Stub::ListOutbox, pb::ListOutboxRequest(), kOperator);
  });
  handlers_.entered.wait();
  wire_.gate().Close();
  EXPECT_FALSE(wire_.gate().Drain(absl::Milliseconds(5))) << "nobody works, but a call is under way";
  pb::ListOutboxResponse response;
  response.set_next_page_token("later");
  handlers_.kept->Give(response);
  EXPECT_TRUE(wire_.gate().Drain());
  client.join();
  ASSERT_THAT(later, IsOk());
  EXPECT_EQ(later->next_page_token(), "later");
}

TEST_F(GateWireTest, TakesAnAnswerThatNeverComesForAFault) {
  pb::ListOutboxRequest request;
  request.set_page_size(1);
  EXPECT_THAT(wire_.Ask(*stub_, &pb::AdminService::Stub::ListOutbox, request, kOperator),
              Refused(absl::StatusCode::kInternal, Reason::kInternal));
}

// The status of a call whose body is `bytes`.
absl::Status SendBytes(const WireServer& wire, const std::string& bytes, absl::string_view peer) {
  grpc::GenericStub stub(wire.channel());
  const auto context = wire.Context(peer);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(context.get(), "/trustedcontact.admin.v1.AdminService/ListBackups", {}, &request, &response,
                 [&](grpc::Status status) { ended.set_value(std::move(status)); });
  return FromWire(ended.get_future().get());
}

TEST_F(GateWireTest, JudgesThePeerBeforeItReadsAByteOfTheBody) {
  const std::string garbage = "\xff\xff\xff\xff";
  const std::string large(60 * 1024, '\xff');
  for (const std::string& bytes : {garbage, large, std::string()}) {
    EXPECT_THAT(SendBytes(wire_, bytes, "portal/web"),
                Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed))
        << bytes.size() << " bytes";
  }
  EXPECT_THAT(SendBytes(wire_, garbage, kOperator),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(SendBytes(wire_, large, kOperator),
              Refused(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge));
  EXPECT_THAT(SendBytes(wire_, "", kOperator),
              Refused(absl::StatusCode::kFailedPrecondition, Reason::kRecoveryOpen));
}

TEST_F(GateWireTest, TellsTheThreadOfAHandlerForWhomItWorks) {
  const auto context = wire_.Context("service/recovery", "alice");
  context->AddMetadata(kCallIdKey, "call-of-recovery");
  pb::KeyInventory keys;
  EXPECT_EQ(stub_->GetKeyInventory(context.get(), {}, &keys).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  ASSERT_THAT(wire_.Ask(*stub_, &pb::AdminService::Stub::GetKeyInventory, pb::GetKeyInventoryRequest(),
                        kOperator, "alice"),
              IsOk());
  EXPECT_EQ(handlers_.origin.peer, kOperator);
  EXPECT_EQ(handlers_.origin.person, "alice");
  EXPECT_FALSE(handlers_.origin.call_id.empty());
  EXPECT_EQ(kv::CurrentOrigin().peer, "") << "of this thread";
}

GateOptions Tiny() {
  GateOptions options;
  options.workers = 1;
  options.queue = 1;
  options.peer_in_flight = 100;  // so that it is the queue that refuses
  return options;
}

class TinyGateWireTest : public GateWireTest {
 protected:
  TinyGateWireTest() : GateWireTest(Tiny()) {}
};

TEST_F(TinyGateWireTest, RefusesAtOnceWhatItCannotTake) {
  std::vector<std::thread> clients;
  const auto wait = [&] {
    EXPECT_THAT(wire_.Ask(*stub_, &pb::AdminService::Stub::GetPolicy, pb::GetPolicyRequest(), kOperator),
                IsOk());
  };
  clients.emplace_back(wait);
  handlers_.entered.wait();
  // The worker is busy: of the next calls one may wait and all others are refused, in whatever order they
  // arrive.
  ASSERT_TRUE(wire_.gate().TryRun([] {}));
  const auto refused = Info();
  EXPECT_THAT(refused, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  EXPECT_TRUE(RetryAfterOf(refused.status()).has_value());
  handlers_.release.count_down();
  for (std::thread& client : clients) client.join();
  ASSERT_TRUE(wire_.gate().Drain());
  EXPECT_THAT(Info(), IsOk());
}

}  // namespace
}  // namespace tc::rpc

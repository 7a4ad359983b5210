#include "common/rpc/client.h"

#include <future>
#include <latch>

#include "common/base/refusal.h"
#include "common/kv/origin.h"
#include "common/rpc/gate_wire_testing.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using testing::IsOk;
using testing::Refused;
using testing::WireServer;

using PeerWireTest = GateWireTest;

TEST_F(PeerWireTest, PeersSeeRefusalsAndUnavailability) {
  const auto peer = wire_.Peer("admin", "recovery");
  // A service's certificate does not open this door: that is our mistake, not the caller's.
  const auto stub = pb::AdminService::NewStub(peer->channel());
  const auto refused = rpc::Ask(*peer, *stub, &pb::AdminService::Stub::GetServerInfo,
                                pb::GetServerInfoRequest(), absl::InfiniteFuture());
  EXPECT_THAT(refused, Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
  EXPECT_EQ(MetadataOf(refused.status(), "peer"), "admin");
  wire_.Stop();
  EXPECT_THAT(rpc::Ask(*peer, *stub, &pb::AdminService::Stub::GetServerInfo, pb::GetServerInfoRequest(),
                       absl::InfiniteFuture()),
              Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
}

TEST(PeerChannel, PassesRefusalsOnAndTurnsFaultsIntoUnavailability) {
  const WireServer wire;
  const auto peer = wire.Peer("identity", "recovery");
  const absl::Status refusal =
      Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNotEligible, "unmet").Unmet("AGE", "a", "b");
  EXPECT_EQ(peer->FromWire(ToWire(refusal, "c")), refusal);
  EXPECT_THAT(peer->FromWire(grpc::Status::OK), IsOk());
  for (const absl::Status& fault :
       {absl::InternalError("x"), absl::UnavailableError("x"), absl::DeadlineExceededError("x"),
        absl::UnauthenticatedError("x"),
        absl::Status(Refuse(absl::StatusCode::kResourceExhausted, Reason::kOverloaded, "x")
                         .RetryAfter(absl::Seconds(7)))}) {
    EXPECT_THAT(peer->FromWire(ToWire(fault, "c")),
                Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable))
        << fault;
  }
  EXPECT_THAT(peer->FromWire(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "")),
              Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
}

TEST_F(PeerWireTest, CarriesTheCallIdAlongToPeers) {
  const std::string outer = "call-of-the-outer-service";
  const auto peer = wire_.Peer("admin", "recovery");
  const kv::OriginScope scope({outer});
  grpc::ClientContext context;
  peer->Prepare(context, absl::InfiniteFuture());
  const auto stub = pb::AdminService::NewStub(peer->channel());
  pb::ServerInfo info;
  stub->GetServerInfo(&context, {}, &info);
  EXPECT_EQ(ToldId(context), outer);
}

// Tells as it goes away for whom its thread works: whoever gathers several answers goes on when the last has
// let go.
class LastWord {
 public:
  explicit LastWord(std::promise<std::string>& said) : said_(said) {}
  ~LastWord() { said_.set_value(kv::CurrentOrigin().person); }
  LastWord(const LastWord&) = delete;
  LastWord& operator=(const LastWord&) = delete;

 private:
  std::promise<std::string>& said_;
};

TEST_F(PeerWireTest, WhatFollowsAnAnswerIsDoneOnBehalfOfWhoeverAsked) {
  const auto peer = wire_.Peer("admin", "recovery");
  const auto stub = pb::AdminService::NewStub(peer->channel());
  std::promise<kv::Origin> with_the_answer;
  std::promise<std::string> last;
  std::latch asked(1);  // the word is the answer's alone
  {
    const kv::OriginScope scope({"call-1", "portal/web", "alice"});
    const auto word = std::make_shared<LastWord>(last);
    using Async = class pb::AdminService::Stub::async;
    AskLater<Async, pb::GetServerInfoRequest, pb::ServerInfo>(
        *peer, *stub->async(), &Async::GetServerInfo, pb::GetServerInfoRequest(), absl::InfiniteFuture(),
        [&, word](const auto&) {
          asked.wait();
          with_the_answer.set_value(kv::CurrentOrigin());
        });
  }
  asked.count_down();
  const kv::Origin origin = with_the_answer.get_future().get();
  EXPECT_EQ(origin.call_id, "call-1");
  EXPECT_EQ(origin.peer, "portal/web");
  EXPECT_EQ(origin.person, "alice");
  EXPECT_EQ(last.get_future().get(), "alice");
}

}  // namespace
}  // namespace tc::rpc

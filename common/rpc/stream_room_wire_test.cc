// One peer's streams and the room that they leave for those who follow.

#include <memory>
#include <string>
#include <vector>

#include "common/base/refusal.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/event_service.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "trustedcontact/events/v1/events.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::events::v1;

using testing::IsOk;
using testing::Refused;
using testing::WireServer;

constexpr int kPlaces = 4;

GateOptions WithStreams(int of_one_peer) {
  GateOptions options = testing::WithoutRates();
  options.peer_streams = of_one_peer;
  return options;
}

Feed::Options FourPlaces() {
  Feed::Options options;
  options.heartbeat = absl::Hours(1);
  options.max_tasks = kPlaces;
  return options;
}

class StreamRoomWireTest : public ::testing::Test {
 protected:
  explicit StreamRoomWireTest(int of_one_peer = 3) : wire_(WithStreams(of_one_peer)) {
    EXPECT_THAT(
        database_->Update([](kv::Txn& txn) { return txn.Emit({.type = "A", .resource = "links/1"}); }),
        IsOk());
    wire_.Serve({MakeEventService(log_, feed_, wire_.gate())});
    stub_ = pb::EventService::NewStub(wire_.channel());
  }
  ~StreamRoomWireTest() override {
    for (const auto& context : contexts_) context->TryCancel();
    for (const auto& reader : readers_) reader->Finish();
    wire_.gate().Close();
    feed_.Stop();
    wire_.Stop();
  }

  // OK when the stream has given the first event; it stays open.
  absl::Status Open(absl::string_view peer) {
    contexts_.push_back(wire_.Context(peer));
    auto reader = stub_->WatchEvents(contexts_.back().get(), {});
    pb::WatchEventsResponse message;
    if (!reader->Read(&message)) return FromWire(reader->Finish());
    readers_.push_back(std::move(reader));
    return absl::OkStatus();
  }

  std::unique_ptr<kv::Database> database_ = kv::InMemory();
  WireServer wire_;
  EventLog log_{*database_, wire_.Pager()};
  Feed feed_{*database_, FourPlaces()};
  std::unique_ptr<pb::EventService::Stub> stub_;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::vector<std::unique_ptr<grpc::ClientReader<pb::WatchEventsResponse>>> readers_;
};
// As it would be without the bound.
class UnboundedStreamRoomWireTest : public StreamRoomWireTest {
 protected:
  UnboundedStreamRoomWireTest() : StreamRoomWireTest(1000) {}
};

TEST_F(StreamRoomWireTest, OnePeersStreamsLeaveRoomForThoseWhoFollow) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(Open("portal/greedy"), IsOk());
  const absl::Status refused = Open("portal/greedy");
  EXPECT_THAT(refused, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  EXPECT_TRUE(RetryAfterOf(refused).has_value());
  EXPECT_THAT(Open("service/linking"), IsOk());
  EXPECT_THAT(Open("service/recovery"), Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded))
      << "the feed is full now, and not before";
}

TEST_F(UnboundedStreamRoomWireTest, OnePeersStreamsWouldTakeAllPlaces) {
  for (int i = 0; i < kPlaces; ++i) ASSERT_THAT(Open("portal/greedy"), IsOk());
  EXPECT_THAT(Open("service/linking"), Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
}

TEST(StreamsOfAPeer, AreThreeQuartersOfWhatAFeedSupplies) {
  EXPECT_EQ(static_cast<size_t>(GateOptions().peer_streams), Feed::Options().max_tasks * 3 / 4);
}

}  // namespace
}  // namespace tc::rpc

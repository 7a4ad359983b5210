#include "common/rpc/event_service.h"

#include <thread>

#include "common/base/refusal.h"
#include "common/rpc/event_testing.h"

namespace tc::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Refused;

TEST_F(EventServiceWireTest, ListsEvents) {
  EventServer server(*database_);
  Emit("A");
  ASSERT_OK_AND_ASSIGN(
      const pb::ListEventsResponse answer,
      server.wire.Ask(*server.stub, &pb::EventService::Stub::ListEvents, pb::ListEventsRequest(), kPortal));
  ASSERT_EQ(answer.events_size(), 1);
  EXPECT_EQ(answer.events(0).type(), "A");
}

TEST_F(EventServiceWireTest, StreamsOldAndNewEventsAndResumesAtACursor) {
  EventServer server(*database_);
  Emit("A");
  std::string cursor;
  {
    const auto context = server.wire.Context(kPortal);
    const auto reader = server.stub->WatchEvents(context.get(), {});
    pb::WatchEventsResponse message;
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_THAT(Types(message), ElementsAre("A"));
    Emit("B");
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_THAT(Types(message), ElementsAre("B"));
    cursor = message.cursor();
    context->TryCancel();
    EXPECT_FALSE(reader->Read(&message));
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  Emit("C");
  pb::WatchEventsRequest request;
  request.set_cursor(cursor);
  const auto context = server.wire.Context(kPortal);
  const auto reader = server.stub->WatchEvents(context.get(), request);
  pb::WatchEventsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_THAT(Types(message), ElementsAre("C"));
}

TEST_F(EventServiceWireTest, SendsCheckpointsInSilence) {
  EventServer server(*database_, absl::Milliseconds(20));
  const auto context = server.wire.Context(kPortal);
  const auto reader = server.stub->WatchEvents(context.get(), {});
  pb::WatchEventsResponse message;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_THAT(message.events(), IsEmpty());
    EXPECT_FALSE(message.cursor().empty());
  }
}

TEST_F(EventServiceWireTest, RefusesStreamsLikeCalls) {
  EventServer server(*database_);
  const auto refusal = [&](absl::string_view peer, const std::string& cursor) {
    pb::WatchEventsRequest request;
    request.set_cursor(cursor);
    const auto context = server.wire.Context(peer);
    const auto reader = server.stub->WatchEvents(context.get(), request);
    pb::WatchEventsResponse message;
    EXPECT_FALSE(reader->Read(&message));
    return FromWire(reader->Finish());
  };
  EXPECT_THAT(refusal("bank/b", ""), Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(refusal(kPortal, "forged"),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kCursorInvalid));
  EXPECT_THAT(refusal(kPortal, "a\nb"), Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
}

TEST_F(EventServiceWireTest, EndsStreamsWhenTheServerStops) {
  EventServer server(*database_);
  Emit("A");
  const auto context = server.wire.Context(kPortal);
  const auto reader = server.stub->WatchEvents(context.get(), {});
  pb::WatchEventsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  server.Stop();
  EXPECT_FALSE(reader->Read(&message));
  EXPECT_THAT(FromWire(reader->Finish()), Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
}

TEST_F(EventServiceWireTest, StopsAlsoWhileAClientDoesNotRead) {
  EventServer server(*database_);
  const auto context = server.wire.Context(kPortal);
  const auto reader = server.stub->WatchEvents(context.get(), {});
  pb::WatchEventsResponse message;
  for (int i = 0; i < 200; ++i) Emit(std::string(4000, 'x'));
  ASSERT_TRUE(reader->Read(&message));
  server.Stop();
}

TEST_F(EventServiceWireTest, ServesManyStreamsWithoutWorkers) {
  EventServer server(*database_);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<pb::WatchEventsResponse>>> readers;
  for (int i = 0; i < 100; ++i) {
    contexts.push_back(server.wire.Context(kPortal));
    readers.push_back(server.stub->WatchEvents(contexts.back().get(), {}));
  }
  Emit("A");
  for (const auto& reader : readers) {
    pb::WatchEventsResponse message;
    ASSERT_TRUE(reader->Read(&message));
    EXPECT_THAT(Types(message), ElementsAre("A"));
  }
}

TEST_F(EventServiceWireTest, OutlivesClientsThatComeAndGoAtAnyMoment) {
  EventServer server(*database_);
  std::vector<std::thread> clients;
  for (int t = 0; t < 4; ++t) {
    clients.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i) {
        const auto context = server.wire.Context(kPortal);
        const auto reader = server.stub->WatchEvents(context.get(), {});
        pb::WatchEventsResponse message;
        if ((t + i) % 3 == 1) reader->WaitForInitialMetadata();
        if ((t + i) % 3 == 2) reader->Read(&message);
        context->TryCancel();
        EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
      }
    });
  }
  for (int i = 0; i < 40; ++i) Emit("A");
  for (std::thread& client : clients) client.join();
  server.Stop();
}

TEST_F(EventServiceWireTest, OpensAStreamBeforeThereIsAnythingToSay) {
  EventServer server(*database_, absl::Hours(1));
  const auto context = server.wire.Context(kPortal);
  const auto reader = server.stub->WatchEvents(context.get(), {});
  reader->WaitForInitialMetadata();
}

}  // namespace
}  // namespace tc::rpc

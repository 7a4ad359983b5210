#include "common/rpc/event_service.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/client.h"
#include "common/rpc/event_follower.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "trustedcontact/events/v1/events.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::events::v1;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using testing::Refused;
using testing::WireServer;

constexpr char kPortal[] = "portal/web";

absl::Status EmitOne(kv::Database& database, const std::string& type) {
  return database
      .Update([&](kv::Txn& txn) -> absl::Status {
        kv::Event event;
        event.type = type;
        event.resource = "links/1";
        event.at = Noon();
        return txn.Emit(event);
      })
      .status();
}

// A server with the event service over one store; can be stopped and another one started in its place.
class EventServer {
 public:
  EventServer(kv::Database& database, absl::Duration heartbeat = absl::Seconds(15))
      : log_(database, wire.Pager()), feed_(database, OptionsOf(heartbeat)) {
    wire.Serve({MakeEventService(log_, feed_, wire.gate())});
    stub = pb::EventService::NewStub(wire.channel());
  }
  ~EventServer() { Stop(); }
  void Restart() { wire.Restart({MakeEventService(log_, feed_, wire.gate())}); }
  void Stop() {
    wire.gate().Close();
    feed_.Stop();
    wire.Stop();
  }

  WireServer wire;
  std::unique_ptr<pb::EventService::Stub> stub;

 private:
  static Feed::Options OptionsOf(absl::Duration heartbeat) {
    Feed::Options options;
    options.heartbeat = heartbeat;
    return options;
  }

  EventLog log_;
  Feed feed_;
};

class EventServiceWireTest : public ::testing::Test {
 protected:
  void Emit(const std::string& type) { ASSERT_THAT(EmitOne(*database_, type), IsOk()); }

  static std::vector<std::string> Types(const pb::WatchEventsResponse& message) {
    std::vector<std::string> types;
    for (const pb::Event& event : message.events()) types.push_back(event.type());
    return types;
  }

  std::unique_ptr<kv::Database> database_ = kv::InMemory();
};

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

// What a follower has applied, written in the transaction of the event.
class FollowerTest : public EventServiceWireTest {
 protected:
  EventHandler Record() {
    return [this](kv::Txn& txn, const FollowedEvent& event) -> absl::Status {
      if (event.type == "Hard" && failures_-- > 0) return absl::UnavailableError("not now");
      const std::string so_far = TRY(txn.Get("applied")).value_or("");
      return txn.Put("applied", absl::StrCat(so_far, event.type, " "));
    };
  }

  std::string Applied() {
    std::string applied;
    EXPECT_THAT(own_->View([&](kv::ReadTxn& txn) -> absl::Status {
      applied = TRY(txn.Get("applied")).value_or("");
      return absl::OkStatus();
    }),
                IsOk());
    return applied;
  }
  std::string WaitFor(const std::string& expected) {
    for (uint64_t seen = own_->revision(); Applied().size() < expected.size(); seen = own_->revision()) {
      own_->WaitForChange(seen, absl::Milliseconds(50));
    }
    return Applied();
  }

  std::atomic<int> failures_{0};
  std::unique_ptr<kv::Database> own_ = kv::InMemory();
};

TEST_F(FollowerTest, AppliesEachEventOnceInOrder) {
  EventServer server(*database_);
  Emit("A");
  const auto peer = server.wire.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
  EXPECT_EQ(WaitFor("A "), "A ");
  Emit("B");
  Emit("C");
  EXPECT_EQ(WaitFor("A B C "), "A B C ");
}

TEST_F(FollowerTest, GoesOnWhereItWasAfterItsOwnRestart) {
  EventServer server(*database_);
  const auto peer = server.wire.Peer("recovery", "linking");
  Emit("A");
  {
    const EventFollower follower(*peer, *own_, Record());
    WaitFor("A ");
  }
  Emit("B");
  const EventFollower follower(*peer, *own_, Record());
  EXPECT_EQ(WaitFor("A B "), "A B ");
}

TEST_F(FollowerTest, TriesAnEventAgainThatCouldNotBeApplied) {
  EventServer server(*database_);
  failures_ = 2;
  Emit("A");
  Emit("Hard");
  Emit("B");
  const auto peer = server.wire.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
  EXPECT_EQ(WaitFor("A Hard B "), "A Hard B ");
  EXPECT_LT(failures_, 0);
}

TEST_F(FollowerTest, ComesBackAfterTheConnectionBroke) {
  EventServer server(*database_);
  const auto peer = server.wire.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
  Emit("A");
  WaitFor("A ");
  server.Restart();
  Emit("B");
  EXPECT_EQ(WaitFor("A B "), "A B ");
}

TEST_F(FollowerTest, SavesCheckpointsToo) {
  EventServer server(*database_, absl::Milliseconds(20));
  ASSERT_THAT(database_->Update([](kv::Txn& txn) { return txn.Put("k", "v"); }), IsOk());
  const auto peer = server.wire.Peer("recovery", "linking");
  const uint64_t before = own_->revision();
  const EventFollower follower(*peer, *own_, Record());
  while (own_->revision() == before) own_->WaitForChange(before, absl::Milliseconds(50));
  EXPECT_EQ(Applied(), "");
}

TEST_F(FollowerTest, StopsWhileItsPeerIsAway) {
  WireServer nobody;
  const auto peer = nobody.Peer("recovery", "linking");
  const EventFollower follower(*peer, *own_, Record());
}

}  // namespace
}  // namespace tc::rpc

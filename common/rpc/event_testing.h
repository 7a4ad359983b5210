#pragma once

// The event service over a real connection and one store.

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "common/kv/rocks_database.h"
#include "common/rpc/event_log.h"
#include "common/rpc/event_service.h"
#include "common/rpc/feed.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "trustedcontact/events/v1/events.grpc.pb.h"

namespace tc::rpc {

namespace pb = trustedcontact::events::v1;

inline constexpr char kPortal[] = "portal/web";

inline absl::Status EmitOne(kv::Database& database, const std::string& type) {
  return database
      .Update([&](kv::Txn& txn) -> absl::Status {
        kv::Event event;
        event.type = type;
        event.resource = "links/1";
        event.at = testing::Noon();
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

  testing::WireServer wire;
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
  void Emit(const std::string& type) { ASSERT_THAT(EmitOne(*database_, type), testing::IsOk()); }

  static std::vector<std::string> Types(const pb::WatchEventsResponse& message) {
    std::vector<std::string> types;
    for (const pb::Event& event : message.events()) types.push_back(event.type());
    return types;
  }

  std::unique_ptr<kv::Database> database_ = kv::InMemory();
};

}  // namespace tc::rpc

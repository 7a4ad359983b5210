#include "common/rpc/event_follower.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/key.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/rpc/client.h"
#include "common/rpc/status.h"
#include "trustedcontact/events/v1/events.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::events::v1;

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(10);

FollowedEvent FromProto(const pb::Event& event) {
  FollowedEvent out;
  out.type = event.type();
  out.resource = event.resource();
  out.attributes = {event.attributes().begin(), event.attributes().end()};
  out.at =
      absl::FromUnixSeconds(event.occur_time().seconds()) + absl::Nanoseconds(event.occur_time().nanos());
  return out;
}

// The stream, read by one thread that sleeps meanwhile. gRPC's own blocking reader would make that thread
// poll the sockets of the whole process, and take the calls of this service away from the threads that serve
// them.
class EventStream final : public grpc::ClientReadReactor<pb::WatchEventsResponse> {
 public:
  EventStream(pb::EventService::Stub& stub, grpc::ClientContext& context,
              const pb::WatchEventsRequest& request) {
    stub.async()->WatchEvents(&context, &request, this);
    AddHold();  // reads are begun outside gRPC's callbacks: until Finish the call must not go away
    StartCall();
  }

  // False when the stream has ended.
  bool Read(pb::WatchEventsResponse& message) {
    StartRead(&message);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return read_.has_value(); });
    return *std::exchange(read_, std::nullopt);
  }
  // Its end, which must come: Read was false, or the context is cancelled.
  grpc::Status Finish() {
    RemoveHold();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return end_.has_value(); });
    return *end_;
  }

 private:
  // Notified under the lock: the stream may be gone as soon as the reader goes on.
  void OnReadDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    read_ = ok;
    changed_.notify_all();
  }
  void OnDone(const grpc::Status& status) override {
    const std::lock_guard lock(mutex_);
    end_ = status;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<bool> read_;
  std::optional<grpc::Status> end_;
};

}  // namespace

std::string FollowedEvent::Attribute(const std::string& key) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? "" : found->second;
}

struct EventFollower::State {
  State(const PeerChannel& p, kv::Database& d, EventHandler h, std::vector<std::string> wanted)
      : peer(p),
        channel(p.SeparateChannel()),
        database(d),
        handler(std::move(h)),
        types(std::move(wanted)),
        key(kv::Key("followed").Str(p.name()).bytes()),
        connected(obs::GetGauge("tc_events_following", "1 while the event stream of a peer is open.",
                                {{"peer", p.name()}})),
        applied(obs::GetCounter("tc_events_followed_total", "Events of a peer that took effect.",
                                {{"peer", p.name()}})),
        thread([this] { Run(); }) {
    KeepCallbackQueue(channel);
  }

  ~State() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      if (context != nullptr) context->TryCancel();
    }
    wake.notify_all();
    thread.join();
  }

  void Run();
  // Follows until the stream breaks. True when it brought something.
  bool FollowOnce();
  absl::Status Apply(const pb::WatchEventsResponse& message, std::string& cursor);
  absl::Status Save(const std::string& before, const std::string& after, const pb::Event* event);
  absl::StatusOr<std::string> SavedCursor();
  bool Enter(grpc::ClientContext& entered);
  void Leave();
  void Pause(absl::Duration pause);

  const PeerChannel& peer;
  const std::shared_ptr<grpc::Channel> channel;
  kv::Database& database;
  const EventHandler handler;
  const std::vector<std::string> types;
  const std::string key;
  obs::Gauge& connected;
  obs::Counter& applied;
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  grpc::ClientContext* context = nullptr;  // of the open stream
  std::thread thread;                      // last: it uses all of the above
};

void EventFollower::State::Run() {
  absl::Duration pause = kFirstPause;
  while (true) {
    const bool progress = FollowOnce();
    pause = progress ? kFirstPause : std::min(pause * 2, kLongestPause);
    Pause(pause);
    const std::lock_guard lock(mutex);
    if (stopping) return;
  }
}

bool EventFollower::State::FollowOnce() {
  absl::StatusOr<std::string> cursor = SavedCursor();
  if (!cursor.ok()) {
    obs::Error("cursor of a followed service cannot be read", {{"peer", peer.name()}});
    return false;
  }
  grpc::ClientContext stream_context;
  if (!Enter(stream_context)) return false;
  peer.PrepareStream(stream_context);
  pb::WatchEventsRequest request;
  request.set_cursor(*cursor);
  for (const std::string& type : types) request.add_types(type);
  const auto stub = pb::EventService::NewStub(channel);
  EventStream stream(*stub, stream_context, request);
  pb::WatchEventsResponse message;
  bool progress = false;
  absl::Status status;
  while (status.ok() && stream.Read(message)) {
    connected.Set(1);
    status = Apply(message, *cursor);
    progress = progress || status.ok();
  }
  if (!status.ok()) stream_context.TryCancel();
  const grpc::Status ended = stream.Finish();
  Leave();
  connected.Set(0);
  if (!status.ok()) {
    obs::Error("followed event cannot be applied", {{"peer", peer.name()}, {"detail", status.ToString()}});
  } else if (const absl::Status wire = rpc::FromWire(ended); HasReason(wire, Reason::kCursorInvalid)) {
    // Starting over would apply old events twice: an operator must know that the peer's store was replaced.
    obs::Error("the followed service does not know the cursor", {{"peer", peer.name()}});
  } else {
    obs::Debug("event stream ended", {{"peer", peer.name()}, {"detail", wire.ToString()}});
  }
  return progress;
}

absl::Status EventFollower::State::Apply(const pb::WatchEventsResponse& message, std::string& cursor) {
  for (const pb::Event& event : message.events()) {
    TRY(Save(cursor, event.cursor(), &event));
    applied.Increment();
    cursor = event.cursor();
  }
  if (message.cursor() == cursor || message.cursor().empty()) return absl::OkStatus();
  // A checkpoint moves the cursor past events that were filtered out, so that a reconnect need not read them
  // again.
  if (message.events().empty()) TRY(Save(cursor, message.cursor(), nullptr));
  if (message.events().empty()) cursor = message.cursor();
  return absl::OkStatus();
}

absl::Status EventFollower::State::Save(const std::string& before, const std::string& after,
                                        const pb::Event* event) {
  const absl::StatusOr<uint64_t> saved = database.Update([&](kv::Txn& txn) -> absl::Status {
    // Another follower on the same store would apply the event twice.
    if (TRY(txn.Get(key)).value_or("") != before) return absl::AbortedError("the cursor has moved");
    if (event != nullptr) TRY(handler(txn, FromProto(*event)));
    return txn.Put(key, after);
  });
  return saved.status();
}

absl::StatusOr<std::string> EventFollower::State::SavedCursor() {
  std::string cursor;
  TRY(database.View([&](kv::ReadTxn& txn) -> absl::Status {
    cursor = TRY(txn.Get(key)).value_or("");
    return absl::OkStatus();
  }));
  return cursor;
}

bool EventFollower::State::Enter(grpc::ClientContext& entered) {
  const std::lock_guard lock(mutex);
  if (stopping) return false;
  context = &entered;
  return true;
}

void EventFollower::State::Leave() {
  const std::lock_guard lock(mutex);
  context = nullptr;
}

void EventFollower::State::Pause(absl::Duration pause) {
  // Half to all of it, so that many followers do not come back at once.
  thread_local std::minstd_rand random{std::random_device{}()};
  const double share = std::uniform_real_distribution<double>(0.5, 1.0)(random);
  std::unique_lock lock(mutex);
  wake.wait_for(lock, absl::ToChronoMilliseconds(pause * share), [this] { return stopping; });
}

EventFollower::EventFollower(const PeerChannel& peer, kv::Database& database, EventHandler handler,
                             std::vector<std::string> types)
    : state_(std::make_unique<State>(peer, database, std::move(handler), std::move(types))) {}

EventFollower::~EventFollower() = default;

}  // namespace tc::rpc

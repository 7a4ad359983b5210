#include "common/rpc/event_service.h"

#include "common/rpc/unary.h"
#include "common/rpc/watch.h"
#include "trustedcontact/events/v1/events.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::events::v1;

// EventLog in the form of handlers.
struct EventHandlers {
  absl::StatusOr<pb::ListEventsResponse> ListEvents(const Call&, const pb::ListEventsRequest& in) {
    return log.List(in);
  }
  const EventLog& log;
};

class EventService final : public pb::EventService::CallbackService {
 public:
  EventService(const EventLog& log, Feed& feed, Gate& gate)
      : handlers_{log}, feed_(feed), gate_(gate), methods_(gate, pb::EventService::service_full_name()) {}

  Reactor* ListEvents(Context* context, const pb::ListEventsRequest* in,
                      pb::ListEventsResponse* out) override {
    return methods_.Serve("ListEvents", context, in, out, handlers_, &EventHandlers::ListEvents);
  }

  grpc::ServerWriteReactor<pb::WatchEventsResponse>* WatchEvents(Context* context,
                                                                 const pb::WatchEventsRequest* in) override {
    return Watch<pb::WatchEventsRequest, pb::WatchEventsResponse>::Start(
        gate_, methods_.Rules("WatchEvents"), feed_, context, in,
        [this](const Call&, const pb::WatchEventsRequest& request) { return handlers_.log.Watch(request); });
  }

 private:
  EventHandlers handlers_;
  Feed& feed_;
  Gate& gate_;
  Methods methods_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeEventService(const EventLog& log, Feed& feed, Gate& gate) {
  return std::make_shared<EventService>(log, feed, gate);
}

}  // namespace tc::rpc

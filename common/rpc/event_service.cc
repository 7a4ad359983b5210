#include "common/rpc/event_service.h"

#include "common/rpc/unary.h"

namespace tc::rpc {

namespace pb = trustedcontact::events::v1;

std::shared_ptr<grpc::Service> MakeEventService(const EventLog& log, Feed& feed, Gate& gate) {
  ServiceBuilder service(gate, "trustedcontact.events.v1.EventService");
  service.Serve<pb::ListEventsRequest, pb::ListEventsResponse>(
      "ListEvents", [&log](const Call&, const pb::ListEventsRequest& in) { return log.List(in); });
  service.Stream<pb::WatchEventsRequest, pb::WatchEventsResponse>(
      "WatchEvents", feed, [&log](const Call&, const pb::WatchEventsRequest& in) { return log.Watch(in); });
  return service.Build();
}

}  // namespace tc::rpc

#pragma once

// EventService over gRPC. All arguments must outlive the service.

#include <memory>

#include "common/rpc/event_log.h"
#include "common/rpc/feed.h"
#include "common/rpc/gate.h"

namespace grpc {
class Service;
}

namespace tc::rpc {

std::shared_ptr<grpc::Service> MakeEventService(const EventLog& log, Feed& feed, Gate& gate);

}  // namespace tc::rpc

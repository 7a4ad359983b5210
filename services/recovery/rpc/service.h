#pragma once

// The gRPC binding of RecoveryService.

#include <memory>

namespace grpc {
class Service;
}
namespace tc::rpc {
class Feed;
class Gate;
}  // namespace tc::rpc

namespace tc::recovery {

class Handlers;

inline constexpr char kServiceName[] = "trustedcontact.recovery.v1.RecoveryService";

// All must outlive it. `feed` supplies the streams of WatchRecovery.
std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Feed& feed, rpc::Gate& gate);

}  // namespace tc::recovery

#pragma once

// The gRPC binding of RecoveryService.

#include <memory>

namespace grpc {
class Service;
}
namespace tc::rpc {
class Gate;
}

namespace tc::recovery {

class Handlers;

inline constexpr char kServiceName[] = "trustedcontact.recovery.v1.RecoveryService";

// Both must outlive it. Methods that are not implemented yet answer UNIMPLEMENTED.
std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Gate& gate);

}  // namespace tc::recovery

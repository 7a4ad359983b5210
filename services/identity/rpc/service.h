#pragma once

// The gRPC face of the handlers.

#include <memory>

#include "common/rpc/gate.h"
#include "services/identity/rpc/handlers.h"

namespace grpc {
class Service;
}

namespace tc::identity {

inline constexpr char kServiceName[] = "trustedcontact.identity.v1.IdentityService";

// Both must outlive it.
std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Gate& gate);

}  // namespace tc::identity

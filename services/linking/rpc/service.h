#pragma once

// LinkingService over gRPC: every call goes through the gate to its handler.

#include <memory>

namespace grpc {
class Service;
}
namespace tc::rpc {
class Gate;
}

namespace tc::linking {

class Handlers;

// Both must outlive it.
std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Gate& gate);

}  // namespace tc::linking

#pragma once

// GuardReflection: the library serves reflection past the gate, so that in production an interceptor stands
// before it.

#include <functional>
#include <string>
#include <vector>

namespace grpc {
class ServerBuilder;
}

namespace tc::rpc {

// A call of grpc.reflection by a peer whose certificate `may` does not take ends with CANCELLED before
// anything of it is read. Calls of everything else pass untouched.
void GuardReflection(grpc::ServerBuilder& builder,
                     const std::function<bool(const std::vector<std::string>& peer_uris)>& may);

}  // namespace tc::rpc

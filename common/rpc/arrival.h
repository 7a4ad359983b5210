#pragma once

// Arrival: what the transport tells about a call, without gRPC's types.

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/rpc/authenticator.h"

namespace grpc {
class CallbackServerContext;
class ServerContextBase;
}  // namespace grpc

namespace tc::rpc {

struct Arrival {
  Credentials credentials;
  std::optional<absl::Duration> remaining;  // of the client's deadline; nullopt: it set none
  bool cancelled = false;
  std::string call_id;  // that the client sent; believed of services only, others are told ours
};

// The URI names of the caller's certificate; none where he has shown none.
std::vector<std::string> PeerUrisOf(const grpc::ServerContextBase& context);

Arrival ArrivalOf(const grpc::CallbackServerContext& context);

// `remaining` and `cancelled` only: what may change while a call waits.
Arrival PatienceOf(const grpc::CallbackServerContext& context);

}  // namespace tc::rpc

#pragma once

// Arrival: what the transport tells about a call, without gRPC's types.

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/rpc/authenticator.h"

namespace grpc {
class CallbackServerContext;
}

namespace tc::rpc {

struct Arrival {
  Credentials credentials;
  std::optional<absl::Duration> remaining;  // of the client's deadline; nullopt: it set none
  bool cancelled = false;
  std::string call_id;  // that the client sent; believed of services only, others are told ours
};

Arrival ArrivalOf(const grpc::CallbackServerContext& context);

// `remaining` and `cancelled` only: what may change while a call waits.
Arrival PatienceOf(const grpc::CallbackServerContext& context);

}  // namespace tc::rpc

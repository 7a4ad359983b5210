#include "common/rpc/arrival.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/server_context.h>

#include <chrono>

#include "absl/time/clock.h"
#include "common/rpc/trace.h"

namespace tc::rpc {

Arrival PatienceOf(const grpc::CallbackServerContext& context) {
  Arrival arrival;
  // The wall clock on both sides of the difference: Call::now may stand still in a test.
  const auto deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) {
    arrival.remaining = absl::FromChrono(deadline) - absl::Now();
  }
  arrival.cancelled = context.IsCancelled();
  return arrival;
}

std::vector<std::string> PeerUrisOf(const grpc::ServerContextBase& context) {
  std::vector<std::string> uris;
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return uris;
  for (const grpc::string_ref& uri : auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME))
    uris.emplace_back(uri.data(), uri.size());
  return uris;
}

Arrival ArrivalOf(const grpc::CallbackServerContext& context) {
  Arrival arrival = PatienceOf(context);
  const auto& metadata = context.client_metadata();
  const auto text = [](grpc::string_ref ref) { return std::string(ref.data(), ref.size()); };
  const auto [begin, end] = metadata.equal_range("authorization");
  for (auto it = begin; it != end; ++it) arrival.credentials.authorization.push_back(text(it->second));
  if (const auto id = metadata.find(kCallIdKey); id != metadata.end()) arrival.call_id = text(id->second);
  arrival.credentials.address = context.peer();
  arrival.credentials.peer_uris = PeerUrisOf(context);
  return arrival;
}

}  // namespace tc::rpc

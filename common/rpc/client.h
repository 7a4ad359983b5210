#pragma once

// PeerChannel: the way to another service. Ask() carries deadline, credentials and call id along and turns
// the answer's google.rpc details back into a refusal; an unreachable peer is UNAVAILABLE / PEER_UNAVAILABLE,
// never an answer (API-12). Include in outbound/*.cc and tests only. Thread-safe.
//
//   return Ask(*peer_, *stub_, &pb::IdentityService::Stub::CheckEligibility, request, deadline);

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/rpc/credentials.h"

namespace tc::rpc {

class PeerChannel {
 public:
  // `name` is for messages ("identity"); `target` is a gRPC target ("dns:///…", "127.0.0.1:7101",
  // "unix:/run/…").
  PeerChannel(std::string name, const std::string& target, std::shared_ptr<ClientCredentials> credentials);

  const std::string& name() const { return name_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // Sets the deadline (the earlier of `deadline` and now + 5 s), the bearer assertion and the id of the call
  // that is being worked on.
  void Prepare(grpc::ClientContext& context, absl::Time deadline) const;
  // The same for a stream, which has no deadline.
  void PrepareStream(grpc::ClientContext& context) const;
  // The peer's refusal, as it was made. What says that the peer cannot work now, or does not take this
  // service for what it is, is UNAVAILABLE / PEER_UNAVAILABLE with metadata peer, and logged.
  absl::Status FromWire(const grpc::Status& status) const;

 private:
  std::string name_;
  std::shared_ptr<ClientCredentials> credentials_;
  std::shared_ptr<grpc::Channel> channel_;
};

template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Ask(const PeerChannel& peer, Stub& stub,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                             const Request& request, absl::Time deadline) {
  grpc::ClientContext context;
  peer.Prepare(context, deadline);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return peer.FromWire(status);
  return response;
}

}  // namespace tc::rpc

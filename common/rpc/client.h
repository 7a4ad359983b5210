#pragma once

// PeerChannel: the way to another service. Ask() carries deadline, credentials and call id along and turns
// the answer's google.rpc details back into a refusal; an unreachable peer is UNAVAILABLE / PEER_UNAVAILABLE,
// never an answer (API-12). Include in outbound/*.cc and tests only. Thread-safe.
//
//   return Ask(*peer_, *stub_, &pb::IdentityService::Stub::CheckEligibility, request, deadline);
//
// AskLater() keeps no thread waiting for the answer.

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/kv/origin.h"
#include "common/rpc/credentials.h"

namespace tc::rpc {

// gRPC's queue of callbacks ends with the last channel that has used it, and 1.51 may let go of it once too
// often then, which ends the process. The first channel of a process that is given here stays for ever.
void KeepCallbackQueue(const std::shared_ptr<grpc::Channel>& channel);

class PeerChannel {
 public:
  // `name` is the service that must answer ("identity"), and for messages; `target` is a gRPC target
  // ("dns:///…", "127.0.0.1:7101", "unix:/run/…").
  PeerChannel(std::string name, const std::string& target, std::shared_ptr<ClientCredentials> credentials);

  const std::string& name() const { return name_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // Another connection to the same peer, for a stream that lives long: while the stream waits to connect
  // again, calls do not wait with it.
  std::shared_ptr<grpc::Channel> SeparateChannel() const;
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
  std::string target_;
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

// The same without waiting: `done` gets the answer, once, on a thread of gRPC's, and must not wait. What it
// does, and what is done as it goes away, is done on behalf of whom the asking thread works for
// (common/kv/origin.h). `peer` and `stub` outlive the call.
template <typename Stub, typename Request, typename Response, typename Done>
void AskLater(const PeerChannel& peer, Stub& stub,
              void (Stub::*method)(grpc::ClientContext*, const Request*, Response*,
                                   std::function<void(grpc::Status)>),
              Request request, absl::Time deadline, Done done) {
  struct Asked {
    Asked(Request r, Done d) : request(std::move(r)), done(std::move(d)) {}
    grpc::ClientContext context;
    const Request request;
    Response response;
    std::optional<Done> done;
    const kv::Origin origin = kv::CurrentOrigin();
  };
  auto asked = std::make_shared<Asked>(std::move(request), std::move(done));
  peer.Prepare(asked->context, deadline);
  KeepCallbackQueue(peer.channel());
  (stub.*method)(&asked->context, &asked->request, &asked->response, [asked, &peer](const grpc::Status& s) {
    const kv::OriginScope scope(asked->origin);
    (*asked->done)(s.ok() ? absl::StatusOr<Response>(std::move(asked->response))
                          : absl::StatusOr<Response>(peer.FromWire(s)));
    asked->done.reset();  // whoever gathers several answers goes on when the last has let go
  });
}

}  // namespace tc::rpc

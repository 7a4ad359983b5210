#pragma once

// WireServer: services behind a real gRPC server in this process, on a Unix socket of its own, with the
// development authenticator and a clock that the test moves. A service's wire test:
//
//   WireServer wire;
//   wire.Serve({MakeService(handlers, wire.gate())});
//   const auto stub = pb::LinkingService::NewStub(wire.channel());
//   EXPECT_THAT(wire.Ask(*stub, &pb::LinkingService::Stub::Resign, request, "portal/test", "alice"),
//   Refused(...));
//
// Handlers must outlive the WireServer: declare them before it, or call Stop() first.

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/jwt.h"
#include "common/crypto/keyring.h"
#include "common/env/random.h"
#include "common/rpc/client.h"
#include "common/rpc/gate.h"
#include "common/rpc/page.h"
#include "common/rpc/status.h"
#include "common/testing/fakes.h"
#include "common/testing/temp_dir.h"

namespace tc::rpc {
class Server;
}

namespace tc::testing {

// For tests whose people ask faster than a person can.
rpc::GateOptions WithoutRates();

class WireServer {
 public:
  explicit WireServer(rpc::GateOptions options = WithoutRates());
  ~WireServer();

  rpc::Gate& gate() { return *gate_; }
  FakeClock& clock() { return clock_; }
  rpc::Pager Pager() const;

  void Serve(std::vector<std::shared_ptr<grpc::Service>> services);
  // Breaks every connection and stream, and serves others at the same address.
  void Restart(std::vector<std::shared_ptr<grpc::Service>> services);
  // Closes and drains the gate, then the server. A second call does nothing.
  void Stop();

  const std::string& target() const { return target_; }  // "unix:/tmp/…"
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // An assertion for `peer` ("portal/test", "service/recovery"), with `person` signed in now; empty: nobody.
  std::string Token(absl::string_view peer, absl::string_view person = "") const;
  std::unique_ptr<grpc::ClientContext> Context(absl::string_view peer, absl::string_view person = "") const;

  // One call, its refusal turned back as a peer would see it.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Ask(Stub& stub,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request, absl::string_view peer,
                               absl::string_view person = "") const {
    const std::unique_ptr<grpc::ClientContext> context = Context(peer, person);
    Response response;
    const grpc::Status status = (stub.*method)(context.get(), request, &response);
    if (!status.ok()) return rpc::FromWire(status);
    return response;
  }

  // The way by which the service `as` ("recovery") asks this server, which it calls `name`. Ask with
  // absl::InfiniteFuture() as the deadline: the clock of this test is not that of the network.
  std::unique_ptr<rpc::PeerChannel> Peer(const std::string& name, const std::string& as) const;

 private:
  TempDir dir_;
  FakeClock clock_;
  SystemRandom random_;
  crypto::Keyring keys_;
  crypto::JwtSigner signer_;
  std::unique_ptr<rpc::Gate> gate_;
  std::unique_ptr<rpc::Server> server_;
  std::string target_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace tc::testing

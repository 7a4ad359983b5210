#pragma once

// Server: one gRPC server with the limits, health and reflection that every service of the suite has.
// Services are served through the Gate; this is the socket around it.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace grpc {
class CallbackGenericService;
class Server;
class ServerCredentials;
class Service;
}  // namespace grpc

namespace tc::rpc {

struct ServerOptions {
  std::string listen;  // "127.0.0.1:0" takes a free port
  std::shared_ptr<grpc::ServerCredentials> credentials;
  bool reflection = false;
  // Of the URI names in a caller's certificate: whether reflection is for him. Empty: it is for everybody;
  // others' streams are cancelled before they are read.
  std::function<bool(const std::vector<std::string>& peer_uris)> may_reflect = {};
  // A call of a method that is not served, which is answered with UNIMPLEMENTED. It must not wait.
  std::function<void(const std::vector<std::string>& peer_uris)> on_unknown = {};
  bool health = true;   // grpc.health.v1 is served here
  bool serving = true;  // what health says at first
  bool limit_connection_age =
      false;  // re-made within eleven minutes, so that expired peers disappear (TRN-10)
  // Whoever has not ended TLS and begun HTTP/2 by then is let go: until then he holds a descriptor without
  // having shown who he is.
  absl::Duration handshake_timeout = absl::Seconds(10);
};

class Server {
 public:
  // Health tells of the whole server and of each of `names`. UNAVAILABLE when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       std::vector<std::shared_ptr<grpc::Service>> services,
                                                       const std::vector<std::string>& names);
  ~Server();

  // The address with the real port.
  const std::string& address() const { return address_; }
  // What health says from now on; calls are taken all the same. Nothing where it is not served.
  void SetServing(bool serving);
  // The last word of health: NOT_SERVING.
  void Leave();
  // Takes no call any more, waits for `grace` and then cancels what is left. It waits for every handler to
  // end: close and drain the gate, stop the feeds first.
  void Shutdown(absl::Duration grace);

 private:
  Server(std::vector<std::shared_ptr<grpc::Service>> services, std::string address);

  std::vector<std::shared_ptr<grpc::Service>> services_;   // outlive server_
  std::unique_ptr<grpc::CallbackGenericService> nothing_;  // UNIMPLEMENTED
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace tc::rpc

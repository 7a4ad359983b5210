#pragma once

// Ports: where a service answers: the port that everybody calls and, where it is wanted, one that tells of
// health only, in plaintext, for probes that have no certificate (TRN-13).

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "common/rpc/flags.h"
#include "common/rpc/refusal_log.h"
#include "common/rpc/server.h"

namespace tc::rpc {

class Ports {
 public:
  // Health says SERVING, for each of `names`, after the main port has shown that it lets nobody in whom it
  // must not (tls::Prove, in production). UNAVAILABLE when an address cannot be had, FAILED_PRECONDITION when
  // the proof fails. `on_refused` is told of calls of methods that are not served (`of` is "unknown") and of
  // reflection by peers for whom it is not ("reflection"). `on_proven` is called once the proof has passed
  // and before health says SERVING; in development, where there is none, before anybody listens. Until then
  // nobody may be served, as reflection is not.
  static absl::StatusOr<std::unique_ptr<Ports>> Open(const Flags& flags,
                                                     std::shared_ptr<grpc::ServerCredentials> credentials,
                                                     std::vector<std::shared_ptr<grpc::Service>> services,
                                                     const std::vector<std::string>& names,
                                                     const OnRefused& on_refused = {},
                                                     const std::function<void()>& on_proven = {});

  // The addresses with the real ports; of health empty when nobody listens there.
  const std::string& address() const { return main_->address(); }
  std::string health_address() const { return health_ == nullptr ? "" : health_->address(); }
  // From one thread: lets health say whether this store answers. One that has failed refuses everything until
  // it is opened anew, so that somebody should start the service again.
  void TellOf(kv::Database& database);
  // As Server's, on both.
  void Leave();
  void Shutdown(absl::Duration grace);

 private:
  Ports() = default;
  void SetServing(bool serving);

  std::unique_ptr<Server> health_;
  std::unique_ptr<Server> main_;
  bool serving_ = false;
};

}  // namespace tc::rpc

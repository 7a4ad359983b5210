#pragma once

// Identity: how this process proves itself and knows its peers over TLS, from the operator's files, live.
// New certificates are served without a restart and without a dropped call; files that do not hold together
// leave the last good ones in use (TRN-08). gRPC reads what it serves from memory and looks at it each
// second.
//
// TLS 1.3 only: the library of Debian 12 cannot forbid 1.2 directly, so that 1.2 is left without a common
// cipher: Restrict (ciphers.h) before the first use of gRPC, and ECDSA certificates (TRN-02). Prove
// (proof.h) shows that it holds.
//
// Thread-safe.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/env/clock.h"
#include "common/obs/reload_log.h"
#include "common/tls/files.h"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
}  // namespace grpc

namespace tc::tls {

class Identity {
 public:
  // `spiffe_id`: see CheckFiles, with whose errors it fails. `clock` outlives the object. `on_taking` is told
  // of what comes in use, now and later: see ReloadLog::Taking.
  static absl::StatusOr<std::unique_ptr<Identity>> Open(const Files& files, const std::string& spiffe_id,
                                                        const Clock& clock, obs::OnTaking on_taking = {});
  ~Identity();

  // Reads the files anew; what is good and differs is served within a second. FAILED_PRECONDITION: what is in
  // use stays.
  absl::Status Reload();
  // One look by a watch, each second: the same, with its outcome in the log, and a warning when the
  // certificate or the list of revoked ones has less than a fifth of its life left. Metrics:
  // tc_tls_certificate_expires_seconds, tc_tls_crl_expires_seconds, tc_tls_reloads_total{outcome}.
  void Look();

  // A server that demands a client certificate of one of the authorities, in its dates and not revoked. While
  // the list of revoked certificates is out of date, no new connection is let in. The credentials may outlive
  // this object. `on_refused` is told of those whom an authority has certified, by the URI names, and who are
  // not let in all the same, of what ("handshake") and why; it must not wait, and is not called when this
  // object has ended.
  using OnRefused = std::function<void(const std::vector<std::string>& peer_uris, const std::string& of,
                                       const absl::Status& why)>;
  std::shared_ptr<grpc::ServerCredentials> ForServer(OnRefused on_refused = {}) const;
  // A client that demands the same of the server, and the name of the host that it calls. A service's calls
  // reach services of its trust domain only.
  std::shared_ptr<grpc::ChannelCredentials> ForChannel() const;
  // The same of a service, to that service beside it ("identity") and no other, since several may answer
  // under one host's name (TRN-04). Nobody is reached where the own name is no service's.
  std::shared_ptr<grpc::ChannelCredentials> ForChannelTo(const std::string& service) const;

 private:
  struct State;
  explicit Identity(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tc::tls

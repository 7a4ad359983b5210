#pragma once

// JwksFile: the operator's file of issuers' keys, watched: a changed one is checked and put in force at once,
// and one that is not good leaves the last good one in force. Metric: tc_jwks_reloads_total{outcome}.
// Thread-safe.

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/obs/reload_log.h"
#include "common/rpc/issuer_keys.h"

namespace tc::rpc {

class JwksFile {
 public:
  // `flag` ("--jwks") names it in messages and in the log. `guarded`: a file that everybody may write is
  // refused, for whoever writes it is everybody. FAILED_PRECONDITION names the file and what is wrong with
  // it, see JwtVerifier::FromJwks.
  // `on_taking` is told of what comes in force, now and later: see ReloadLog::Taking.
  static absl::StatusOr<std::unique_ptr<JwksFile>> Open(std::string flag, std::string file, bool guarded,
                                                        obs::OnTaking on_taking = {});

  const IssuerKeys& keys() const { return keys_; }
  // Reads the file anew. FAILED_PRECONDITION: what is in force stays.
  absl::Status Reload();
  // One look by a watch, each second: the same, with its outcome in the log.
  void Look();

 private:
  JwksFile(std::string flag, std::string file, bool guarded, crypto::JwtVerifier verifier,
           std::string content, obs::OnTaking on_taking);
  absl::StatusOr<bool> TakeNew(std::string& seen);

  const std::string flag_;
  const std::string file_;
  const bool guarded_;
  IssuerKeys keys_;
  std::mutex mutex_;  // one look at a time
  std::string in_force_;
  obs::ReloadLog log_;
};

}  // namespace tc::rpc

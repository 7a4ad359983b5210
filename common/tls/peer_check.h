#pragma once

// PeerCheck: what is asked of a peer's certificate at the end of a handshake, besides what TLS itself asks:
// it is in its dates (a resumed session is not looked at again by TLS), and it and what signed it are not
// revoked. Thread-safe.

#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/env/clock.h"
#include "common/tls/revocations.h"

namespace tc::tls {

class PeerCheck {
 public:
  explicit PeerCheck(const Clock& clock) : clock_(clock) {}

  // Null: nothing is revoked.
  void Replace(std::shared_ptr<const Revocations> revocations);
  // PERMISSION_DENIED saying why not; INVALID_ARGUMENT: no PEM. Lists that are out of date let nobody in, and
  // where there are lists, nobody of whom none tells.
  absl::Status Check(absl::string_view chain_pem) const;

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Revocations> revocations_;
};

}  // namespace tc::tls

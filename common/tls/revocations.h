#pragma once

// Revocations: the certificates that the authorities have taken back (CRL, RFC 5280), good for a time.
// Immutable, thread-safe.

#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/tls/x509.h"

namespace tc::tls {

class Revocations {
 public:
  // INVALID_ARGUMENT unless every list in `pem` is of this moment and signed by one of the `authorities`.
  static absl::StatusOr<Revocations> Parse(absl::string_view pem, const Certificates& authorities,
                                           absl::Time now);

  bool Contains(X509& certificate) const;
  // The earliest nextUpdate of the lists: from then on they may lack what they should have.
  absl::Time good_until() const { return good_until_; }
  // The latest lastUpdate.
  absl::Time made_at() const { return made_at_; }

 private:
  std::set<std::pair<std::string, std::string>> revoked_;  // issuer, serial
  absl::Time made_at_ = absl::InfinitePast();
  absl::Time good_until_ = absl::InfiniteFuture();
};

}  // namespace tc::tls

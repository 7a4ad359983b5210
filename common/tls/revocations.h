#pragma once

// Revocations: the certificates that the authorities have taken back (CRL, RFC 5280), good for a time.
// Immutable, thread-safe.

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/tls/x509.h"

namespace tc::tls {

class Revocations {
 public:
  // INVALID_ARGUMENT unless every list in `pem` is of this moment, whole (not what has changed, not of some
  // reasons or kinds of certificates only) and signed by one of the `authorities`, and each of these has one.
  static absl::StatusOr<Revocations> Parse(absl::string_view pem, const Certificates& authorities,
                                           absl::Time now);

  // Whether a list of its issuer is there. Of other certificates nothing is known.
  bool Covers(X509& certificate) const;
  // It is revoked, or an authority of its issuer's name is.
  bool Contains(X509& certificate) const;
  // INVALID_ARGUMENT when a list is older than that of the same authority in `before`: by their numbers
  // (cRLNumber) where both have one, else by lastUpdate.
  absl::Status CheckFollows(const Revocations& before) const;
  // The earliest nextUpdate of the lists: from then on they may lack what they should have.
  absl::Time good_until() const { return good_until_; }
  // The latest lastUpdate.
  absl::Time made_at() const { return made_at_; }

 private:
  struct List {
    X509Owned<X509_NAME> issuer;
    std::string signer;  // of whichever key it is; an authority may be renewed under its name
    std::string number;  // empty: none
    absl::Time made;
    std::set<std::string> serials;
    bool issuer_is_revoked = false;
  };

  absl::Status Add(X509_CRL& list, const Certificates& authorities, absl::Time now);
  // False where they are not of one authority.
  static bool IsOlder(const List& list, const List& than);
  void MarkRevoked(const Certificates& authorities);

  std::vector<List> lists_;
  absl::Time made_at_ = absl::InfinitePast();
  absl::Time good_until_ = absl::InfiniteFuture();
};

}  // namespace tc::tls

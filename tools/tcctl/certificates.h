#pragma once

// A certificate authority for development, and what it issues: ECDSA P-256, PEM files in one directory. For
// production an authority of one's own issues the same (docs/wire.md).
//
//   ca.pem, ca.key                        the authority
//   service-otp.pem, service-otp.key      of the peer service/otp, and so on
//   crl.pem                               what it has revoked
//
// Keys have mode 0600. Files are replaced whole.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tc::ctl {

// The peers of a suite: the four services and one of each other role.
const std::vector<std::string>& UsualPeers();

struct CertificateOrder {
  std::string dir;
  std::string trust_domain;
  std::vector<std::string> hosts;  // names and addresses under which services are reached; for these only
  int days = 90;                   // TRN-09
};

struct CertificateFacts {
  std::string file;
  std::string subject;
  std::string issuer;
  std::string serial;             // hexadecimal
  std::vector<std::string> uris;  // "spiffe://example.org/service/otp"
  std::vector<std::string> hosts;
  absl::Time not_before;
  absl::Time not_after;
};

// Makes the authority in order.dir, where there is none or `anew`. True when it has made one.
absl::StatusOr<bool> EnsureAuthority(const CertificateOrder& order, bool anew);
// Issues a certificate for the peer ("service/otp") by the authority in order.dir, replacing the one before.
// INVALID_ARGUMENT when it is no peer's name, FAILED_PRECONDITION without an authority.
absl::StatusOr<CertificateFacts> IssueCertificate(const CertificateOrder& order, const std::string& peer);
// Adds the certificates in these files to the authority's list, which is good for `days` from now. All or
// none: FAILED_PRECONDITION when one was issued by somebody else, or what is there is no list of the
// authority.
absl::Status RevokeCertificates(const std::string& dir, const std::vector<std::string>& files, int days);
// Of the first certificate in the file. NOT_FOUND, INVALID_ARGUMENT.
absl::StatusOr<CertificateFacts> ReadCertificate(const std::string& file);

}  // namespace tc::ctl

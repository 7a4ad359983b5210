#pragma once

// Authority: a private certificate authority in a test's directory, and the certificates that it issues,
// ECDSA, as PEM files.

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/tls/files.h"

namespace tc::testing {

struct CertificateRequest {
  std::string common_name = "test";
  std::string hosts = "IP:127.0.0.1,DNS:localhost";
  std::vector<std::string> uris = {};           // URI SANs
  absl::Duration valid_from = -absl::Hours(1);  // from now
  absl::Duration valid_until = absl::Hours(1);
  std::string usage = "serverAuth,clientAuth";  // extended key usage
  std::string curve = "P-256";
  bool rsa = false;  // instead

  friend void PrintTo(const CertificateRequest& request, std::ostream* out) { *out << request.common_name; }
};

struct RevocationRequest {
  absl::Duration made = -absl::Hours(1);  // from now
  absl::Duration next = absl::Hours(1);   // when the list is out of date, from now
  std::string issuer = {};                // how the list spells the authority's name; empty: as the authority
  int64_t number = -1;                    // cRLNumber; below 0: none
  bool delta = false;                     // tells only what has changed
  std::string scope = {};                 // issuingDistributionPoint: "onlyuser:TRUE"
};

class Authority {
 public:
  // Files go into `dir`. The system clock counts: TLS knows no other.
  explicit Authority(std::string dir);
  // One whose own certificate is issued by `above`, in a directory of its own.
  Authority(std::string dir, Authority& above);
  ~Authority();

  // Writes <name>.pem and <name>.key (mode 0600), replacing both, the key first.
  tls::Files Issue(const std::string& name, const CertificateRequest& request);
  // The usual one: spiffe://example.org/<peer>.
  tls::Files IssuePeer(const std::string& peer);
  // Writes crl.pem, replacing it: the certificates in these files are revoked. Gives its path.
  std::string Revoke(const std::vector<std::string>& certificates, const RevocationRequest& request = {});
  const std::string& ca_file() const { return ca_file_; }

 private:
  struct State;
  Authority(std::string dir, Authority* above);

  std::string dir_;
  std::string ca_file_;
  std::unique_ptr<State> state_;
};

}  // namespace tc::testing

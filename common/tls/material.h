#pragma once

// Material: what the operator's TLS files hold, read and checked together, so that nothing is served that
// a peer would refuse (TRN-08).

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/secret.h"
#include "common/tls/files.h"

namespace tc::tls {

class Revocations;

struct Material {
  Secret identity;    // PEM: the private key, then the chain, own certificate first
  std::string roots;  // PEM: the authorities
  std::shared_ptr<const Revocations> revocations;  // null where Files::crl is empty
  absl::Time not_before;                           // of the own certificate
  absl::Time not_after;
  // What tells it apart from other material, for people: SHA-256 of the own certificate, of the authorities
  // and of the lists, the own serial number and end. Nothing of the private key.
  std::map<std::string, std::string> particulars;
};

// The bytes of the files, not looked at yet.
struct FileContents {
  std::string certificate;
  Secret private_key;
  std::string ca;
  std::string crl;

  // Tells contents apart; says nothing about them.
  std::string Fingerprint() const;
};

// FAILED_PRECONDITION naming the file that cannot be read, a key file that others may read, or another file
// that everybody may write.
absl::StatusOr<FileContents> ReadFiles(const Files& files);

// FAILED_PRECONDITION naming the file and what is wrong with it: no PEM, key and certificate do not match,
// not on a curve of TLS 1.3 (P-256, P-384, P-521; RSA would let TLS 1.2 in, TRN-02), outside its dates at
// `now`, not issued by an authority of files.ca, not for both servers and clients, and unless `spiffe_id` is
// empty: not exactly this one URI among its names. The lists of revoked certificates: see Revocations; one of
// them must be of whoever issued the own certificate. That they revoke it is found by peers (Prove), not
// here: such lists must come in force.
absl::StatusOr<Material> CheckFiles(const Files& files, const FileContents& contents,
                                    const std::string& spiffe_id, absl::Time now);

// For other doors than gRPC's. FAILED_PRECONDITION naming the file: as ReadFiles; no PEM, key and certificate
// do not match. Any kind of key will do.
absl::Status CheckCertificate(const std::string& certificate, const std::string& private_key);

}  // namespace tc::tls

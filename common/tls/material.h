#pragma once

// Material: what the operator's TLS files hold, read and checked together, so that nothing is served that
// a peer would refuse (TRN-08).

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

// FAILED_PRECONDITION naming the file that cannot be read, or a key file that others may read.
absl::StatusOr<FileContents> ReadFiles(const Files& files);

// FAILED_PRECONDITION naming the file and what is wrong with it: no PEM, key and certificate do not match,
// not an elliptic curve (with which TLS 1.2 is left without a cipher, TRN-02), outside its dates at `now`,
// not issued by an authority of files.ca, not for both servers and clients, and unless `spiffe_id` is empty:
// not exactly this one URI among its names. The list of revoked certificates: see Revocations.
absl::StatusOr<Material> CheckFiles(const Files& files, const FileContents& contents,
                                    const std::string& spiffe_id, absl::Time now);

// For other doors than gRPC's. FAILED_PRECONDITION naming the file: missing, unreadable, no PEM, key and
// certificate do not match. Any kind of key will do.
absl::Status CheckCertificate(const std::string& certificate, const std::string& private_key);

}  // namespace tc::tls

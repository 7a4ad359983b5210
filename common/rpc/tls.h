#pragma once

// Mutual TLS from PEM files, which are watched: new certificates are served without a restart (TRN-08).
// TLS 1.3 only: the library on Debian 12 cannot forbid 1.2 directly, so that 1.2 is left without a common
// cipher: RestrictTls before the first use of gRPC, and ECDSA certificates, which CheckTlsFiles demands
// (TRN-02).

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/rpc/credentials.h"

namespace grpc {
class ServerCredentials;
}

namespace tc::rpc {

// Process-wide; see above.
void RestrictTls();

// FAILED_PRECONDITION naming the file: missing, unreadable, no PEM, key and certificate do not match, not an
// elliptic curve.
absl::Status CheckTlsFiles(const TlsFiles& files);

// FAILED_PRECONDITION naming the file: missing, unreadable, no PEM, key and certificate do not match. Any
// kind of key will do.
absl::Status CheckCertificate(const std::string& certificate, const std::string& private_key);

// A server that demands a client certificate of the one authority in files.ca.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MutualTlsServerCredentials(const TlsFiles& files);

}  // namespace tc::rpc

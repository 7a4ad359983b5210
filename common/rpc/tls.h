#pragma once

// TLS 1.3 only, for gRPC in the whole process (TRN-01, TRN-02; tls_identity.h says how), and certificates of
// other doors.

#include <string>

#include "absl/status/status.h"

namespace tc::rpc {

// Before the first use of gRPC, which reads its ciphers once.
void RestrictTls();

// Whether GRPC_SSL_CIPHER_SUITES was set to something else when RestrictTls ran: somebody wants other ciphers
// than those that keep TLS 1.2 out.
bool OtherCiphersWereGiven();

// FAILED_PRECONDITION naming the file: missing, unreadable, no PEM, key and certificate do not match. Any
// kind of key will do.
absl::Status CheckCertificate(const std::string& certificate, const std::string& private_key);

}  // namespace tc::rpc

#pragma once

// TLS 1.3 only, for gRPC in the whole process (TRN-01, TRN-02; identity.h says how).

namespace tc::tls {

// The one cipher of TLS 1.2 that is offered and taken (GRPC_SSL_CIPHER_SUITES). It needs an RSA certificate:
// with ECDSA certificates only TLS 1.3, whose suites are not named here, is left (TRN-02).
inline constexpr char kTls13Only[] = "ECDHE-RSA-AES256-GCM-SHA384";

// Before the first use of gRPC, which reads its ciphers once.
void Restrict();

// Whether GRPC_SSL_CIPHER_SUITES was set to something else when Restrict ran: somebody wants other ciphers
// than those that keep TLS 1.2 out.
bool OtherCiphersWereGiven();

}  // namespace tc::tls

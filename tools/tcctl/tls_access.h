#pragma once

// Access over mutual TLS, for a suite in production: the certificate is the peer, the person's assertion
// comes from the issuer.

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/tls/files.h"
#include "tools/tcctl/client.h"

namespace tc::dev {

// tls::Restrict comes before. FAILED_PRECONDITION names the file that cannot be read, a key that others may
// read, another file that everybody may write. The server must have a certificate of files.ca for the host of
// its target.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> TlsCredentials(const tls::Files& files);

// Every caller is the peer of this certificate; `assertion` is the bearer token that is sent, empty: none.
absl::StatusOr<std::shared_ptr<Access>> TlsAccess(const std::string& target, const tls::Files& files,
                                                  std::string assertion);

}  // namespace tc::dev

#pragma once

// How the commands get to a server: the development suite with self-issued assertions, or, with --tls-cert,
// a suite in production with a certificate and the assertion of --token.

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/command.h"

namespace tc::ctl {

// INVALID_ARGUMENT when of --tls-cert, --tls-key and --tls-ca some are missing; NOT_FOUND names the file that
// cannot be read.
absl::StatusOr<std::shared_ptr<dev::Access>> AccessTo(const Context& context, const std::string& address);
// The same without anybody signed in, also where there is no development suite.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const Context& context, const std::string& address);

}  // namespace tc::ctl

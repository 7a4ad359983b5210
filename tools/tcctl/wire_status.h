#pragma once

// A gRPC status with google.rpc details, as a refusal: ReasonOf, ViolationsOf, RetryAfterOf … work on the
// result. Thread-safe.

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace tc::dev {

absl::Status FromWire(const grpc::Status& status);

}  // namespace tc::dev

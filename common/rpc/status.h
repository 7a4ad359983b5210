#pragma once

// The one translation between absl::Status and grpc::Status. Outside, a refusal is a google.rpc.Status in
// "grpc-status-details-bin": ErrorInfo with reason and metadata (domain "trustedcontact"), BadRequest,
// RetryInfo, PreconditionFailure. Pure functions.

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/base/reason.h"

namespace grpc {
class Status;
}

namespace tc::rpc {

inline constexpr char kErrorDomain[] = "trustedcontact";

// What the caller may know of `status`. INTERNAL, UNKNOWN and DATA_LOSS become INTERNAL with a neutral
// sentence and metadata call_id; a status without a reason gets its code's reason and a neutral sentence
// (API-10); UNAVAILABLE always says when to try again.
absl::Status Presentable(const absl::Status& status, absl::string_view call_id);

// Presentable, as the wire has it. Violations that would not fit into 8 KiB of metadata are left out, the
// last first, and metadata violations_omitted counts them.
grpc::Status ToWire(const absl::Status& status, absl::string_view call_id);

// The refusal that a server of this suite sent, or a status without a reason where the library itself
// refused.
absl::Status FromWire(const grpc::Status& status);

// The reason that a bare status code stands for.
Reason ReasonForCode(absl::StatusCode code);

}  // namespace tc::rpc

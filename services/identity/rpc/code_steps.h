#pragma once

// Codes to an address that is to be proved: begun once, continued while they run. Ask otp, so never inside a
// transaction.

#include <optional>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

// The verification of `order.id` begins. Its id must be derived from what is asked, so that a repeated call
// finds the one that it made before a crash.
absl::StatusOr<CodeProgress> BeginCode(const Desk& desk, const rpc::Call& call, CodeOrder order);

// A new code of the verification `order.id`; none when it has ended, so that another one must begin.
absl::StatusOr<std::optional<CodeProgress>> ContinueCode(const Desk& desk, const rpc::Call& call,
                                                         CodeOrder order);

}  // namespace tc::identity

#pragma once

// Loading a verification for somebody: what is not his is NOT_FOUND, same as absent (OTP-24).

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {

// ALREADY_EXISTS / ALREADY_EXISTS when the id is taken, by whomever.
absl::Status CheckFree(kv::ReadTxn& txn, const VerificationId& id);
// One that the service `caller` made.
absl::StatusOr<Verification> Load(kv::ReadTxn& txn, const VerificationId& id, absl::string_view caller);
// One whose whole binding is this (OTP-06).
absl::StatusOr<Verification> Load(kv::ReadTxn& txn, const VerificationId& id, const Binding& binding);

}  // namespace tc::otp

#pragma once

// Verifications and what is counted beside them. Each function is a step of a transaction; none decides.
//
// Key space: "verification" id → record; "verification_of" caller, purpose, subject, request → id of the
// latest; "sends" address index → the sends that count.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/otp/domain/send_limits.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {

// Kinds of timers; the subject is the verification's id, or the hex of an address index.
inline constexpr char kSettleVerification[] = "settle_verification";
inline constexpr char kEraseVerification[] = "erase_verification";
inline constexpr char kEraseSends[] = "erase_sends";

absl::StatusOr<std::optional<Verification>> FindVerification(kv::ReadTxn& txn, const VerificationId& id);
// The latest with this binding, whatever its state.
absl::StatusOr<std::optional<Verification>> FindLatest(kv::ReadTxn& txn, const Binding& binding);

// A new one, which becomes the latest of its binding. ALREADY_EXISTS when the id is taken.
absl::Status InsertVerification(kv::Txn& txn, const Verification& v);
// The record alone: Record (rpc/recorder.h) does what follows from a step.
absl::Status SaveVerification(kv::Txn& txn, const Verification& v);
// Timers for the end of its present code and for its removal.
absl::Status ScheduleEnd(kv::Txn& txn, const Verification& v, const Policy& policy);
// The timer for the end of an approval that nobody uses.
absl::Status ScheduleEndOfApproval(kv::Txn& txn, const Verification& v, const Policy& policy);
absl::Status EraseVerification(kv::Txn& txn, const Verification& v);

absl::StatusOr<std::vector<Send>> FindSends(kv::ReadTxn& txn, absl::string_view address_index);
// `sends` is not empty; the record goes when the last of them no longer counts.
absl::Status SaveSends(kv::Txn& txn, absl::string_view address_index, const std::vector<Send>& sends);
absl::Status EraseSends(kv::Txn& txn, absl::string_view timer_subject, absl::Time now);

}  // namespace tc::otp

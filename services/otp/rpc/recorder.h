#pragma once

// Record: the one way by which a step of a verification or of a delivery reaches the disk, with everything
// that its rows say in the same transaction: events, timers, a held message erased (domain/verification.h,
// domain/delivery.h). The value is left without the rows it took. Without a row the record alone is written.

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/policy.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {

absl::Status Record(kv::Txn& txn, Verification& v, absl::Time now, const Policy& policy);
absl::Status Record(kv::Txn& txn, Delivery& delivery);

// An event that belongs to no row: "VerificationCreated", "VerificationReplayed".
absl::Status Tell(kv::Txn& txn, absl::string_view type, const Verification& v, absl::Time now);
// "DeliveryMovedOn": the attempt that begins asks whom no earlier one has asked.
absl::Status TellMovedOn(kv::Txn& txn, const Delivery& delivery);

}  // namespace tc::otp

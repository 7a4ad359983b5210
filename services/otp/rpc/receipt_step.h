#pragma once

// The step of a transaction that takes a provider's receipt, however it came: by ReportDelivery or over HTTP
// (receipts.h). What follows from a failure, the next provider's turn, is in the same commit.

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/rpc/desk.h"

namespace tc::otp {

struct TakenReceipt {
  Delivery delivery;     // afterwards
  bool changed = false;  // false: nothing was written
};

// The receipt is authentic: its caller has seen to that. NOT_FOUND when there is no such delivery, or the
// attempt that the receipt names was not made.
absl::StatusOr<TakenReceipt> TakeReceipt(kv::Txn& txn, const Desk& desk, const DeliveryId& id,
                                         const ReceiptOf& receipt, absl::Time now);

}  // namespace tc::otp

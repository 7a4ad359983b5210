#include "services/otp/rpc/receipt_step.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/otp/rpc/onward.h"
#include "services/otp/rpc/recorder.h"
#include "services/otp/store/delivery_store.h"

namespace tc::otp {

absl::StatusOr<TakenReceipt> TakeReceipt(kv::Txn& txn, const Desk& desk, const DeliveryId& id,
                                         const ReceiptOf& receipt, absl::Time now) {
  const std::optional<Delivery> before = TRY(FindDelivery(txn, id));
  if (!before.has_value() || !IsOf(*before, receipt)) return NotFound("delivery");
  const bool another_left = TRY(AnotherMayTake(txn, desk, *before, receipt, now));
  std::optional<AfterReceipt> taken = TakeReceipt(*before, receipt, now, another_left);
  if (!taken.has_value()) return TakenReceipt{*before, false};
  TRY(Record(txn, taken->after));
  if (taken->requeue) TRY(QueueHeld(txn, taken->after));
  return TakenReceipt{taken->after, true};
}

}  // namespace tc::otp

#pragma once

// What becomes of a message that a provider has taken: it is held while somebody else could be asked, and
// goes to him when the provider reports a failure. Steps of a transaction.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/rpc/desk.h"

namespace tc::otp {

// Keeps `payload` where the provider of the last attempt has taken the message and gives receipts, and
// another one is left. `request_id` is the message's own.
absl::Status HoldWhileTaken(kv::Txn& txn, const Desk& desk, const Delivery& delivery,
                            absl::string_view payload, absl::string_view request_id, absl::Time now);

// For TakeReceipt: if `receipt` says FAILED, is there somebody else to ask, and a message to give him?
absl::StatusOr<bool> AnotherMayTake(kv::ReadTxn& txn, const Desk& desk, const Delivery& delivery,
                                    const ReceiptOf& receipt, absl::Time now);
// The held message as a new outbox row of the delivery's round. `delivery` is what TakeReceipt gave with
// `requeue`.
absl::Status QueueHeld(kv::Txn& txn, const Delivery& delivery);

}  // namespace tc::otp

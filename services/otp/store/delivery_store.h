#pragma once

// Deliveries, and the notifications that made them. Each function is a step of a transaction; none decides.
//
// Key space: "delivery" id → record; "delivery_of" parent, creation, id; "delivery_at" creation, id;
// "notification" caller, id; "held_message" delivery → a payload (sealed.h).

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/policy.h"
#include "services/otp/store/codec.h"

namespace tc::otp {

// Kinds of timers. The subject is the delivery's id; of a notification, the hex of its key.
inline constexpr char kExpireDelivery[] = "expire_delivery";
inline constexpr char kEraseDelivery[] = "erase_delivery";
inline constexpr char kEraseNotification[] = "erase_notification";

absl::StatusOr<std::optional<Delivery>> FindDelivery(kv::ReadTxn& txn, const DeliveryId& id);
// A new one, with its indexes and the timers of its end.
absl::Status InsertDelivery(kv::Txn& txn, const Delivery& delivery, const Policy& policy);
// The record alone: Record (rpc/recorder.h) does what follows from a step.
absl::Status SaveDelivery(kv::Txn& txn, const Delivery& delivery);
absl::Status EraseDelivery(kv::Txn& txn, const Delivery& delivery);

// The message that a provider has taken, for the next one.
absl::Status HoldMessage(kv::Txn& txn, const DeliveryId& id, absl::string_view payload);
absl::StatusOr<std::optional<std::string>> FindHeldMessage(kv::ReadTxn& txn, const DeliveryId& id);
absl::Status EraseHeldMessage(kv::Txn& txn, const DeliveryId& id);

// In order of creation, behind the index key `after` (empty: from the start), until `visit` returns false.
// `parent` empty: all.
absl::Status VisitDeliveries(kv::ReadTxn& txn, absl::string_view parent, absl::string_view after,
                             absl::FunctionRef<bool(absl::string_view key, Delivery delivery)> visit);

absl::StatusOr<std::optional<Notification>> FindNotification(kv::ReadTxn& txn, absl::string_view caller,
                                                             absl::string_view id);
absl::Status InsertNotification(kv::Txn& txn, absl::string_view caller, absl::string_view id,
                                const Notification& notification, const Policy& policy);
absl::Status EraseNotification(kv::Txn& txn, absl::string_view timer_subject);

}  // namespace tc::otp

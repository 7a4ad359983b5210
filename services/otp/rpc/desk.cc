#include "services/otp/rpc/desk.h"

#include "common/base/status.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {

absl::StatusOr<Delivery> Queue(kv::Txn& txn, const Desk& desk, const Outgoing& outgoing) {
  const Message& message = outgoing.message;
  Delivery delivery;
  delivery.id = message.delivery;
  delivery.caller = outgoing.caller;
  delivery.parent = outgoing.parent;
  delivery.channel = message.channel;
  delivery.masked_address = outgoing.masked_address;
  delivery.template_name = message.template_name;
  delivery.created = delivery.updated = message.created;
  delivery.expires = message.expires;
  TRY(InsertDelivery(txn, delivery, desk.policy));
  kv::OutboxRow row;
  row.kind = kOutboxKind;
  row.payload = Seal(desk.sealer, message);
  row.expire_at = message.expires;
  TRY(txn.Enqueue(std::move(row)));
  return delivery;
}

absl::Status Withdraw(kv::Txn& txn, const DeliveryId& id, absl::Time now) {
  const std::optional<Delivery> delivery = TRY(FindDelivery(txn, id));
  if (!delivery.has_value()) return absl::OkStatus();
  const std::optional<Delivery> after = Apply(*delivery, DeliveryTrigger::kSupersede, now);
  return after.has_value() ? SaveDelivery(txn, *after) : absl::OkStatus();
}

}  // namespace tc::otp

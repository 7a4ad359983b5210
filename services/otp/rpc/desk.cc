#include "services/otp/rpc/desk.h"

#include "common/base/status.h"
#include "services/otp/rpc/recorder.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {

namespace {

Delivery RecordOf(const Outgoing& outgoing) {
  const Message& message = outgoing.message;
  Delivery delivery;
  delivery.id = message.delivery;
  delivery.caller = outgoing.caller;
  delivery.parent = outgoing.parent;
  delivery.channel = message.channel;
  delivery.ways.push_back(message.channel);
  for (const Way& way : message.alternatives) delivery.ways.push_back(way.channel);
  delivery.masked_address = outgoing.masked_address;
  delivery.template_name = message.template_name;
  delivery.created = delivery.updated = message.created;
  delivery.expires = message.expires;
  return delivery;
}

}  // namespace

absl::StatusOr<Delivery> Queue(kv::Txn& txn, const Desk& desk, const Outgoing& outgoing) {
  Message message = outgoing.message;
  message.masked_address = outgoing.masked_address;
  const Delivery delivery = RecordOf(outgoing);
  TRY(InsertDelivery(txn, delivery, desk.policy));
  kv::OutboxRow row;
  row.kind = kOutboxKind;
  row.payload = Seal(desk.sealer, message);
  row.expire_at = message.expires;
  TRY(txn.Enqueue(std::move(row)));
  return delivery;
}

absl::StatusOr<Delivery> KeepBack(kv::Txn& txn, const Desk& desk, const Outgoing& outgoing,
                                  absl::string_view why) {
  Delivery delivery = RecordOf(outgoing);
  delivery.state = DeliveryState::kRejected;
  DeliveryAttempt& nobody = delivery.attempts.emplace_back();
  nobody.number = delivery.attempts_made = 1;
  nobody.at = delivery.created;
  nobody.channel = delivery.channel;
  nobody.fate = Fate::kNotTaken;
  nobody.outcome = std::string(why);
  TRY(InsertDelivery(txn, delivery, desk.policy));
  return delivery;
}

absl::Status Withdraw(kv::Txn& txn, const DeliveryId& id, absl::Time now) {
  const std::optional<Delivery> delivery = TRY(FindDelivery(txn, id));
  if (!delivery.has_value()) return absl::OkStatus();
  std::optional<Delivery> after = Supersede(*delivery, now);
  if (!after.has_value()) return absl::OkStatus();
  TRY(EraseHeldMessage(txn, id));
  return Record(txn, *after);
}

}  // namespace tc::otp

#include "services/otp/store/delivery_store.h"

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/kv/table.h"

namespace tc::otp {
namespace {

const kv::Table<Delivery>& Deliveries() {
  static const auto& table = *new kv::Table<Delivery>("delivery");
  return table;
}
const kv::Table<std::string>& ByParent() {
  static const auto& table = *new kv::Table<std::string>("delivery_of");
  return table;
}
const kv::Table<std::string>& ByTime() {
  static const auto& table = *new kv::Table<std::string>("delivery_at");
  return table;
}
const kv::Table<std::string>& Held() {
  static const auto& table = *new kv::Table<std::string>("held_message");
  return table;
}
const kv::Table<Notification>& Notifications() {
  static const auto& table = *new kv::Table<Notification>("notification");
  return table;
}

kv::Key KeyOf(const DeliveryId& id) { return Deliveries().At().Str(id.text()); }
kv::Key ParentKey(const Delivery& d) {
  return ByParent().At().Str(d.parent).Time(d.created).Str(d.id.text());
}
kv::Key TimeKey(const Delivery& d) { return ByTime().At().Time(d.created).Str(d.id.text()); }
kv::Key HeldKey(const DeliveryId& id) { return Held().At().Str(id.text()); }
kv::Key KeyOf(absl::string_view caller, absl::string_view id) {
  return Notifications().At().Str(caller).Str(id);
}

}  // namespace

absl::StatusOr<std::optional<Delivery>> FindDelivery(kv::ReadTxn& txn, const DeliveryId& id) {
  return Deliveries().Find(txn, KeyOf(id));
}

absl::Status InsertDelivery(kv::Txn& txn, const Delivery& delivery, const Policy& policy) {
  TRY(Deliveries().Insert(txn, KeyOf(delivery.id), delivery));
  TRY(ByParent().Put(txn, ParentKey(delivery), delivery.id.text()));
  TRY(ByTime().Put(txn, TimeKey(delivery), delivery.id.text()));
  TRY(txn.Schedule({delivery.expires, kExpireDelivery, delivery.id.text()}));
  return txn.Schedule({delivery.created + policy.delivery_kept, kEraseDelivery, delivery.id.text()});
}

absl::Status SaveDelivery(kv::Txn& txn, const Delivery& delivery) {
  return Deliveries().Put(txn, KeyOf(delivery.id), delivery);
}

absl::Status EraseDelivery(kv::Txn& txn, const Delivery& delivery) {
  TRY(EraseHeldMessage(txn, delivery.id));
  TRY(ByParent().Delete(txn, ParentKey(delivery)));
  TRY(ByTime().Delete(txn, TimeKey(delivery)));
  return Deliveries().Delete(txn, KeyOf(delivery.id));
}

absl::Status HoldMessage(kv::Txn& txn, const DeliveryId& id, absl::string_view payload) {
  return Held().Put(txn, HeldKey(id), std::string(payload));
}

absl::StatusOr<std::optional<std::string>> FindHeldMessage(kv::ReadTxn& txn, const DeliveryId& id) {
  return Held().Find(txn, HeldKey(id));
}

absl::Status EraseHeldMessage(kv::Txn& txn, const DeliveryId& id) {
  if (!TRY(FindHeldMessage(txn, id)).has_value()) return absl::OkStatus();
  return Held().Delete(txn, HeldKey(id));
}

absl::Status VisitDeliveries(kv::ReadTxn& txn, absl::string_view parent, absl::string_view after,
                             absl::FunctionRef<bool(absl::string_view key, Delivery delivery)> visit) {
  const kv::Table<std::string>& index = parent.empty() ? ByTime() : ByParent();
  const kv::Key prefix = parent.empty() ? index.At() : index.At().Str(parent);
  absl::Status broken;
  TRY(index.Scan(txn, prefix, after, [&](absl::string_view key, std::string id) {
    absl::StatusOr<std::optional<Delivery>> found = FindDelivery(txn, DeliveryId::FromTrusted(std::move(id)));
    if (!found.ok())
      broken = found.status();
    else if (!found->has_value())
      broken = absl::DataLossError("a delivery's index points nowhere");
    return broken.ok() && visit(key, *std::move(*found));
  }));
  return broken;
}

absl::StatusOr<std::optional<Notification>> FindNotification(kv::ReadTxn& txn, absl::string_view caller,
                                                             absl::string_view id) {
  return Notifications().Find(txn, KeyOf(caller, id));
}

absl::Status InsertNotification(kv::Txn& txn, absl::string_view caller, absl::string_view id,
                                const Notification& notification, const Policy& policy) {
  const kv::Key key = KeyOf(caller, id);
  TRY(Notifications().Insert(txn, key, notification));
  return txn.Schedule(
      {notification.created + policy.delivery_kept, kEraseNotification, absl::BytesToHexString(key.bytes())});
}

absl::Status EraseNotification(kv::Txn& txn, absl::string_view timer_subject) {
  return txn.Delete(absl::HexStringToBytes(timer_subject));
}

}  // namespace tc::otp

#include "services/otp/rpc/delivery_handlers.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/otp/store/delivery_store.h"

namespace tc::otp {
namespace {

bool SeesAll(const rpc::Call& call) { return call.peer.role == rpc::Role::kOperator; }

absl::StatusOr<Delivery> Load(kv::ReadTxn& txn, const DeliveryId& id) {
  std::optional<Delivery> delivery = TRY(FindDelivery(txn, id));
  if (!delivery.has_value()) return NotFound("delivery");
  return *std::move(delivery);
}

absl::Status CheckWays(const NotificationRequest& request) {
  for (const RecipientRequest& to : request.recipients) {
    if (Allows(request.name, to.channel) && to.address.Reaches(to.channel)) continue;
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kChannelNotAvailable,
                  "the notification cannot go this way")
        .With("channel", ChannelName(to.channel));
  }
  return absl::OkStatus();
}

Outgoing Compose(const NotificationRequest& request, const RecipientRequest& to, const DeliveryId& id,
                 const rpc::Call& call, const Policy& policy) {
  Outgoing outgoing;
  outgoing.message.delivery = id;
  outgoing.message.to = to.address;
  outgoing.message.channel = to.channel;
  outgoing.message.locale = request.locale;
  outgoing.message.template_name = std::string(TemplateName(request.name));
  outgoing.message.text = NotificationText(request.name, request.locale, to.channel, request.fields);
  outgoing.message.created = call.now;
  outgoing.message.expires = call.now + policy.notification_lifetime;
  outgoing.caller = call.peer.name;
  outgoing.parent = absl::StrCat("notifications/", request.id);
  outgoing.masked_address = to.address.Masked();
  return outgoing;
}

// The answer to a notification that was sent before: its deliveries as they are now.
absl::StatusOr<pb::SendNotificationResponse> Again(kv::ReadTxn& txn, const Notification& notification) {
  pb::SendNotificationResponse out;
  for (const DeliveryId& id : notification.deliveries) *out.add_deliveries() = ToProto(TRY(Load(txn, id)));
  return out;
}

}  // namespace

absl::StatusOr<pb::SendNotificationResponse> DeliveryHandlers::SendNotification(
    const rpc::Call& call, const pb::SendNotificationRequest& in) {
  const NotificationRequest request = TRY(Parse(in));
  TRY(CheckWays(request));
  Notification made;
  made.created = call.now;
  for (size_t i = 0; i < request.recipients.size(); ++i) {
    made.deliveries.push_back(DeliveryId::FromTrusted(desk_.random.ShortId()));
  }
  return desk_.once.Run<pb::SendNotificationResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::SendNotificationResponse> {
        const std::optional<Notification> before = TRY(FindNotification(txn, call.peer.name, request.id));
        if (before.has_value()) return Again(txn, *before);
        TRY(InsertNotification(txn, call.peer.name, request.id, made, desk_.policy));
        pb::SendNotificationResponse out;
        for (size_t i = 0; i < request.recipients.size(); ++i) {
          const Outgoing outgoing =
              Compose(request, request.recipients[i], made.deliveries[i], call, desk_.policy);
          *out.add_deliveries() = ToProto(TRY(Queue(txn, desk_, outgoing)));
        }
        return out;
      });
}

absl::StatusOr<pb::Delivery> DeliveryHandlers::GetDelivery(const rpc::Call& call,
                                                           const pb::GetDeliveryRequest& in) {
  const DeliveryId id = TRY(DeliveryId::ParseName(in.name()));
  Delivery delivery;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    delivery = TRY(Load(txn, id));
    return absl::OkStatus();
  }));
  if (!SeesAll(call) && delivery.caller != call.peer.name) return NotFound("delivery");
  return ToProto(delivery);
}

absl::StatusOr<pb::ListDeliveriesResponse> DeliveryHandlers::ListDeliveries(
    const rpc::Call& call, const pb::ListDeliveriesRequest& in) {
  const std::string parent = TRY(ParseParent(in.parent(), SeesAll(call)));
  const std::string list = absl::StrCat("deliveries/", SeesAll(call) ? "" : call.peer.name, "/", parent);
  const rpc::Page page = TRY(desk_.pager.Parse(in.page_size(), in.page_token(), list));
  pb::ListDeliveriesResponse out;
  std::string last;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    return VisitDeliveries(txn, parent, page.after, [&](absl::string_view key, Delivery delivery) {
      if (!SeesAll(call) && delivery.caller != call.peer.name) return true;
      if (static_cast<size_t>(out.deliveries_size()) == page.size) {
        out.set_next_page_token(desk_.pager.NextToken(last, list));
        return false;
      }
      *out.add_deliveries() = ToProto(delivery);
      last = std::string(key);
      return true;
    });
  }));
  return out;
}

absl::StatusOr<pb::Delivery> DeliveryHandlers::ReportDelivery(const rpc::Call& call,
                                                              const pb::ReportDeliveryRequest& in) {
  const ReceiptRequest request = TRY(Parse(in));
  return desk_.once.Run<pb::Delivery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Delivery> {
    const Delivery delivery = TRY(Load(txn, request.id));
    const std::optional<Delivery> after = TakeReceipt(delivery, request.trigger, request.sequence, call.now);
    if (!after.has_value()) return ToProto(delivery);
    TRY(SaveDelivery(txn, *after));
    return ToProto(*after);
  });
}

}  // namespace tc::otp

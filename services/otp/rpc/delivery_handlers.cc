#include "services/otp/rpc/delivery_handlers.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/otp/rpc/compose.h"
#include "services/otp/rpc/receipt_step.h"
#include "services/otp/rpc/receipts.h"
#include "services/otp/rpc/send_guard.h"
#include "services/otp/rpc/switchboard.h"
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

// The answer to a notification that was sent before: its deliveries as they are now.
absl::StatusOr<pb::SendNotificationResponse> Again(kv::ReadTxn& txn, const Notification& notification) {
  pb::SendNotificationResponse out;
  for (const DeliveryId& id : notification.deliveries) *out.add_deliveries() = ToProto(TRY(Load(txn, id)));
  return out;
}

// The place of the first recipient that is reached the same way as the one at `place`.
size_t FirstLike(const std::vector<RecipientRequest>& recipients, size_t place) {
  size_t first = 0;
  while (recipients[first].channel != recipients[place].channel ||
         recipients[first].address != recipients[place].address) {
    ++first;
  }
  return first;
}

absl::StatusOr<Delivery> HandNotice(kv::Txn& txn, const Desk& desk, const Outgoing& outgoing, bool security,
                                    Noted& noted) {
  const Admission admission = TRY(AdmitNotice(txn, desk, outgoing.message, security, noted));
  if (admission.kept_back.empty()) return Queue(txn, desk, outgoing);
  return KeepBack(txn, desk, outgoing, admission.kept_back);
}

}  // namespace

absl::StatusOr<pb::SendNotificationResponse> DeliveryHandlers::SendNotification(
    const rpc::Call& call, const pb::SendNotificationRequest& in) {
  const NotificationRequest request = TRY(Parse(in));
  TRY(CheckWays(request));
  Notification made;
  made.created = call.now;
  for (size_t i = 0; i < request.recipients.size(); ++i) {
    const size_t first = FirstLike(request.recipients, i);
    made.deliveries.push_back(first < i ? made.deliveries[first]
                                        : DeliveryId::FromTrusted(desk_.random.ShortId()));
  }
  Noted noted;
  auto answer = desk_.once.Run<pb::SendNotificationResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::SendNotificationResponse> {
        noted = {};
        const std::optional<Notification> before = TRY(FindNotification(txn, call.peer.name, request.id));
        if (before.has_value()) return Again(txn, *before);
        TRY(InsertNotification(txn, call.peer.name, request.id, made, desk_.policy));
        pb::SendNotificationResponse out;
        for (size_t i = 0; i < request.recipients.size(); ++i) {
          const size_t first = FirstLike(request.recipients, i);
          if (first < i) {
            *out.add_deliveries() = pb::Delivery(out.deliveries(static_cast<int>(first)));
            continue;
          }
          const Outgoing outgoing =
              ComposeNotice(desk_, request, request.recipients[i], made.deliveries[i], call);
          *out.add_deliveries() = ToProto(TRY(HandNotice(txn, desk_, outgoing, request.security, noted)));
        }
        return out;
      });
  Announce(desk_, noted, call.now);
  return answer;
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
  // A gateway that has a provider's name reports for that provider only.
  const bool bound = desk_.switchboard.Find(call.peer.name) != nullptr;
  const bool named = !in.provider().empty();
  const bool known =
      bound ? in.provider() == call.peer.name : desk_.switchboard.Find(in.provider()) != nullptr;
  ReceiptRequest request = TRY(Parse(in, !named || known));
  if (bound) request.receipt.provider = call.peer.name;
  bool changed = false;
  auto answer = desk_.once.Run<pb::Delivery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Delivery> {
    const TakenReceipt taken = TRY(TakeReceipt(txn, desk_, request.id, request.receipt, call.now));
    changed = taken.changed;
    return ToProto(taken.delivery);
  });
  if (answer.ok()) CountReceipt(request.receipt.provider, ReceiptOutcome(request.receipt.outcome, changed));
  return answer;
}

}  // namespace tc::otp

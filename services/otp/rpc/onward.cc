#include "services/otp/rpc/onward.h"

#include "common/base/status.h"
#include "services/otp/domain/routing.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/sealed.h"

namespace tc::otp {
namespace {

bool GivesReceipts(const std::vector<Line>& lines, const std::string& provider) {
  for (const Line& line : lines) {
    if (line.name == provider) return line.receipts;
  }
  return false;
}

}  // namespace

absl::Status HoldWhileTaken(kv::Txn& txn, const Desk& desk, const Delivery& delivery,
                            absl::string_view payload, absl::string_view request_id, absl::Time now) {
  const bool taken = !IsFinal(delivery.state) && HandsOf(delivery) == Hands::kLast;
  if (!taken || delivery.withdrawn || now >= delivery.expires) return absl::OkStatus();
  const std::vector<Line> lines = desk.switchboard.Lines(now);
  const DeliveryAttempt& last = delivery.attempts.back();
  if (!GivesReceipts(lines, last.provider)) return absl::OkStatus();
  if (!AnotherLeft(delivery, lines, last.channel, last.provider)) return absl::OkStatus();
  return HoldMessage(txn, delivery.id, TRY(Held(payload, request_id)));
}

absl::StatusOr<bool> AnotherMayTake(kv::ReadTxn& txn, const Desk& desk, const Delivery& delivery,
                                    const ReceiptOf& receipt, absl::Time now) {
  const DeliveryAttempt* const attempt = Named(delivery, receipt);
  if (attempt == nullptr) return false;
  if (!AnotherLeft(delivery, desk.switchboard.Lines(now), attempt->channel, attempt->provider)) return false;
  if (WithDispatcher(delivery)) return true;
  return TRY(FindHeldMessage(txn, delivery.id)).has_value();
}

absl::Status QueueHeld(kv::Txn& txn, const Delivery& delivery) {
  const std::optional<std::string> held = TRY(FindHeldMessage(txn, delivery.id));
  if (!held.has_value()) return absl::DataLossError("a held message is gone");
  kv::OutboxRow row;
  row.kind = kOutboxKind;
  row.payload = TRY(Requeued(*held, delivery.round));
  row.expire_at = delivery.expires;
  TRY(txn.Enqueue(std::move(row)));
  return EraseHeldMessage(txn, delivery.id);
}

}  // namespace tc::otp

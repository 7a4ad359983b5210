#include "services/otp/rpc/recorder.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

absl::Status Follow(kv::Txn& txn, VerificationEffect effect, const Verification& v, absl::Time now,
                    const Policy& policy) {
  if (effect == VerificationEffect::kScheduleEnd) return ScheduleEnd(txn, v, policy);
  if (effect == VerificationEffect::kScheduleEndOfApproval) return ScheduleEndOfApproval(txn, v, policy);
  return Tell(txn, EventType(effect), v, now);
}

absl::Status Emit(kv::Txn& txn, absl::string_view type, const Delivery& delivery,
                  const DeliveryAttempt* attempt) {
  kv::Event event;
  event.type = std::string(type);
  event.resource = delivery.id.Name();
  event.attributes = {{"parent", delivery.parent}, {"channel", std::string(ChannelName(delivery.channel))}};
  if (attempt != nullptr) {
    event.attributes["channel"] = std::string(ChannelName(attempt->channel));
    event.attributes["provider"] = attempt->provider;
  }
  event.at = delivery.updated;
  return txn.Emit(std::move(event));
}

const DeliveryAttempt* Deliverer(const Delivery& delivery) {
  for (const DeliveryAttempt& attempt : delivery.attempts) {
    if (attempt.receipt == DeliveryTrigger::kReceiptDelivered) return &attempt;
  }
  return nullptr;
}

absl::Status Follow(kv::Txn& txn, DeliveryEffect effect, const Delivery& delivery) {
  if (effect == DeliveryEffect::kEraseHeld) return EraseHeldMessage(txn, delivery.id);
  return Emit(txn, EventType(effect), delivery, Deliverer(delivery));
}

}  // namespace

absl::Status Record(kv::Txn& txn, Verification& v, absl::Time now, const Policy& policy) {
  const VerificationTransition* const row = std::exchange(v.taken, nullptr);
  TRY(SaveVerification(txn, v));
  if (row == nullptr) return absl::OkStatus();
  for (const VerificationEffect effect : kAllVerificationEffects) {
    if (row->effects.Has(effect)) TRY(Follow(txn, effect, v, now, policy));
  }
  return absl::OkStatus();
}

absl::Status Record(kv::Txn& txn, Delivery& delivery) {
  const std::vector<DeliveryTransition> taken = std::exchange(delivery.taken, {});
  TRY(SaveDelivery(txn, delivery));
  for (const DeliveryTransition& row : taken) {
    for (const DeliveryEffect effect : kAllDeliveryEffects) {
      if (row.effects.Has(effect)) TRY(Follow(txn, effect, delivery));
    }
  }
  return absl::OkStatus();
}

absl::Status Tell(kv::Txn& txn, absl::string_view type, const Verification& v, absl::Time now) {
  kv::Event event;
  event.type = std::string(type);
  event.resource = v.id.Name();
  event.attributes = {{"purpose", std::string(PurposeName(v.binding.purpose))}, {"caller", v.binding.caller}};
  event.at = now;
  return txn.Emit(std::move(event));
}

absl::Status TellMovedOn(kv::Txn& txn, const Delivery& delivery) {
  return Emit(txn, "DeliveryMovedOn", delivery, &delivery.attempts.back());
}

}  // namespace tc::otp

#include "services/otp/rpc/timers.h"

#include "common/base/status.h"
#include "services/otp/rpc/conversions.h"
#include "services/otp/rpc/recorder.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/limit_store.h"
#include "services/otp/store/tries_store.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

absl::Status SettleVerification(kv::Txn& txn, const VerificationId& id, absl::Time now,
                                const Policy& policy) {
  const std::optional<Verification> v = TRY(FindVerification(txn, id));
  if (!v.has_value()) return absl::OkStatus();
  Verification after = Settle(*v, now, policy);
  if (after == *v) return absl::OkStatus();
  TRY(SettleCode(txn, after, false, now));
  return Record(txn, after, now, policy);
}

absl::Status ForgetVerification(kv::Txn& txn, const VerificationId& id, absl::Time now,
                                const Policy& policy) {
  const std::optional<Verification> v = TRY(FindVerification(txn, id));
  // A resend has given it a later end, with a timer of its own.
  if (!v.has_value() || now < v->expires + policy.verification_kept) return absl::OkStatus();
  return EraseVerification(txn, *v);
}

absl::Status ExpireDelivery(kv::Txn& txn, const DeliveryId& id, absl::Time now) {
  const std::optional<Delivery> delivery = TRY(FindDelivery(txn, id));
  if (!delivery.has_value()) return absl::OkStatus();
  // Accepted it stays; nobody else gets it any more.
  TRY(EraseHeldMessage(txn, id));
  std::optional<Delivery> after = Apply(*delivery, DeliveryTrigger::kExpire, now);
  return after.has_value() ? Record(txn, *after) : absl::OkStatus();
}

absl::Status ForgetDelivery(kv::Txn& txn, const DeliveryId& id) {
  const std::optional<Delivery> delivery = TRY(FindDelivery(txn, id));
  return delivery.has_value() ? EraseDelivery(txn, *delivery) : absl::OkStatus();
}

}  // namespace

std::map<std::string, kv::TimerHandler> TimerHandlers(const Policy& policy) {
  std::map<std::string, kv::TimerHandler> handlers = {
      {kSettleVerification,
       [policy](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return SettleVerification(txn, VerificationId::FromTrusted(timer.subject), now, policy);
       }},
      {kEraseVerification,
       [policy](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return ForgetVerification(txn, VerificationId::FromTrusted(timer.subject), now, policy);
       }},
      {kEraseSends, [](kv::Txn& txn, const kv::Timer& timer,
                       absl::Time now) { return EraseSends(txn, timer.subject, now); }},
      {kSettleTries, [policy](kv::Txn& txn, const kv::Timer& timer,
                              absl::Time now) { return SettleTries(txn, timer.subject, now, policy); }},
      {kExpireDelivery,
       [](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
         return ExpireDelivery(txn, DeliveryId::FromTrusted(timer.subject), now);
       }},
      {kEraseDelivery,
       [](kv::Txn& txn, const kv::Timer& timer, absl::Time) {
         return ForgetDelivery(txn, DeliveryId::FromTrusted(timer.subject));
       }},
      {kEraseNotification, [](kv::Txn& txn, const kv::Timer& timer,
                              absl::Time) { return EraseNotification(txn, timer.subject); }},
  };
  AddLimitTimers(handlers);
  return handlers;
}

}  // namespace tc::otp

// The names of a delivery's parts; its machine is in delivery_table.cc.

#include "absl/strings/strip.h"
#include "services/otp/domain/delivery.h"

namespace tc::otp {
namespace {

using S = DeliveryState;

constexpr absl::string_view kEvent = "event ";

}  // namespace

bool IsFinal(S state) {
  return state != S::kQueued && state != S::kSending && state != S::kAccepted && state != S::kDeferred;
}

absl::string_view StateName(S state) {
  switch (state) {
    case S::kQueued:
      return "QUEUED";
    case S::kSending:
      return "SENDING";
    case S::kAccepted:
      return "ACCEPTED";
    case S::kDelivered:
      return "DELIVERED";
    case S::kDeferred:
      return "DEFERRED";
    case S::kRejected:
      return "REJECTED";
    case S::kFailed:
      return "FAILED";
    case S::kExpired:
      return "EXPIRED";
    case S::kUnknown:
      return "UNKNOWN";
  }
  return "";
}

absl::string_view TriggerName(DeliveryTrigger trigger) {
  switch (trigger) {
    case DeliveryTrigger::kAttempt:
      return "ask a provider";
    case DeliveryTrigger::kAccept:
      return "accept";
    case DeliveryTrigger::kReject:
      return "refuse";
    case DeliveryTrigger::kPostpone:
      return "no answer, or not now";
    case DeliveryTrigger::kExhaust:
      return "nobody left to ask";
    case DeliveryTrigger::kSupersede:
      return "withdraw";
    case DeliveryTrigger::kExpire:
      return "expire";
    case DeliveryTrigger::kReceiptDelivered:
      return "receipt says delivered";
    case DeliveryTrigger::kReceiptFailed:
      return "receipt says failed";
    case DeliveryTrigger::kReceiptDeferred:
      return "receipt says not yet";
  }
  return "";
}

absl::string_view ActorName(DeliveryActor actor) {
  switch (actor) {
    case DeliveryActor::kDispatcher:
      return "service";
    case DeliveryActor::kProvider:
      return "provider";
    case DeliveryActor::kCaller:
      return "caller";
    case DeliveryActor::kTime:
      return "time";
    case DeliveryActor::kGateway:
      return "gateway";
  }
  return "";
}

absl::string_view GuardName(DeliveryGuard guard) {
  switch (guard) {
    case DeliveryGuard::kAlways:
      return "";
    case DeliveryGuard::kNotTaken:
      return "the last provider does not have it";
    case DeliveryGuard::kNobody:
      return "nobody has it";
    case DeliveryGuard::kSomebody:
      return "somebody may have it";
    case DeliveryGuard::kAnotherLeft:
      return "the last provider does not have it, another is left to ask";
    case DeliveryGuard::kNoneLeft:
      return "nobody has it, nobody is left to ask";
    case DeliveryGuard::kNoneLeftButPerhaps:
      return "nobody is left to ask, an earlier provider may have it";
    case DeliveryGuard::kNoneLeftFailed:
      return "nobody has it, nobody is left to ask, one took it and failed";
  }
  return "";
}

absl::string_view EffectName(DeliveryEffect effect) {
  switch (effect) {
    case DeliveryEffect::kEventDelivered:
      return "event DeliveryDelivered";
    case DeliveryEffect::kEventRejected:
      return "event DeliveryRejected";
    case DeliveryEffect::kEventFailed:
      return "event DeliveryFailed";
    case DeliveryEffect::kEventExpired:
      return "event DeliveryExpired";
    case DeliveryEffect::kEventUnknown:
      return "event DeliveryUnknown";
    case DeliveryEffect::kEraseHeld:
      return "erase the held message";
  }
  return "";
}

absl::string_view EventType(DeliveryEffect effect) {
  absl::string_view name = EffectName(effect);
  return absl::ConsumePrefix(&name, kEvent) ? name : absl::string_view();
}

}  // namespace tc::otp

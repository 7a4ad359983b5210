// The state machine of a delivery.

#include "services/otp/domain/delivery.h"

namespace tc::otp {
namespace {

using Act = DeliveryActor;
using Do = DeliveryEffect;
using If = DeliveryGuard;
using On = DeliveryTrigger;
using In = DeliveryState;

constexpr Effects<Do> kDelivered = {Do::kEventDelivered, Do::kEraseHeld};
constexpr Effects<Do> kRejected = {Do::kEventRejected, Do::kEraseHeld};
constexpr Effects<Do> kFailed = {Do::kEventFailed, Do::kEraseHeld};
constexpr Effects<Do> kExpired = {Do::kEventExpired, Do::kEraseHeld};
constexpr Effects<Do> kUnknown = {Do::kEventUnknown, Do::kEraseHeld};

constexpr DeliveryTransition kTransitions[] = {
    {In::kQueued, On::kAttempt, Act::kDispatcher, If::kNotTaken, In::kSending, {}},
    {In::kDeferred, On::kAttempt, Act::kDispatcher, If::kNotTaken, In::kSending, {}},
    {In::kSending, On::kAccept, Act::kProvider, If::kAlways, In::kAccepted, {}},
    {In::kSending, On::kReject, Act::kProvider, If::kAlways, In::kQueued, {}},
    {In::kSending, On::kPostpone, Act::kProvider, If::kAlways, In::kDeferred, {}},
    {In::kQueued, On::kPostpone, Act::kDispatcher, If::kNotTaken, In::kDeferred, {}},
    {In::kQueued, On::kExhaust, Act::kDispatcher, If::kNoneLeftButPerhaps, In::kDeferred, {}},
    {In::kQueued, On::kExhaust, Act::kDispatcher, If::kNoneLeftFailed, In::kFailed, kFailed},
    {In::kQueued, On::kExhaust, Act::kDispatcher, If::kNoneLeft, In::kRejected, kRejected},
    {In::kDeferred, On::kExhaust, Act::kDispatcher, If::kNoneLeftFailed, In::kFailed, kFailed},
    {In::kDeferred, On::kExhaust, Act::kDispatcher, If::kNoneLeft, In::kRejected, kRejected},
    {In::kQueued, On::kSupersede, Act::kCaller, If::kNobody, In::kExpired, kExpired},
    {In::kDeferred, On::kSupersede, Act::kCaller, If::kNobody, In::kExpired, kExpired},
    {In::kQueued, On::kExpire, Act::kTime, If::kNobody, In::kExpired, kExpired},
    {In::kQueued, On::kExpire, Act::kTime, If::kSomebody, In::kUnknown, kUnknown},
    {In::kDeferred, On::kExpire, Act::kTime, If::kNobody, In::kExpired, kExpired},
    {In::kDeferred, On::kExpire, Act::kTime, If::kSomebody, In::kUnknown, kUnknown},
    {In::kSending, On::kExpire, Act::kTime, If::kAlways, In::kUnknown, kUnknown},
    // A receipt may overtake the provider's own answer, or come after the message has moved on.
    {In::kQueued, On::kReceiptDelivered, Act::kGateway, If::kAlways, In::kDelivered, kDelivered},
    {In::kSending, On::kReceiptDelivered, Act::kGateway, If::kAlways, In::kDelivered, kDelivered},
    {In::kAccepted, On::kReceiptDelivered, Act::kGateway, If::kAlways, In::kDelivered, kDelivered},
    {In::kDeferred, On::kReceiptDelivered, Act::kGateway, If::kAlways, In::kDelivered, kDelivered},
    {In::kUnknown, On::kReceiptDelivered, Act::kGateway, If::kAlways, In::kDelivered, {Do::kEventDelivered}},
    {In::kQueued, On::kReceiptFailed, Act::kGateway, If::kNoneLeft, In::kFailed, kFailed},
    {In::kSending, On::kReceiptFailed, Act::kGateway, If::kAnotherLeft, In::kQueued, {}},
    {In::kSending, On::kReceiptFailed, Act::kGateway, If::kNoneLeftButPerhaps, In::kDeferred, {}},
    {In::kSending, On::kReceiptFailed, Act::kGateway, If::kNoneLeft, In::kFailed, kFailed},
    {In::kAccepted, On::kReceiptFailed, Act::kGateway, If::kAnotherLeft, In::kQueued, {}},
    {In::kAccepted, On::kReceiptFailed, Act::kGateway, If::kNoneLeftButPerhaps, In::kDeferred, {}},
    {In::kAccepted, On::kReceiptFailed, Act::kGateway, If::kNoneLeft, In::kFailed, kFailed},
    {In::kDeferred, On::kReceiptFailed, Act::kGateway, If::kAnotherLeft, In::kQueued, {}},
    {In::kDeferred, On::kReceiptFailed, Act::kGateway, If::kNoneLeft, In::kFailed, kFailed},
    {In::kUnknown, On::kReceiptFailed, Act::kGateway, If::kNobody, In::kFailed, {Do::kEventFailed}},
    {In::kAccepted, On::kReceiptDeferred, Act::kGateway, If::kAlways, In::kDeferred, {}},
    {In::kDeferred, On::kReceiptDeferred, Act::kGateway, If::kAlways, In::kDeferred, {}},
};

}  // namespace

absl::Span<const DeliveryTransition> DeliveryTransitions() { return kTransitions; }

bool Holds(DeliveryGuard guard, const DeliveryFacts& facts) {
  const bool none_left = facts.hands == Hands::kNobody && !facts.another_left;
  switch (guard) {
    case If::kAlways:
      return true;
    case If::kNotTaken:
      return facts.hands != Hands::kLast;
    case If::kNobody:
      return facts.hands == Hands::kNobody;
    case If::kSomebody:
      return facts.hands != Hands::kNobody;
    case If::kAnotherLeft:
      return facts.hands != Hands::kLast && facts.another_left;
    case If::kNoneLeft:
      return none_left;
    case If::kNoneLeftButPerhaps:
      return facts.hands == Hands::kPerhaps && !facts.another_left;
    case If::kNoneLeftFailed:
      return none_left && facts.failed;
  }
  return false;
}

const DeliveryTransition* FindRow(DeliveryState from, DeliveryTrigger trigger, const DeliveryFacts& facts) {
  for (const DeliveryTransition& row : kTransitions) {
    if (row.from == from && row.trigger == trigger && Holds(row.guard, facts)) return &row;
  }
  return nullptr;
}

}  // namespace tc::otp

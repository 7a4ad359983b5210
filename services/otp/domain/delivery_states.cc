#include "services/otp/domain/delivery.h"

namespace tc::otp {
namespace {
using S = DeliveryState;
using T = DeliveryTrigger;
using A = DeliveryActor;
using G = DeliveryGuard;
}  // namespace

const std::vector<DeliveryEdge>& DeliveryEdges() {
  static const auto& edges = *new std::vector<DeliveryEdge>{
      {S::kQueued, T::kAttempt, A::kDispatcher, G::kNotTaken, S::kSending},
      {S::kDeferred, T::kAttempt, A::kDispatcher, G::kNotTaken, S::kSending},
      {S::kSending, T::kAccept, A::kProvider, G::kAlways, S::kAccepted},
      {S::kSending, T::kReject, A::kProvider, G::kAlways, S::kQueued},
      {S::kSending, T::kPostpone, A::kProvider, G::kAlways, S::kDeferred},
      {S::kQueued, T::kPostpone, A::kDispatcher, G::kNotTaken, S::kDeferred},
      {S::kQueued, T::kExhaust, A::kDispatcher, G::kNoneLeftButPerhaps, S::kDeferred},
      {S::kQueued, T::kExhaust, A::kDispatcher, G::kNoneLeftFailed, S::kFailed},
      {S::kQueued, T::kExhaust, A::kDispatcher, G::kNoneLeft, S::kRejected},
      {S::kDeferred, T::kExhaust, A::kDispatcher, G::kNoneLeftFailed, S::kFailed},
      {S::kDeferred, T::kExhaust, A::kDispatcher, G::kNoneLeft, S::kRejected},
      {S::kQueued, T::kSupersede, A::kCaller, G::kNobody, S::kExpired},
      {S::kDeferred, T::kSupersede, A::kCaller, G::kNobody, S::kExpired},
      {S::kQueued, T::kExpire, A::kClock, G::kNobody, S::kExpired},
      {S::kQueued, T::kExpire, A::kClock, G::kSomebody, S::kUnknown},
      {S::kDeferred, T::kExpire, A::kClock, G::kNobody, S::kExpired},
      {S::kDeferred, T::kExpire, A::kClock, G::kSomebody, S::kUnknown},
      {S::kSending, T::kExpire, A::kClock, G::kAlways, S::kUnknown},
      // A receipt may overtake the provider's own answer, or come after the message has moved on.
      {S::kQueued, T::kReceiptDelivered, A::kGateway, G::kAlways, S::kDelivered},
      {S::kSending, T::kReceiptDelivered, A::kGateway, G::kAlways, S::kDelivered},
      {S::kAccepted, T::kReceiptDelivered, A::kGateway, G::kAlways, S::kDelivered},
      {S::kDeferred, T::kReceiptDelivered, A::kGateway, G::kAlways, S::kDelivered},
      {S::kUnknown, T::kReceiptDelivered, A::kGateway, G::kAlways, S::kDelivered},
      {S::kQueued, T::kReceiptFailed, A::kGateway, G::kNoneLeft, S::kFailed},
      {S::kSending, T::kReceiptFailed, A::kGateway, G::kAnotherLeft, S::kQueued},
      {S::kSending, T::kReceiptFailed, A::kGateway, G::kNoneLeftButPerhaps, S::kDeferred},
      {S::kSending, T::kReceiptFailed, A::kGateway, G::kNoneLeft, S::kFailed},
      {S::kAccepted, T::kReceiptFailed, A::kGateway, G::kAnotherLeft, S::kQueued},
      {S::kAccepted, T::kReceiptFailed, A::kGateway, G::kNoneLeftButPerhaps, S::kDeferred},
      {S::kAccepted, T::kReceiptFailed, A::kGateway, G::kNoneLeft, S::kFailed},
      {S::kDeferred, T::kReceiptFailed, A::kGateway, G::kAnotherLeft, S::kQueued},
      {S::kDeferred, T::kReceiptFailed, A::kGateway, G::kNoneLeft, S::kFailed},
      {S::kUnknown, T::kReceiptFailed, A::kGateway, G::kNobody, S::kFailed},
      {S::kAccepted, T::kReceiptDeferred, A::kGateway, G::kAlways, S::kDeferred},
      {S::kDeferred, T::kReceiptDeferred, A::kGateway, G::kAlways, S::kDeferred},
  };
  return edges;
}

bool Holds(G guard, const DeliveryFacts& facts) {
  const bool none_left = facts.hands == Hands::kNobody && !facts.another_left;
  switch (guard) {
    case G::kAlways:
      return true;
    case G::kNotTaken:
      return facts.hands != Hands::kLast;
    case G::kNobody:
      return facts.hands == Hands::kNobody;
    case G::kSomebody:
      return facts.hands != Hands::kNobody;
    case G::kAnotherLeft:
      return facts.hands != Hands::kLast && facts.another_left;
    case G::kNoneLeft:
      return none_left;
    case G::kNoneLeftButPerhaps:
      return facts.hands == Hands::kPerhaps && !facts.another_left;
    case G::kNoneLeftFailed:
      return none_left && facts.failed;
  }
  return false;
}

// The first row whose guard holds: a narrower guard stands before a wider one.
std::optional<S> Next(S from, T trigger, const DeliveryFacts& facts) {
  for (const DeliveryEdge& edge : DeliveryEdges()) {
    if (edge.from == from && edge.trigger == trigger && Holds(edge.guard, facts)) return edge.to;
  }
  return std::nullopt;
}

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

}  // namespace tc::otp

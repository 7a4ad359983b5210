#include "services/otp/domain/delivery.h"

namespace tc::otp {
namespace {
using S = DeliveryState;
using T = DeliveryTrigger;
using A = DeliveryActor;
}  // namespace

const std::vector<DeliveryEdge>& DeliveryEdges() {
  static const auto& edges = *new std::vector<DeliveryEdge>{
      {S::kQueued, T::kAttempt, A::kDispatcher, S::kSending},
      {S::kDeferred, T::kAttempt, A::kDispatcher, S::kSending},
      // After a crash in the middle of an attempt.
      {S::kSending, T::kAttempt, A::kDispatcher, S::kSending},
      {S::kSending, T::kAccept, A::kProvider, S::kAccepted},
      {S::kSending, T::kReject, A::kProvider, S::kRejected},
      {S::kSending, T::kPostpone, A::kProvider, S::kDeferred},
      {S::kQueued, T::kSupersede, A::kCaller, S::kExpired},
      {S::kDeferred, T::kSupersede, A::kCaller, S::kExpired},
      {S::kQueued, T::kExpire, A::kClock, S::kExpired},
      {S::kDeferred, T::kExpire, A::kClock, S::kExpired},
      {S::kSending, T::kExpire, A::kClock, S::kUnknown},
      // A receipt may overtake the provider's own answer.
      {S::kSending, T::kReceiptDelivered, A::kGateway, S::kDelivered},
      {S::kSending, T::kReceiptFailed, A::kGateway, S::kFailed},
      {S::kAccepted, T::kReceiptDelivered, A::kGateway, S::kDelivered},
      {S::kAccepted, T::kReceiptFailed, A::kGateway, S::kFailed},
      {S::kAccepted, T::kReceiptDeferred, A::kGateway, S::kDeferred},
      {S::kDeferred, T::kReceiptDelivered, A::kGateway, S::kDelivered},
      {S::kDeferred, T::kReceiptFailed, A::kGateway, S::kFailed},
      {S::kDeferred, T::kReceiptDeferred, A::kGateway, S::kDeferred},
  };
  return edges;
}

std::optional<S> Next(S from, T trigger) {
  for (const DeliveryEdge& edge : DeliveryEdges()) {
    if (edge.from == from && edge.trigger == trigger) return edge.to;
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

std::optional<Delivery> Apply(const Delivery& delivery, T trigger, absl::Time now) {
  const std::optional<S> next = Next(delivery.state, trigger);
  if (!next.has_value()) return std::nullopt;
  Delivery after = delivery;
  after.state = *next;
  after.updated = now;
  return after;
}

std::optional<Delivery> BeginAttempt(const Delivery& delivery, absl::string_view provider, absl::Time now) {
  std::optional<Delivery> after = Apply(delivery, T::kAttempt, now);
  if (!after.has_value()) return after;
  if (after->attempts.size() == Delivery::kAttemptsKept) after->attempts.erase(after->attempts.begin());
  after->attempts.push_back({now, std::string(provider), ""});
  return after;
}

std::optional<Delivery> EndAttempt(const Delivery& delivery, T trigger, absl::string_view outcome,
                                   absl::string_view provider_message, absl::Time now) {
  std::optional<Delivery> after = Apply(delivery, trigger, now);
  if (!after.has_value()) return after;
  if (!after->attempts.empty()) after->attempts.back().outcome = std::string(outcome);
  if (!provider_message.empty()) after->provider_message = std::string(provider_message);
  return after;
}

std::optional<Delivery> TakeReceipt(const Delivery& delivery, T trigger, uint64_t sequence, absl::Time now) {
  if (sequence <= delivery.receipt_sequence) return std::nullopt;
  std::optional<Delivery> after = Apply(delivery, trigger, now);
  if (after.has_value()) after->receipt_sequence = sequence;
  return after;
}

}  // namespace tc::otp

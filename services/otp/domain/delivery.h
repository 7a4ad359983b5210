#pragma once

// Delivery: what became of one message. Pure; the record holds no address and no words, only the mask and the
// template's name.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/id.h"
#include "services/otp/domain/address.h"

namespace tc::otp {

enum class DeliveryState {
  kQueued,
  kSending,
  kAccepted,
  kDelivered,
  kDeferred,
  kRejected,
  kFailed,
  kExpired,
  kUnknown
};
enum class DeliveryTrigger {
  kAttempt,    // an attempt begins
  kAccept,     // the provider took it
  kReject,     // the provider refused it for good
  kPostpone,   // the provider did not answer, or not now
  kSupersede,  // a newer code replaces it
  kExpire,     // its time is over
  kReceiptDelivered,
  kReceiptFailed,
  kReceiptDeferred,
};
enum class DeliveryActor { kDispatcher, kProvider, kCaller, kClock, kGateway };

// The whole machine. A trigger that is not here changes nothing.
struct DeliveryEdge {
  DeliveryState from;
  DeliveryTrigger trigger;
  DeliveryActor actor;
  DeliveryState to;
};
const std::vector<DeliveryEdge>& DeliveryEdges();
std::optional<DeliveryState> Next(DeliveryState from, DeliveryTrigger trigger);
bool IsFinal(DeliveryState state);
absl::string_view StateName(DeliveryState state);  // "QUEUED"

struct DeliveryAttempt {
  absl::Time at;
  std::string provider;
  std::string outcome;  // "ACCEPTED", "HTTP_503"; empty while under way
  friend bool operator==(const DeliveryAttempt&, const DeliveryAttempt&) = default;
};

struct Delivery {
  static constexpr size_t kAttemptsKept = 10;

  DeliveryId id;
  std::string caller;  // the service that sent it
  std::string parent;  // "verifications/…" or "notifications/…"
  DeliveryState state = DeliveryState::kQueued;
  Channel channel = Channel::kSms;
  std::string masked_address;
  std::string template_name;  // "CODE_RECOVERY_CLAIM"
  absl::Time created;
  absl::Time updated;
  absl::Time expires;
  std::vector<DeliveryAttempt> attempts;  // the last ones
  std::string provider_message;
  uint64_t receipt_sequence = 0;
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

// Each gives the delivery afterwards, or nullopt when nothing changes.
std::optional<Delivery> Apply(const Delivery& delivery, DeliveryTrigger trigger, absl::Time now);
std::optional<Delivery> BeginAttempt(const Delivery& delivery, absl::string_view provider, absl::Time now);
// `trigger` is kAccept, kReject or kPostpone.
std::optional<Delivery> EndAttempt(const Delivery& delivery, DeliveryTrigger trigger,
                                   absl::string_view outcome, absl::string_view provider_message,
                                   absl::Time now);
// Ordered and idempotent: a receipt that is not newer than the last one changes nothing (SND-15).
std::optional<Delivery> TakeReceipt(const Delivery& delivery, DeliveryTrigger trigger, uint64_t sequence,
                                    absl::Time now);

}  // namespace tc::otp

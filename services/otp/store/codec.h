#pragma once

// Domain values ⇄ bytes on disk. Decode gives DATA_LOSS for bytes that no version of this program wrote.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/table.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/message.h"
#include "services/otp/domain/send_limits.h"
#include "services/otp/domain/verification.h"
#include "services/otp/domain/window.h"

namespace tc::otp {

// What of a verification is personal; kept sealed.
struct PrivatePart {
  Address address;
  std::string masked_principal;
  friend bool operator==(const PrivatePart&, const PrivatePart&) = default;
};

// The deliveries of one notification: what a repetition is answered with.
struct Notification {
  std::vector<DeliveryId> deliveries;
  absl::Time created;
};

std::string EncodePrivatePart(const PrivatePart& part);
absl::StatusOr<PrivatePart> DecodePrivatePart(absl::string_view bytes);
// Without request_id, which belongs to the outbox row.
std::string EncodeMessage(const Message& message);
absl::StatusOr<Message> DecodeMessage(absl::string_view bytes, const DeliveryId& delivery);

}  // namespace tc::otp

template <>
struct tc::kv::Codec<tc::otp::Verification> {
  static std::string Encode(const tc::otp::Verification& v);
  static absl::StatusOr<tc::otp::Verification> Decode(absl::string_view bytes);
};
template <>
struct tc::kv::Codec<tc::otp::Delivery> {
  static std::string Encode(const tc::otp::Delivery& delivery);
  static absl::StatusOr<tc::otp::Delivery> Decode(absl::string_view bytes);
};
template <>
struct tc::kv::Codec<std::vector<tc::otp::Send>> {
  static std::string Encode(const std::vector<tc::otp::Send>& sends);
  static absl::StatusOr<std::vector<tc::otp::Send>> Decode(absl::string_view bytes);
};
template <>
struct tc::kv::Codec<tc::otp::Window> {
  static std::string Encode(const tc::otp::Window& window);
  static absl::StatusOr<tc::otp::Window> Decode(absl::string_view bytes);
};
template <>
struct tc::kv::Codec<tc::otp::Notification> {
  static std::string Encode(const tc::otp::Notification& notification);
  static absl::StatusOr<tc::otp::Notification> Decode(absl::string_view bytes);
};

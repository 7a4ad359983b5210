#pragma once

// Where providers report: BASE/receipts/{provider}/{token}. A token names one attempt at one delivery, and
// only this service can make one (SND-15): who holds an address may report of that attempt and nothing else.
// Immutable, thread-safe.

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/id.h"
#include "common/crypto/hmac.h"

namespace tc::otp {

// The part of the path before the provider's name.
inline constexpr char kReceiptsPath[] = "/receipts/";

struct ReceiptTarget {
  DeliveryId delivery;
  int attempt = 0;
  friend bool operator==(const ReceiptTarget&, const ReceiptTarget&) = default;
};

class ReceiptAddress {
 public:
  // NOT_FOUND without kCodeKey.
  static absl::StatusOr<ReceiptAddress> Create(const crypto::Keyring& keys);

  // The address for `provider` to report of an attempt, 1 to 65535. `base`, "https://otp.example:7404", is
  // how providers reach this service.
  std::string Make(absl::string_view base, absl::string_view provider, const ReceiptTarget& target) const;
  // What a token under the provider's path names; nullopt unless it is one that Make gave for this provider,
  // under a key that is still in the ring. Constant time where it matters.
  std::optional<ReceiptTarget> Open(absl::string_view provider, absl::string_view token) const;

 private:
  explicit ReceiptAddress(crypto::KeyedHash hash) : hash_(std::move(hash)) {}

  crypto::KeyedHash hash_;
};

}  // namespace tc::otp

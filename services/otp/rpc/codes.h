#pragma once

// Codes: the only place that knows how a code is hashed (OTP-15). Immutable, thread-safe.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/hmac.h"
#include "services/otp/domain/verification.h"

namespace tc::otp {

// Keys that the keyring must hold: of codes, and of the indexes under which sends and attempts are counted.
inline constexpr char kCodeKey[] = "otp-code";
inline constexpr char kIndexKey[] = "otp-index";
inline constexpr char kDataKey[] = "otp-data";  // seals addresses and messages

class Codes {
 public:
  static absl::StatusOr<Codes> Create(const crypto::Keyring& keys);

  // What is kept of a code: bound to the verification, caller, purpose, subject, request, address and send
  // (OTP-06).
  CodeMac Make(const VerificationId& id, const Binding& binding, absl::string_view address_index,
               const DeliveryId& delivery, absl::string_view code) const;
  // Constant time. A decoy is compared like any other and never matches.
  bool Matches(const Verification& v, absl::string_view code) const;
  // Tells a repeated attempt from another one under the same request id.
  std::string Fingerprint(const VerificationId& id, absl::string_view code) const;
  std::string IndexOf(const Address& address) const;
  // Of what else is counted: `kind` ("device") keeps equal texts apart. Empty for an empty text.
  std::string IndexOf(absl::string_view kind, absl::string_view text) const;

 private:
  Codes(crypto::KeyedHash code, crypto::KeyedHash attempt, crypto::KeyedHash index)
      : code_(std::move(code)), attempt_(std::move(attempt)), index_(std::move(index)) {}

  crypto::KeyedHash code_;
  crypto::KeyedHash attempt_;
  crypto::KeyedHash index_;
};

}  // namespace tc::otp

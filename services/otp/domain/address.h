#pragma once

// Address: where a message goes, and Channel: how. Values without I/O; an Address that exists is well-formed.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/phone.h"

namespace tc::otp {

enum class Channel { kSms, kVoice, kEmail, kPush };
enum class Locale { kRussian, kEnglish };

// "SMS", "VOICE", "EMAIL", "PUSH": in logs, events and messages to providers.
absl::string_view ChannelName(Channel channel);

class Address {
 public:
  enum class Kind { kPhone, kEmail, kDevice, kDecoy };

  Address() = default;  // a decoy without a key
  static Address Of(const Phone& phone) { return Address(Kind::kPhone, phone.e164()); }
  // INVALID_ARGUMENT with EMAIL_INVALID: at most 254 printable ASCII characters, one @, a dot in the domain.
  static absl::StatusOr<Address> Email(absl::string_view text, absl::string_view field);
  // INVALID_ARGUMENT with DEVICE_INVALID: 1 to 512 printable ASCII characters.
  static absl::StatusOr<Address> Device(absl::string_view text, absl::string_view field);
  // Goes nowhere. `key` is what its sends are counted under.
  static Address Decoy(absl::string_view key) { return Address(Kind::kDecoy, std::string(key)); }
  static Address FromTrusted(Kind kind, std::string text) { return Address(kind, std::move(text)); }

  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }
  bool decoy() const { return kind_ == Kind::kDecoy; }
  // A decoy is reached by every channel, as a whole account would be.
  bool Reaches(Channel channel) const;
  Channel DefaultChannel() const;
  // "+7 9** ***-**-67", "i***@e***.ru", "device", "" for a decoy (SND-17).
  std::string Masked() const;

  friend bool operator==(const Address&, const Address&) = default;

 private:
  Address(Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}
  Kind kind_ = Kind::kDecoy;
  std::string text_;
};

}  // namespace tc::otp

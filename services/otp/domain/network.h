#pragma once

// Where a client sits, as far as sends are counted by it (SND-04). Pure.

#include <string>

#include "absl/strings/string_view.h"

namespace tc::otp {

struct Place {
  std::string client;   // one IPv4 address, or an IPv6 network of 64 bits, which one subscriber has
  std::string network;  // its /24 or /48; empty when the address cannot be read
  friend bool operator==(const Place&, const Place&) = default;
};

// `address` in text form. An IPv4-mapped IPv6 address (::ffff:192.0.2.1) is that IPv4 address. One that
// cannot be read is its own client; both are empty for an empty one.
Place PlaceOf(absl::string_view address);

}  // namespace tc::otp

#pragma once

// Provider: the way of a message out of the process. Implementations are thread-safe, never log an address or
// a word of the text, and treat a message with a request_id that they have taken before as taken.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/otp/domain/message.h"

namespace tc::otp {

struct Acceptance {
  std::string provider_message;  // the provider's own number of the message; may be empty
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual absl::string_view name() const = 0;  // "webhook"
  // OK: the provider has taken it. INVALID_ARGUMENT: it refuses this message for good. UNAVAILABLE or
  // DEADLINE_EXCEEDED: not now, or nobody knows; again later with the same request_id. A status' message is a
  // short code such as "HTTP_503", free of personal data.
  virtual absl::StatusOr<Acceptance> Send(const Message& message) = 0;
};

}  // namespace tc::otp

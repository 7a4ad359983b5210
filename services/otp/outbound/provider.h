#pragma once

// Provider: one way of messages out of the process, as the configuration names it (docs/delivery.md).
// Implementations are thread-safe, never log an address or a word of the text, contact the configured host
// only, and follow no redirect (SND-18).

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/message.h"

namespace tc::otp {

// What is fixed about a provider.
struct ProviderInfo {
  std::string name;               // "operator-a": in records, metrics and the addresses for receipts
  std::string kind;               // "kannel", "webhook", "smtp", "spool"
  std::vector<Channel> channels;  // that it carries
  bool receipts = false;          // it reports what became of a message
  // A repeated request_id is taken once. Without it, a message whose attempt timed out is not offered again.
  bool repeats_safely = false;
};

// What an attempt knows besides the message.
struct Handover {
  absl::Time now;                // validity is message.expires − now
  std::string receipt_url = {};  // where the provider is to report; empty: nowhere
};

struct Acceptance {
  std::string provider_message;  // the provider's own number of the message; may be empty
};

// An HTTP request that reports what became of a message.
struct ReceiptCall {
  std::string method = {};                          // "GET", "POST"
  std::string url = {};                             // as the provider was given it, with its query
  std::map<std::string, std::string> query = {};    // decoded; the last of equal names
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};                            // at most 16 KiB
};

// What a provider says became of a message.
struct Receipt {
  DeliveryTrigger outcome = DeliveryTrigger::kReceiptDelivered;  // kReceipt…
  std::optional<uint64_t> sequence = {};  // rises; absent: the states' order alone counts
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual const ProviderInfo& info() const = 0;
  // OK: the provider has taken it. INVALID_ARGUMENT: it refuses this message for good. UNAVAILABLE: it has
  // not taken it, another time perhaps. DEADLINE_EXCEEDED: nobody knows whether it has. A status' message is
  // a short code such as "HTTP_503", free of personal data. Returns within about ten seconds (SND-12), and
  // never later than the message expires.
  virtual absl::StatusOr<Acceptance> Send(const Message& message, const Handover& handover) = 0;
  // nullopt: authentic, but nothing that changes a state. UNAUTHENTICATED: the signature is missing or wrong
  // (SND-15). INVALID_ARGUMENT: not to be understood.
  virtual absl::StatusOr<std::optional<Receipt>> ReadReceipt(const ReceiptCall&) const {
    return absl::InvalidArgumentError("NO_RECEIPTS");
  }
};

// In the order of the configuration: the first that carries a channel is asked first.
using Providers = std::vector<std::unique_ptr<Provider>>;

}  // namespace tc::otp

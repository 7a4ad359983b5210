#pragma once

// WebhookProvider: hands messages to a gateway by HTTPS POST (docs/otp.md): body as message_json.h, headers
// "Authorization: Bearer <secret>" and "Idempotency-Key: <request_id>". Only the configured URL is ever
// contacted: no redirects, no proxy of the environment, certificate and host name verified, TLS 1.2 or newer
// (SND-18). Thread-safe; connections are kept.
//
// 2xx: accepted; a JSON answer's "id" is the provider's number of the message. 408, 425, 429, 5xx, time-outs
// and lost connections: passing. A redirect: passing, and never followed. Any other: rejected.

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/base/secret.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

struct WebhookOptions {
  std::string url;      // https://…
  Secret token;         // of printable ASCII characters
  std::string ca_file;  // PEM; empty: the system's
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration timeout = absl::Seconds(10);  // SND-12
};

// INVALID_ARGUMENT for a URL that is not https:// or a token that cannot stand in a header.
absl::StatusOr<std::unique_ptr<Provider>> OpenWebhook(WebhookOptions options);

}  // namespace tc::otp

#pragma once

// WebhookProvider: hands messages to a gateway by an HTTPS request that the configuration describes, and
// reads its answer and its receipts as described there (webhook_request.h, webhook_answer.h,
// webhook_receipt.h). Connections are kept.

#include <memory>
#include <optional>

#include "services/otp/outbound/config.h"
#include "services/otp/outbound/endpoint.h"
#include "services/otp/outbound/provider.h"
#include "services/otp/outbound/webhook_answer.h"
#include "services/otp/outbound/webhook_receipt.h"
#include "services/otp/outbound/webhook_request.h"

namespace tc::otp {

struct WebhookOptions {
  WebhookRequest request;
  WebhookAnswer answer;
  std::optional<WebhookReceipt> receipt;
  bool repeats_safely = false;
  TransportOptions transport;
};

// `own` with the members of its preset under it: what `own` says itself counts, member by member, and null
// takes one out. Unchanged, with a mistake, when there is no such preset.
Json WithPreset(const Json& own, const std::string& place, Mistakes& mistakes);

// Keys: preset, settings, sender, secret_file, ca_file, request, answer, receipts, repeats_safely,
// asks_for_key, accept_voicemail_risk. A provider of calls must say one of the last two (OTP-21). Mistakes
// are noted in `config`.
WebhookOptions ReadWebhook(ConfigObject& config, const ProviderInfo& info, const Hosts& allowed);

std::unique_ptr<Provider> MakeWebhook(ProviderInfo info, WebhookOptions options);

}  // namespace tc::otp

#pragma once

// SpoolProvider: development's provider. Each message becomes one JSON file "<request_id>.json", mode 0600,
// written whole or not at all, with the fields to, channel, subject, text, locale, template, delivery,
// created, expires. Holds codes in clear: never in production.

#include <string>

#include "services/otp/outbound/provider.h"

namespace tc::otp {

// A spool named "spool" that carries every channel.
ProviderInfo SpoolInfo();

class SpoolProvider final : public Provider {
 public:
  // `dir` is made when absent, mode 0700. FAILED_PRECONDITION when that is impossible.
  static absl::StatusOr<std::unique_ptr<Provider>> Open(ProviderInfo info, const std::string& dir);

  SpoolProvider(ProviderInfo info, std::string dir) : info_(std::move(info)), dir_(std::move(dir)) {}
  const ProviderInfo& info() const override { return info_; }
  // UNAVAILABLE with "SPOOL_WRITE" when the file cannot be written.
  absl::StatusOr<Acceptance> Send(const Message& message, const Handover& handover) override;

 private:
  const ProviderInfo info_;
  const std::string dir_;
};

}  // namespace tc::otp

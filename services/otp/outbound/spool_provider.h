#pragma once

// SpoolProvider: development's provider. Each message becomes one JSON file "<request_id>.json", mode 0600,
// written whole or not at all, with the fields to, channel, subject, text, locale, template, delivery,
// created, expires. Holds codes in clear: never in production.

#include <string>

#include "services/otp/outbound/provider.h"

namespace tc::otp {

class SpoolProvider final : public Provider {
 public:
  // `dir` is made when absent, mode 0700. FAILED_PRECONDITION when that is impossible.
  static absl::StatusOr<std::unique_ptr<Provider>> Open(const std::string& dir);

  explicit SpoolProvider(std::string dir) : dir_(std::move(dir)) {}
  absl::string_view name() const override { return "spool"; }
  // UNAVAILABLE with "SPOOL_WRITE" when the file cannot be written.
  absl::StatusOr<Acceptance> Send(const Message& message) override;

 private:
  const std::string dir_;
};

}  // namespace tc::otp

#pragma once

// The provider that the command line names.

#include <memory>
#include <string>

#include "services/otp/outbound/provider.h"

namespace tc::otp {

struct ProviderFlags {
  std::string provider;       // --provider spool|webhook
  std::string spool_dir;      // --spool DIR
  std::string webhook_url;    // --webhook-url https://…
  std::string webhook_token;  // --webhook-token FILE
  std::string webhook_ca;     // --webhook-ca FILE
};

// INVALID_ARGUMENT or FAILED_PRECONDITION with a sentence that names the flag. The spool holds codes in clear
// and is refused outside development; a token's file that others may read is refused (CFG-02).
absl::StatusOr<std::unique_ptr<Provider>> OpenProvider(const ProviderFlags& flags, bool development);

}  // namespace tc::otp

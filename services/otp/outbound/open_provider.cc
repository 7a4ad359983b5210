#include "services/otp/outbound/open_provider.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "common/base/status.h"
#include "services/otp/outbound/spool_provider.h"
#include "services/otp/outbound/webhook_provider.h"

namespace tc::otp {
namespace {

absl::StatusOr<Secret> ReadToken(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("--webhook-token: ", path, " cannot be read"));
  }
  if ((status.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("--webhook-token: ", path, " may be read by others; chmod 0600"));
  }
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return Secret(absl::StripAsciiWhitespace(text));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Provider>> OpenProvider(const ProviderFlags& flags, bool development) {
  if (flags.provider == "spool") {
    if (!development)
      return absl::InvalidArgumentError("--provider spool keeps codes in clear: development only");
    if (flags.spool_dir.empty()) return absl::InvalidArgumentError("--provider spool needs --spool DIR");
    return SpoolProvider::Open(flags.spool_dir);
  }
  if (flags.provider == "webhook") {
    if (flags.webhook_token.empty())
      return absl::InvalidArgumentError("--provider webhook needs --webhook-token FILE");
    WebhookOptions options;
    options.url = flags.webhook_url;
    options.token = TRY(ReadToken(flags.webhook_token));
    options.ca_file = flags.webhook_ca;
    return OpenWebhook(std::move(options));
  }
  return absl::InvalidArgumentError("--provider must be spool or webhook");
}

}  // namespace tc::otp

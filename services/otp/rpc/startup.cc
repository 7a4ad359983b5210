#include "services/otp/rpc/startup.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/refusal.h"
#include "services/otp/domain/message_text.h"
#include "services/otp/domain/policy.h"
#include "services/otp/outbound/wording_file.h"

namespace tc::otp {
namespace {

// The value, or its mistakes: those of places in a file behind `flag`, a whole sentence as it is.
template <typename T>
std::optional<T> Take(absl::StatusOr<T> read, absl::string_view flag, std::vector<std::string>& mistakes) {
  if (read.ok()) return *std::move(read);
  const std::vector<FieldViolation> violations = ViolationsOf(read.status());
  for (const FieldViolation& v : violations)
    mistakes.push_back(absl::StrCat(flag, ": ", v.field, ": ", v.description));
  if (violations.empty()) mistakes.emplace_back(read.status().message());
  return std::nullopt;
}

bool Reports(const std::unique_ptr<Provider>& provider) { return provider->info().receipts; }

}  // namespace

std::optional<Startup> ReadStartup(const StartupFlags& flags, const rpc::CommonFlags& common,
                                   std::vector<std::string>& mistakes) {
  const size_t before = mistakes.size();
  const char* const providers_flag = flags.providers.providers_file.empty() ? "--spool" : "--providers";
  std::optional<Providers> providers =
      Take(OpenProviders(flags.providers, common.development), providers_flag, mistakes);
  std::optional<Wording> wording = Take(OpenWording(flags.templates), "--templates", mistakes);
  std::optional<std::string> host = Take(ParseOriginHost(flags.origin_host), "--origin-host", mistakes);
  std::optional<PolicyValues> policy =
      Take(ResolvePolicy(PolicyKeys(), common.policy, common.overrides, /*ignore_foreign=*/true), "--set",
           mistakes);
  if (flags.send_threads < 1 || flags.send_threads > 256)
    mistakes.push_back("--send-threads must be from 1 to 256");
  std::optional<ReceiptListenerOptions> receipts = ReadReceiptFlags(flags.receipts, mistakes);
  if (mistakes.size() > before || !providers || !wording || !host || !policy) return std::nullopt;
  return Startup{*std::move(providers), *std::move(wording), *std::move(host), *std::move(policy),
                 std::move(receipts)};
}

std::vector<std::string> WarningsOf(const Startup& start) {
  std::vector<std::string> warnings;
  for (const std::unique_ptr<Provider>& provider : start.providers) {
    if (!Reports(provider) || start.receipts.has_value()) continue;
    warnings.push_back(absl::StrCat("without --receipts-listen nobody hears what ", provider->info().name,
                                    " reports over HTTP"));
  }
  if (start.receipts.has_value() && std::none_of(start.providers.begin(), start.providers.end(), Reports))
    warnings.push_back("no provider reports to --receipts-listen");
  if (start.receipts.has_value() && start.receipts->allow_tls12)
    warnings.push_back(
        "--receipts-allow-tls12: TLS 1.2 is spoken with gateways; drop it when all of them speak 1.3");
  return warnings;
}

std::string ChannelsOf(const ProviderInfo& provider) {
  return absl::StrJoin(provider.channels, ", ",
                       [](std::string* out, Channel channel) { absl::StrAppend(out, ChannelName(channel)); });
}

}  // namespace tc::otp

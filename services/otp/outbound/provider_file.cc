#include "services/otp/outbound/provider_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/otp/outbound/config.h"
#include "services/otp/outbound/endpoint.h"
#include "services/otp/outbound/kannel_provider.h"
#include "services/otp/outbound/smtp_provider.h"
#include "services/otp/outbound/spool_provider.h"
#include "services/otp/outbound/webhook_provider.h"

namespace tc::otp {
namespace {

constexpr Channel kChannels[] = {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush};

std::vector<Channel> ReadChannels(ConfigObject& config, const std::string& kind) {
  std::vector<Channel> channels;
  for (const std::string& name : config.Texts("channels")) {
    const auto* found = std::find_if(std::begin(kChannels), std::end(kChannels),
                                     [&](Channel channel) { return ChannelName(channel) == name; });
    if (found == std::end(kChannels)) {
      config.Complain("channels", "VALUE_INVALID", "must be of SMS, VOICE, EMAIL, PUSH");
    } else if ((kind == "kannel" && *found != Channel::kSms) ||
               (kind == "smtp" && *found != Channel::kEmail)) {
      config.Complain("channels", "VALUE_INVALID", absl::StrCat(kind, " does not carry ", name));
    } else if (std::find(channels.begin(), channels.end(), *found) != channels.end()) {
      config.Complain("channels", "VALUE_INVALID", absl::StrCat(name, " stands there twice"));
    } else {
      channels.push_back(*found);
    }
  }
  if (!config.Has("channels")) config.Complain("channels", "KEY_MISSING", "is missing");
  if (config.Has("channels") && config.Value("channels").empty())
    config.Complain("channels", "VALUE_INVALID", "must name a channel");
  return channels;
}

std::string ReadName(ConfigObject& config, std::set<std::string>& taken) {
  std::string name = config.RequiredText("name");
  const bool plain = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
  if (!plain || name.size() > 32)
    config.Complain("name", "VALUE_INVALID", "must have 1 to 32 of the characters a-z 0-9 -");
  if (!name.empty() && !taken.insert(name).second)
    config.Complain("name", "NAME_TAKEN", absl::StrCat("another provider is named \"", name, "\""));
  return name;
}

std::unique_ptr<Provider> OpenSpool(ConfigObject& config, ProviderInfo info, bool development) {
  if (!development) config.Complain("kind", "VALUE_INVALID", "spool keeps codes in clear: development only");
  const size_t before = config.mistakes().size();
  const std::string dir = config.RequiredText("dir");
  if (!development || config.mistakes().size() > before) return nullptr;
  info.repeats_safely = true;
  absl::StatusOr<std::unique_ptr<Provider>> spool = SpoolProvider::Open(std::move(info), dir);
  if (!spool.ok()) config.Complain("dir", "FILE_REFUSED", spool.status().message());
  return spool.ok() ? *std::move(spool) : nullptr;
}

// With mistakes, what it gives is of no use.
std::unique_ptr<Provider> OpenOne(ConfigObject config, std::set<std::string>& names, const Hosts& allowed,
                                  bool development) {
  ProviderInfo info;
  info.name = ReadName(config, names);
  info.kind = config.RequiredText("kind");
  info.channels = ReadChannels(config, info.kind);
  std::unique_ptr<Provider> provider;
  if (info.kind == "kannel") {
    provider = MakeKannel(info, ReadKannel(config, allowed));
  } else if (info.kind == "webhook") {
    provider = MakeWebhook(info, ReadWebhook(config, info, allowed));
  } else if (info.kind == "smtp") {
    provider = MakeSmtp(info, ReadSmtp(config, allowed));
  } else if (info.kind == "spool") {
    provider = OpenSpool(config, info, development);
  } else {
    if (!info.kind.empty())
      config.Complain("kind", "VALUE_INVALID", "must be one of kannel, webhook, smtp, spool");
    return nullptr;
  }
  config.RefuseOthers();
  return provider;
}

Hosts ReadHosts(ConfigObject& file) {
  Hosts hosts;
  for (const std::string& host : file.Texts("allowed_hosts")) {
    if (host.empty() || host.find_first_of("/*@ ") != host.npos)
      file.Complain("allowed_hosts", "VALUE_INVALID", "must hold host names, without scheme, port or path");
    hosts.insert(absl::AsciiStrToLower(host));
  }
  return hosts;
}

absl::StatusOr<Providers> OpenFile(const Json& json, bool development) {
  Mistakes mistakes;
  ConfigObject file(json, "", mistakes);
  const Hosts allowed = ReadHosts(file);
  const Json& list = file.Value("providers");
  if (!list.is_array() || list.empty())
    file.Complain("providers", list.is_null() ? "KEY_MISSING" : "VALUE_INVALID", "must list a provider");
  Providers providers;
  std::set<std::string> names;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const std::string place = absl::StrCat("providers[", i, "]");
    const Json whole = WithPreset(list[i], place, mistakes);
    providers.push_back(OpenOne(ConfigObject(whole, place, mistakes), names, allowed, development));
  }
  file.RefuseOthers();
  TRY(mistakes.status("the providers' file has mistakes"));
  return providers;
}

}  // namespace

absl::StatusOr<Providers> OpenProviders(const ProviderFlags& flags, bool development) {
  if (flags.providers_file.empty() == flags.spool_dir.empty())
    return absl::InvalidArgumentError("exactly one of --providers and --spool must be given");
  if (!flags.spool_dir.empty()) {
    if (!development) return absl::InvalidArgumentError("--spool keeps codes in clear: development only");
    Providers providers;
    providers.push_back(TRY(SpoolProvider::Open(SpoolInfo(), flags.spool_dir)));
    return providers;
  }
  std::ifstream file(flags.providers_file, std::ios::binary);
  if (!file)
    return absl::FailedPreconditionError(
        absl::StrCat("--providers: ", flags.providers_file, " cannot be read"));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const absl::StatusOr<Json> json = ParseConfig(text);
  if (!json.ok()) return absl::InvalidArgumentError(absl::StrCat("--providers: ", json.status().message()));
  return OpenFile(*json, development);
}

}  // namespace tc::otp

#include "services/otp/outbound/webhook_provider.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "services/otp/outbound/http.h"
#include "services/otp/outbound/presets.h"
#include "services/otp/outbound/webhook_values.h"

namespace tc::otp {
namespace {

class WebhookProvider final : public Provider {
 public:
  WebhookProvider(ProviderInfo info, WebhookOptions options)
      : info_(std::move(info)), options_(std::move(options)), client_(options_.transport) {}
  const ProviderInfo& info() const override { return info_; }

  absl::StatusOr<Acceptance> Send(const Message& message, const Handover& handover) override {
    const HttpRequest request = TRY(options_.request.For(message, handover));
    return options_.answer.Judge(TRY(client_.Ask(request, message.expires - handover.now)));
  }

  absl::StatusOr<std::optional<Receipt>> ReadReceipt(const ReceiptCall& call) const override {
    if (!options_.receipt.has_value()) return absl::InvalidArgumentError("NO_RECEIPTS");
    return options_.receipt->Parse(call);
  }

 private:
  const ProviderInfo info_;
  const WebhookOptions options_;
  HttpClient client_;
};

// The settings, and the sender.
Values Constants(ConfigObject& config) {
  Values constants;
  ConfigObject settings = config.Object("settings");
  for (const std::string& name : settings.Names()) {
    const auto& taken = PlaceholderNames();
    if (name == "sender" || std::find(taken.begin(), taken.end(), name) != taken.end())
      settings.Complain(name, "NAME_TAKEN", "is the name of a placeholder");
    constants[name] = settings.HeaderText(name);
  }
  if (config.Has("sender")) constants["sender"] = config.RequiredHeaderText("sender");
  return constants;
}

// A voicemail that says a code to whoever listens is a way into the account (OTP-21).
void CheckVoice(ConfigObject& config, const ProviderInfo& info) {
  const bool calls =
      std::find(info.channels.begin(), info.channels.end(), Channel::kVoice) != info.channels.end();
  const bool asks = config.Flag("asks_for_key");
  const bool accepted = config.Flag("accept_voicemail_risk");
  if (calls && !asks && !accepted) {
    config.Complain(
        "asks_for_key", "KEY_MISSING",
        "a call must say the code only after the callee has pressed a key, or a voicemail hears it: "
        "set asks_for_key when the gateway does so, or accept_voicemail_risk when it cannot");
  }
}

}  // namespace

Json WithPreset(const Json& own, const std::string& place, Mistakes& mistakes) {
  if (!own.is_object() || !own.contains("preset")) return own;
  const std::string name = WordOf(own["preset"]).value_or("");
  const auto found = PresetFiles().find(name);
  if (found == PresetFiles().end()) {
    std::vector<absl::string_view> names;
    for (const auto& [known, text] : PresetFiles()) names.push_back(known);
    mistakes.Add(absl::StrCat(place, ".preset"), "VALUE_INVALID",
                 absl::StrCat("must be one of ", absl::StrJoin(names, ", ")));
    return own;
  }
  Json whole = Json::parse(found->second, nullptr, /*allow_exceptions=*/true, /*ignore_comments=*/true);
  whole.merge_patch(own);
  return whole;
}

WebhookOptions ReadWebhook(ConfigObject& config, const ProviderInfo& info, const Hosts& allowed) {
  config.Text("preset");
  WebhookOptions options;
  const Values constants = Constants(config);
  const Secret secret = config.Has("secret_file") ? config.SecretFile("secret_file") : Secret();
  options.request = WebhookRequest::Read(config.RequiredObject("request"), constants, secret, allowed);
  options.answer = WebhookAnswer::Read(config.Object("answer"));
  if (config.Has("receipts")) options.receipt = WebhookReceipt::Read(config.Object("receipts"), secret);
  options.repeats_safely = config.Flag("repeats_safely");
  options.transport.ca_file = config.File("ca_file");
  const bool needed =
      options.request.uses_secret() || (options.receipt.has_value() && options.receipt->uses_secret());
  if (needed && !config.Has("secret_file")) config.RequiredText("secret_file");
  CheckVoice(config, info);
  return options;
}

std::unique_ptr<Provider> MakeWebhook(ProviderInfo info, WebhookOptions options) {
  info.receipts = options.receipt.has_value();
  info.repeats_safely = options.repeats_safely;
  return std::make_unique<WebhookProvider>(std::move(info), std::move(options));
}

}  // namespace tc::otp

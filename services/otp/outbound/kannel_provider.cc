#include "services/otp/outbound/kannel_provider.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/otp/outbound/http.h"

namespace tc::otp {
namespace {

// Delivered, failed, waiting at the operator's, refused there. That the operator has it (8) changes nothing.
constexpr int kReportsWanted = 1 + 2 + 4 + 16;

absl::StatusOr<Acceptance> Judge(const HttpAnswer& answer) {
  const std::string code = absl::StrCat("HTTP_", answer.status);
  if (answer.status == 202 && absl::StartsWith(answer.body, "0:")) return Acceptance{};
  if (answer.status == 202 && absl::StartsWith(answer.body, "3:"))
    return absl::DeadlineExceededError("QUEUED");
  if (answer.status < 300) return absl::DeadlineExceededError("ANSWER_UNCLEAR");
  switch (answer.status) {
    case 401:
    case 403:
    case 404:
    case 408:
    case 429:
      return absl::UnavailableError(code);
    default:
      return answer.status < 500 ? absl::Status(absl::InvalidArgumentError(code))
                                 : absl::UnavailableError(code);
  }
}

class KannelProvider final : public Provider {
 public:
  KannelProvider(ProviderInfo info, KannelOptions options)
      : info_(std::move(info)), options_(std::move(options)), client_(options_.transport) {}
  const ProviderInfo& info() const override { return info_; }

  absl::StatusOr<Acceptance> Send(const Message& message, const Handover& handover) override {
    const absl::Duration left = message.expires - handover.now;
    if (left < absl::Minutes(1)) return absl::UnavailableError("TOO_LATE");
    return Judge(TRY(client_.Ask(RequestFor(message, handover), left)));
  }

  absl::StatusOr<std::optional<Receipt>> ReadReceipt(const ReceiptCall& call) const override {
    const auto type = call.query.find("type");
    if (type == call.query.end()) return absl::InvalidArgumentError("RECEIPT_UNCLEAR");
    if (type->second == "1") return Receipt{.outcome = DeliveryTrigger::kReceiptDelivered};
    if (type->second == "2" || type->second == "16")
      return Receipt{.outcome = DeliveryTrigger::kReceiptFailed};
    if (type->second == "4") return Receipt{.outcome = DeliveryTrigger::kReceiptDeferred};
    if (type->second == "8") return std::nullopt;
    return absl::InvalidArgumentError("RECEIPT_UNCLEAR");
  }

 private:
  HttpRequest RequestFor(const Message& message, const Handover& handover) const {
    HttpRequest request{.url = options_.url, .body = message.text.body};
    request.headers = {
        {"Content-Type", "text/plain; charset=UTF-8"},
        {"X-Kannel-Username", options_.username},
        {"X-Kannel-Password", std::string(options_.password.Reveal())},
        {"X-Kannel-From", options_.sender},
        {"X-Kannel-To", message.to.text()},
        {"X-Kannel-Coding", "2"},
        {"X-Kannel-Validity", absl::StrCat(absl::ToInt64Minutes(message.expires - handover.now))}};
    if (!options_.smsc_id.empty()) request.headers.emplace_back("X-Kannel-SMSC", options_.smsc_id);
    if (!handover.receipt_url.empty()) {
      const char* joint = absl::StrContains(handover.receipt_url, '?') ? "&" : "?";
      request.headers.emplace_back("X-Kannel-DLR-Mask", absl::StrCat(kReportsWanted));
      request.headers.emplace_back("X-Kannel-DLR-Url", absl::StrCat(handover.receipt_url, joint, "type=%d"));
    }
    return request;
  }

  const ProviderInfo info_;
  const KannelOptions options_;
  HttpClient client_;
};

}  // namespace

KannelOptions ReadKannel(ConfigObject& config, const Hosts& allowed) {
  KannelOptions options;
  options.url = config.RequiredText("url");
  if (!options.url.empty()) CheckEndpoint(config, "url", options.url, {"https"}, {"http"}, allowed);
  options.username = config.RequiredHeaderText("username");
  options.password = config.SecretFile("password_file");
  options.sender = config.RequiredHeaderText("sender");
  options.smsc_id = config.HeaderText("smsc_id");
  options.transport.ca_file = config.File("ca_file");
  return options;
}

std::unique_ptr<Provider> MakeKannel(ProviderInfo info, KannelOptions options) {
  info.receipts = true;
  info.repeats_safely = false;
  return std::make_unique<KannelProvider>(std::move(info), std::move(options));
}

}  // namespace tc::otp

#include "services/otp/outbound/smtp_provider.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/otp/outbound/mail.h"

namespace tc::otp {
namespace {

constexpr long kTextWanted = 354;

size_t GiveText(char* buffer, size_t size, size_t count, void* unsent) {
  auto& text = *static_cast<absl::string_view*>(unsent);
  const size_t n = std::min(text.size(), size * count);
  std::memcpy(buffer, text.data(), n);
  text.remove_prefix(n);
  return n;
}

using Steady = std::chrono::steady_clock;

// After a failure libcurl says QUIT and waits two minutes for the answer, whatever the time limit of the
// exchange (SND-12).
int StopWhenLate(void* deadline, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return Steady::now() >= *static_cast<Steady::time_point*>(deadline) ? 1 : 0;
}

// What the relay answers about us, not about the message.
bool ConcernsAccount(long reply) { return reply == 530 || reply == 534 || reply == 535 || reply == 538; }

absl::StatusOr<Acceptance> Judge(CURLcode code, long reply) {
  if (code == CURLE_OK) return Acceptance{};
  const std::string name = absl::StrCat("SMTP_", reply);
  if (reply >= 400 && reply < 600) {
    const bool passing = reply < 500 || ConcernsAccount(reply);
    return passing ? absl::UnavailableError(name) : absl::InvalidArgumentError(name);
  }
  return TransportError(code, /*may_be_taken=*/reply == kTextWanted);
}

class SmtpProvider final : public Provider {
 public:
  SmtpProvider(ProviderInfo info, SmtpOptions options)
      : info_(std::move(info)),
        options_(std::move(options)),
        // The path is the name that EHLO says.
        url_(absl::StrCat(options_.url, "/", options_.from.substr(options_.from.find('@') + 1))),
        sender_(absl::StrCat("<", options_.from, ">")) {}
  const ProviderInfo& info() const override { return info_; }

  absl::StatusOr<Acceptance> Send(const Message& message, const Handover& handover) override {
    if (!IsPlainMailbox(message.to.text())) return absl::InvalidArgumentError("ADDRESS_REFUSED");
    const absl::Duration left = message.expires - handover.now;
    if (left < absl::Milliseconds(1)) return absl::UnavailableError("TOO_LATE");
    const Easy curl = NewEasy();
    if (curl == nullptr) return absl::UnavailableError("TRANSPORT");
    const std::string mail = ComposeMail(message, options_.from);
    absl::string_view unsent = mail;
    Lines receivers;
    Append(receivers, absl::StrCat("<", message.to.text(), ">"));
    Configure(curl.get(), left);
    Steady::time_point deadline =
        Steady::now() + absl::ToChronoMilliseconds(std::min(left, options_.transport.timeout));
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &StopWhenLate);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &deadline);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, receivers.get());
    curl_easy_setopt(curl.get(), CURLOPT_READDATA, &unsent);
    const CURLcode code = curl_easy_perform(curl.get());
    long reply = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply);
    return Judge(code, reply);
  }

 private:
  void Configure(CURL* curl, absl::Duration patience) const {
    Prepare(curl, url_, url_.substr(0, url_.find(':')), options_.transport, patience);
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     static_cast<long>(options_.tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!options_.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, std::string(options_.password.Reveal()).c_str());
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender_.c_str());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &GiveText);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  }

  const ProviderInfo info_;
  const SmtpOptions options_;
  const std::string url_;
  const std::string sender_;
};

}  // namespace

SmtpOptions ReadSmtp(ConfigObject& config, const Hosts& allowed) {
  SmtpOptions options;
  options.tls = config.OneOf("tls", {"required", "none"}) == "required";
  options.url = config.RequiredText("url");
  if (!options.url.empty()) {
    const Endpoint where = CheckEndpoint(config, "url", options.url, {"smtp", "smtps"}, {}, allowed);
    if (!options.tls && !where.loopback)
      config.Complain("tls", "VALUE_INVALID", "must not be none: the relay is another machine");
    if (where.path != "" && where.path != "/")
      config.Complain("url", "VALUE_INVALID", "must end with the host or its port");
    if (absl::EndsWith(options.url, "/")) options.url.pop_back();
  }
  options.from = config.RequiredText("from");
  if (!options.from.empty() && !IsPlainMailbox(options.from))
    config.Complain("from", "VALUE_INVALID", "must be an address such as no-reply@example.ru");
  options.user = config.Text("user");
  if (config.Has("user") || config.Has("password_file")) {
    config.RequiredText("user");
    options.password = config.SecretFile("password_file");
  }
  options.transport.ca_file = config.File("ca_file");
  return options;
}

std::unique_ptr<Provider> MakeSmtp(ProviderInfo info, SmtpOptions options) {
  info.receipts = false;
  info.repeats_safely = false;
  return std::make_unique<SmtpProvider>(std::move(info), std::move(options));
}

}  // namespace tc::otp

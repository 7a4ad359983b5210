#include "services/otp/outbound/webhook_provider.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/base/status.h"
#include "services/otp/outbound/message_json.h"

namespace tc::otp {
namespace {

constexpr size_t kLongestAnswer = 16 * 1024;

struct EasyDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, ListDeleter>;

void Append(Headers& headers, const std::string& line) {
  headers.reset(curl_slist_append(headers.release(), line.c_str()));
}

size_t TakeAnswer(char* bytes, size_t size, size_t count, void* answer) {
  auto& text = *static_cast<std::string*>(answer);
  if (text.size() + size * count > kLongestAnswer) return 0;
  text.append(bytes, size * count);
  return size * count;
}

absl::Status TransportError(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return absl::DeadlineExceededError("TIMEOUT");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return absl::UnavailableError("TLS_REFUSED");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return absl::UnavailableError("UNREACHABLE");
    default:
      return absl::UnavailableError(absl::StrCat("TRANSPORT_", static_cast<int>(code)));
  }
}

absl::Status HttpError(long status) {
  const std::string code = absl::StrCat("HTTP_", status);
  if (status >= 300 && status < 400) return absl::UnavailableError("REDIRECT_REFUSED");
  const bool passing = status >= 500 || status == 408 || status == 425 || status == 429 || status < 200;
  return passing ? absl::UnavailableError(code) : absl::InvalidArgumentError(code);
}

// The gateway's own number: printable, at most 128 characters, or nothing.
std::string MessageNumber(const std::string& answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("id") || !json["id"].is_string()) return "";
  const std::string id = json["id"].get<std::string>();
  const bool plain = std::all_of(id.begin(), id.end(),
                                 [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
  return plain && id.size() <= 128 ? id : "";
}

class WebhookProvider final : public Provider {
 public:
  explicit WebhookProvider(WebhookOptions options) : options_(std::move(options)) {}
  absl::string_view name() const override { return "webhook"; }

  absl::StatusOr<Acceptance> Send(const Message& message) override {
    Easy curl = Borrow();
    if (curl == nullptr) return absl::UnavailableError("TRANSPORT");
    const std::string body = ToJson(message);
    Headers headers;
    Append(headers, "Content-Type: application/json; charset=utf-8");
    Append(headers, absl::StrCat("Idempotency-Key: ", message.request_id));
    Append(headers, absl::StrCat("Authorization: Bearer ", options_.token.Reveal()));
    Append(headers, "Expect:");
    std::string answer;
    Configure(curl.get());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &TakeAnswer);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    const CURLcode code = curl_easy_perform(curl.get());
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK) return TransportError(code);  // the handle goes: its connection may be in any state
    Return(std::move(curl));
    if (status < 200 || status > 299) return HttpError(status);
    return Acceptance{MessageNumber(answer)};
  }

 private:
  void Configure(CURL* curl) const {
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
      curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    }
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options_.connect_timeout)));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  }

  Easy Borrow() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return Easy(curl_easy_init());
    Easy curl = std::move(idle_.back());
    idle_.pop_back();
    return curl;
  }
  void Return(Easy curl) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(curl));
  }

  const WebhookOptions options_;
  std::mutex mutex_;
  std::vector<Easy> idle_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Provider>> OpenWebhook(WebhookOptions options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return absl::InternalError("libcurl does not start");
  if (!absl::StartsWith(options.url, "https://") || options.url.size() < 10) {
    return absl::InvalidArgumentError("--webhook-url must begin with https://");
  }
  const absl::string_view token = options.token.Reveal();
  const bool plain = std::all_of(token.begin(), token.end(),
                                 [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
  if (token.empty() || !plain)
    return absl::InvalidArgumentError("--webhook-token must hold printable ASCII characters");
  return std::make_unique<WebhookProvider>(std::move(options));
}

}  // namespace tc::otp

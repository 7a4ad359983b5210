#include "services/otp/outbound/curl.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tc::otp {
namespace {

long Milliseconds(absl::Duration duration) {
  return static_cast<long>(std::max<int64_t>(absl::ToInt64Milliseconds(duration), 1));  // 0 would be for ever
}

}  // namespace

void Append(Lines& lines, const std::string& line) {
  lines.reset(curl_slist_append(lines.release(), line.c_str()));
}

Easy NewEasy() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return Easy(ready == CURLE_OK ? curl_easy_init() : nullptr);
}

void Prepare(CURL* curl, const std::string& url, const std::string& protocol, const TransportOptions& options,
             absl::Duration patience) {
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocol.c_str());
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(options.connect_timeout));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, Milliseconds(std::min(options.timeout, patience)));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

absl::Status TransportError(CURLcode code, bool may_be_taken) {
  const bool late = code == CURLE_OPERATION_TIMEDOUT || code == CURLE_ABORTED_BY_CALLBACK;
  if (may_be_taken) return absl::DeadlineExceededError(late ? "TIMEOUT" : "BROKEN");
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
      return absl::UnavailableError("TLS_REFUSED");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_ABORTED_BY_CALLBACK:
      return absl::UnavailableError("UNREACHABLE");
    default:
      return absl::UnavailableError(absl::StrCat("TRANSPORT_", static_cast<int>(code)));
  }
}

}  // namespace tc::otp

#include "services/otp/outbound/endpoint.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"

namespace tc::otp {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return "";
  std::string copy = absl::AsciiStrToLower(text);
  curl_free(text);
  return copy;
}

// Of an address in digits only: "127.example.org" is somewhere else.
bool IsLoopback(absl::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  return absl::StartsWith(host, "127.") && host.find_first_not_of("0123456789.") == host.npos;
}

}  // namespace

absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK)
    return absl::InvalidArgumentError("is no URL");
  if (!Part(url.get(), CURLUPART_USER).empty() || !Part(url.get(), CURLUPART_PASSWORD).empty())
    return absl::InvalidArgumentError("names a user; secrets stand in files");
  if (absl::StrContains(text, '#')) return absl::InvalidArgumentError("has a fragment");
  Endpoint endpoint{.scheme = Part(url.get(), CURLUPART_SCHEME), .host = Part(url.get(), CURLUPART_HOST)};
  endpoint.path = Part(url.get(), CURLUPART_PATH);
  if (endpoint.host.empty()) return absl::InvalidArgumentError("has no host");
  endpoint.loopback = IsLoopback(endpoint.host);
  return endpoint;
}

Endpoint CheckEndpoint(ConfigObject& config, absl::string_view name, absl::string_view url,
                       const std::set<std::string>& safe, const std::set<std::string>& plain,
                       const Hosts& allowed) {
  const absl::StatusOr<Endpoint> endpoint = ParseEndpoint(url);
  if (!endpoint.ok()) {
    config.Complain(name, "VALUE_INVALID", endpoint.status().message());
    return {};
  }
  if (safe.count(endpoint->scheme) == 0 && (plain.count(endpoint->scheme) == 0 || !endpoint->loopback)) {
    std::string sentence = absl::StrCat("must begin with ", absl::StrJoin(safe, ":// or "), "://");
    for (const std::string& scheme : plain)
      absl::StrAppend(&sentence, "; ", scheme, ":// is for this machine only");
    config.Complain(name, "VALUE_INVALID", sentence);
  }
  if (allowed.count(endpoint->host) == 0) {
    config.Complain(name, "HOST_NOT_ALLOWED",
                    absl::StrCat("\"", endpoint->host, "\" does not stand in allowed_hosts"));
  }
  return *endpoint;
}

}  // namespace tc::otp

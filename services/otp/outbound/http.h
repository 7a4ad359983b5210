#pragma once

// HttpClient: one request, one answer. Only the URL it is given is ever contacted: no redirect is followed
// (SND-18); the rest of the rules is in curl.h. HTTP/1.1; connections are kept, and a request that has left
// on one that then breaks is never repeated behind the caller's back. Thread-safe.

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/otp/outbound/curl.h"

namespace tc::otp {

struct HttpRequest {
  std::string method = "POST";  // or "PUT"
  std::string url;              // http:// or https://
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct HttpAnswer {
  int status = 0;
  std::string body;
};

class HttpClient {
 public:
  static constexpr size_t kLongestAnswer = 16 * 1024;  // headers and body each

  explicit HttpClient(TransportOptions options) : options_(std::move(options)) {}

  // The answer, whatever its status, except: UNAVAILABLE for a redirect (REDIRECT_REFUSED), for a host that
  // was not reached (UNREACHABLE), whose certificate is not good (TLS_REFUSED), and when `patience` is over
  // before it began (TOO_LATE), or libcurl fails before anything has left (TRANSPORT, TRANSPORT_…): the
  // request was surely not taken. DEADLINE_EXCEEDED when it may have been: TIMEOUT, BROKEN, ANSWER_TOO_LONG.
  // An answer that says by its status that the request was not taken counts even when its body breaks off;
  // its body is then empty.
  absl::StatusOr<HttpAnswer> Ask(const HttpRequest& request, absl::Duration patience);

 private:
  Easy Borrow();
  void Return(Easy curl);

  const TransportOptions options_;
  std::mutex mutex_;
  std::vector<Easy> idle_;
};

}  // namespace tc::otp

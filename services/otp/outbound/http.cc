#include "services/otp/outbound/http.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace tc::otp {
namespace {

struct Exchange {
  absl::string_view unsent;
  std::string body = {};
  size_t header_bytes = 0;
  bool too_long = false;
};

size_t GiveBody(char* buffer, size_t size, size_t count, void* exchange) {
  absl::string_view& unsent = static_cast<Exchange*>(exchange)->unsent;
  const size_t n = std::min(unsent.size(), size * count);
  std::memcpy(buffer, unsent.data(), n);
  unsent.remove_prefix(n);
  return n;
}

// libcurl would send a request once more when a kept connection breaks under it, although the other side may
// have acted on the first.
int RefuseRepetition(void*, curl_off_t, int) { return CURL_SEEKFUNC_FAIL; }

size_t TakeBody(char* bytes, size_t size, size_t count, void* exchange) {
  auto& e = *static_cast<Exchange*>(exchange);
  e.too_long = e.too_long || e.body.size() + size * count > HttpClient::kLongestAnswer;
  if (e.too_long) return 0;
  e.body.append(bytes, size * count);
  return size * count;
}

size_t TakeHeader(char*, size_t size, size_t count, void* exchange) {
  auto& e = *static_cast<Exchange*>(exchange);
  e.header_bytes += size * count;
  e.too_long = e.too_long || e.header_bytes > HttpClient::kLongestAnswer;
  return e.too_long ? 0 : size * count;
}

void Attach(CURL* curl, const HttpRequest& request, const curl_slist* headers, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &GiveBody);
  curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &RefuseRepetition);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
}

absl::StatusOr<HttpAnswer> AnswerOf(CURL* curl, CURLcode code, Exchange exchange) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 300 && status < 400) return absl::UnavailableError("REDIRECT_REFUSED");
  if (code == CURLE_OK) return HttpAnswer{static_cast<int>(status), std::move(exchange.body)};
  if (status >= 400) return HttpAnswer{static_cast<int>(status), ""};
  if (exchange.too_long) return absl::DeadlineExceededError("ANSWER_TOO_LONG");
  long sent = 0;
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
  return TransportError(code, /*may_be_taken=*/sent > 0);
}

}  // namespace

absl::StatusOr<HttpAnswer> HttpClient::Ask(const HttpRequest& request, absl::Duration patience) {
  if (patience < absl::Milliseconds(1)) return absl::UnavailableError("TOO_LATE");
  Easy curl = Borrow();
  if (curl == nullptr) return absl::UnavailableError("TRANSPORT");
  Lines headers;
  for (const auto& [name, value] : request.headers) Append(headers, absl::StrCat(name, ": ", value));
  Append(headers, "Expect:");
  Exchange exchange{.unsent = request.body};
  Prepare(curl.get(), request.url, request.url.substr(0, request.url.find(':')), options_, patience);
  Attach(curl.get(), request, headers.get(), exchange);
  const CURLcode code = curl_easy_perform(curl.get());
  absl::StatusOr<HttpAnswer> answer = AnswerOf(curl.get(), code, std::move(exchange));
  // After a failure the handle goes: its connection may be in any state.
  if (code == CURLE_OK) Return(std::move(curl));
  return answer;
}

Easy HttpClient::Borrow() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return NewEasy();
  Easy curl = std::move(idle_.back());
  idle_.pop_back();
  return curl;
}

void HttpClient::Return(Easy curl) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(curl));
}

}  // namespace tc::otp

#pragma once

// HTTP as a provider's gateway speaks it, for tests of receipts.

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"

namespace tc::otp {

struct HttpReply {
  long code = 0;     // 0: none came
  std::string head;  // status line and headers
  std::string body;
  CURLcode result = CURLE_OK;
};

struct HttpAsk {
  std::string method = "GET";
  std::optional<std::string> body = {};
  std::vector<std::string> headers = {};
  std::string ca = {};  // of https
  long tls = CURL_SSLVERSION_DEFAULT;
  long patience_ms = 20000;
};

inline size_t AppendTo(char* data, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

inline HttpReply HttpFetch(const std::string& url, const HttpAsk& ask = {}) {
  HttpReply answer;
  CURL* const curl = curl_easy_init();
  curl_slist* headers = nullptr;
  for (const std::string& header : ask.headers) headers = curl_slist_append(headers, header.c_str());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ask.patience_ms);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  if (ask.body.has_value()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(ask.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, ask.body->c_str());
  }
  if (ask.method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask.method.c_str());
  if (!ask.ca.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ask.ca.c_str());
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, ask.tls);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &AppendTo);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &AppendTo);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.head);
  answer.result = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.code);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return answer;
}

inline bool HasIpV6() {
  const int socket = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 any_port = {};
  any_port.sin6_family = AF_INET6;
  any_port.sin6_addr = in6addr_loopback;
  const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&any_port), sizeof any_port) == 0;
  ::close(socket);
  return bound;
}

// A caller that speaks no proper HTTP.
class RawSocket {
 public:
  explicit RawSocket(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  ~RawSocket() { ::close(socket_); }
  // False: the other side has closed.
  bool Send(const std::string& text) const {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // All until the other side closes; nullopt when it does not within ten seconds.
  std::optional<std::string> ReadToEnd() const {
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string all;
    char buffer[4096];
    ssize_t n = 0;
    while ((n = ::recv(socket_, buffer, sizeof buffer, 0)) > 0) all.append(buffer, static_cast<size_t>(n));
    if (n < 0 && errno == EAGAIN) return std::nullopt;
    return all;
  }

 private:
  int socket_;
};

}  // namespace tc::otp

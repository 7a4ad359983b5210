#pragma once

// A gateway of a test's own on a port of its own: HTTP or HTTPS, answers as told, keeps what it was asked.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/testing/certificates.h"
#include "common/testing/temp_dir.h"

namespace tc::otp {

class StubGateway {
 public:
  struct Options {
    bool tls = true;
    std::string hosts = "IP:127.0.0.1";  // of its certificate
    int cut_from = -1;    // the number of the request after which the connection is cut, without an answer
    bool deaf = false;    // takes connections and says nothing, not even TLS
    bool closes = false;  // closes after an answer
    int max_version = 0;  // of TLS
  };

  // Every request gets `answer`; the empty one is silence until the client gives up.
  explicit StubGateway(std::string answer) : StubGateway(std::move(answer), Options()) {}
  StubGateway(std::string answer, Options options)
      : answer_(std::move(answer)), options_(std::move(options)) {
    ::signal(SIGPIPE, SIG_IGN);
    context_ = SSL_CTX_new(TLS_server_method());
    const tls::Files files = authority_.Issue("gateway", {.hosts = options_.hosts});
    EXPECT_EQ(SSL_CTX_use_certificate_file(context_, files.certificate.c_str(), SSL_FILETYPE_PEM), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context_, files.private_key.c_str(), SSL_FILETYPE_PEM), 1);
    if (options_.max_version != 0) {
      SSL_CTX_set_security_level(context_, 0);
      SSL_CTX_set_min_proto_version(context_, 0);
      SSL_CTX_set_max_proto_version(context_, options_.max_version);
    }
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    ::listen(listener_, 16);
    thread_ = std::thread([this] { Run(); });
  }
  ~StubGateway() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    const int open = connection_;
    if (open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    SSL_CTX_free(context_);
  }

  std::string url(const std::string& path = "/messages") const {
    return absl::StrCat(options_.tls ? "https" : "http", "://127.0.0.1:", port_, path);
  }
  const std::string& ca_file() const { return authority_.ca_file(); }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() const { return connections_; }
  // Returns when `count` connections have been closed from this side: what is asked then meets no kept one.
  void AwaitClosed(int count) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ >= count; });
  }

 private:
  void Run() {
    while (!stopping_) {
      const int accepted = ::accept(listener_, nullptr, nullptr);
      if (accepted < 0) return;
      connection_ = accepted;
      ++connections_;
      ssl_ = options_.tls && !options_.deaf ? SSL_new(context_) : nullptr;
      if (ssl_ != nullptr) SSL_set_fd(ssl_, connection_);
      if (ssl_ == nullptr || SSL_accept(ssl_) == 1) {
        while (ServeOne()) {
        }
      }
      SSL_free(ssl_);
      ::close(connection_.exchange(-1));
      const std::lock_guard lock(mutex_);
      ++closed_;
      changed_.notify_all();
    }
  }
  int Read(char* buffer, size_t size) {
    return ssl_ != nullptr ? SSL_read(ssl_, buffer, static_cast<int>(size))
                           : static_cast<int>(::recv(connection_, buffer, size, 0));
  }
  int Write(const std::string& text) {
    return ssl_ != nullptr ? SSL_write(ssl_, text.data(), static_cast<int>(text.size()))
                           : static_cast<int>(::send(connection_, text.data(), text.size(), 0));
  }
  bool ServeOne() {
    std::string text;
    char buffer[4096];
    size_t wanted = std::string::npos;
    while (text.size() < wanted) {
      const int n = Read(buffer, sizeof buffer);
      if (n <= 0) return false;
      if (options_.deaf) continue;
      text.append(buffer, static_cast<size_t>(n));
      const size_t end = text.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      const size_t at = text.find("Content-Length: ");
      size_t length = 0;
      EXPECT_TRUE(absl::SimpleAtoi(text.substr(at + 16, text.find('\r', at) - at - 16), &length));
      wanted = end + 4 + length;
    }
    int number = 0;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(text);
      number = static_cast<int>(requests_.size());
    }
    if (options_.cut_from >= 0 && number >= options_.cut_from) return false;
    return (answer_.empty() || Write(answer_) > 0) && !options_.closes;
  }

  const std::string answer_;
  const Options options_;
  const testing::TempDir dir_;
  testing::Authority authority_{dir_.path()};
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connection_{-1};
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int closed_ = 0;
  std::vector<std::string> requests_;
};

inline std::string Http(const std::string& status, const std::string& body = "",
                        const std::string& header = "") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n", header, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

// The body of a request that a stub was sent.
inline std::string BodyOf(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

}  // namespace tc::otp

#include "services/otp/outbound/webhook_provider.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kDeadlineExceeded;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;
using testing::Noon;

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Cert = std::unique_ptr<X509, decltype(&X509_free)>;

// A certificate of its own making for `name`, good for an hour.
struct SelfSigned {
  Pkey key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  Cert cert{X509_new(), &X509_free};

  explicit SelfSigned(const std::string& san) {
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
    X509_set_pubkey(cert.get(), key.get());
    X509_NAME* name = X509_get_subject_name(cert.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1,
                               -1, 0);
    X509_set_issuer_name(cert.get(), name);
    Extend(NID_subject_alt_name, san);
    Extend(NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(cert.get(), key.get(), EVP_sha256());
  }
  void Extend(int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, cert.get(), cert.get(), nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(cert.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  void WriteTo(const std::string& path) const {
    FILE* file = ::fopen(path.c_str(), "w");
    PEM_write_X509(file, cert.get());
    ::fclose(file);
  }
};

// An HTTPS server on a port of its own that answers every request with `answer` and keeps what it was asked.
class TinyServer {
 public:
  explicit TinyServer(const std::string& answer, const std::string& san = "IP:127.0.0.1")
      : answer_(answer), identity_(san) {
    ::signal(SIGPIPE, SIG_IGN);
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, identity_.cert.get());
    SSL_CTX_use_PrivateKey(context_, identity_.key.get());
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    ::listen(listener_, 16);
    ca_file_ = absl::StrCat("/tmp/otp-webhook-test-", ::getpid(), "-", port_, ".pem");
    identity_.WriteTo(ca_file_);
    thread_ = std::thread([this] { Run(); });
  }
  ~TinyServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    ::close(listener_);
    const int open = connection_;
    if (open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    SSL_CTX_free(context_);
    ::unlink(ca_file_.c_str());
  }

  std::string url(const std::string& host = "127.0.0.1") const {
    return absl::StrCat("https://", host, ":", port_, "/messages");
  }
  const std::string& ca_file() const { return ca_file_; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() const { return connections_; }

 private:
  void Run() {
    while (!stopping_) {
      connection_ = ::accept(listener_, nullptr, nullptr);
      if (connection_ < 0) return;
      ++connections_;
      SSL* ssl = SSL_new(context_);
      SSL_set_fd(ssl, connection_);
      if (SSL_accept(ssl) == 1) {
        while (ServeOne(ssl)) {
        }
      }
      SSL_free(ssl);
      const int done = connection_.exchange(-1);
      ::close(done);
    }
  }
  bool ServeOne(SSL* ssl) {
    std::string text;
    char buffer[4096];
    size_t wanted = std::string::npos;
    while (text.size() < wanted) {
      const int n = SSL_read(ssl, buffer, sizeof buffer);
      if (n <= 0) return false;
      text.append(buffer, static_cast<size_t>(n));
      const size_t end = text.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      const size_t at = text.find("Content-Length: ");
      size_t length = 0;
      EXPECT_TRUE(absl::SimpleAtoi(text.substr(at + 16, text.find('\r', at) - at - 16), &length));
      wanted = end + 4 + length;
    }
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(text);
    }
    // An empty answer: silence until the client gives up.
    return answer_.empty() || SSL_write(ssl, answer_.data(), static_cast<int>(answer_.size())) > 0;
  }

  const std::string answer_;
  SelfSigned identity_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::string ca_file_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connection_{-1};
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
};

std::string Http(const std::string& status, const std::string& body = "", const std::string& header = "") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n", header, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

WebhookOptions OptionsFor(const TinyServer& server) {
  WebhookOptions options;
  options.url = server.url();
  options.token = Secret("s3cret");
  options.ca_file = server.ca_file();
  options.timeout = absl::Seconds(5);
  return options;
}

Message AnyMessage() {
  Message message;
  message.delivery = DeliveryId::FromTrusted("d1");
  message.request_id = "11111111-1111-4111-8111-111111111111";
  message.to = Address::Of(Phone::FromTrusted("+79161234567"));
  message.template_name = "CODE_RECOVERY_CLAIM";
  message.text = {"", "Код 123456: вход.\n@gosuslugi.example #123456"};
  message.created = Noon();
  message.expires = Noon() + absl::Seconds(300);
  return message;
}

absl::StatusOr<Acceptance> SendTo(const TinyServer& server) {
  return (*OpenWebhook(OptionsFor(server)))->Send(AnyMessage());
}

TEST(Webhook, HandsTheMessageOver) {
  const TinyServer server(Http("202 Accepted", R"({"id":"sms-77"})"));
  const absl::StatusOr<Acceptance> taken = SendTo(server);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->provider_message, "sms-77");
  ASSERT_EQ(server.requests().size(), 1u);
  const std::string request = server.requests()[0];
  EXPECT_TRUE(absl::StartsWith(request, "POST /messages HTTP/1.1\r\n"));
  EXPECT_TRUE(absl::StrContains(request, "\r\nAuthorization: Bearer s3cret\r\n"));
  EXPECT_TRUE(absl::StrContains(request, "\r\nIdempotency-Key: 11111111-1111-4111-8111-111111111111\r\n"));
  const auto body = nlohmann::json::parse(request.substr(request.find("\r\n\r\n") + 4));
  EXPECT_EQ(body["to"], "+79161234567");
  EXPECT_EQ(body["channel"], "SMS");
  EXPECT_EQ(body["text"], "Код 123456: вход.\n@gosuslugi.example #123456");
  EXPECT_EQ(body["locale"], "ru");
  EXPECT_EQ(body["template"], "CODE_RECOVERY_CLAIM");
  EXPECT_EQ(body["delivery"], "deliveries/d1");
  EXPECT_EQ(body["created"], "2026-03-02T12:00:00+00:00");
  EXPECT_EQ(body["expires"], "2026-03-02T12:05:00+00:00");
}

TEST(Webhook, KeepsItsConnection) {
  const TinyServer server(Http("200 OK"));
  const std::unique_ptr<Provider> provider = *OpenWebhook(OptionsFor(server));
  for (int i = 0; i < 3; ++i) ASSERT_THAT(provider->Send(AnyMessage()), IsOk());
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Webhook, IgnoresAnAnswerThatIsNoNumber) {
  for (const char* body : {"", "not json", "[]", R"({"id":5})", R"({"id":"two words"})"}) {
    const TinyServer server(Http("200 OK", body));
    const absl::StatusOr<Acceptance> taken = SendTo(server);
    ASSERT_THAT(taken, IsOk()) << body;
    EXPECT_EQ(taken->provider_message, "");
  }
}

struct Answer {
  const char* status;
  absl::StatusCode code;
  const char* outcome;
};
class WebhookAnswers : public ::testing::TestWithParam<Answer> {};
TEST_P(WebhookAnswers, AreTakenApart) {
  const TinyServer server(Http(GetParam().status));
  const absl::StatusOr<Acceptance> result = SendTo(server);
  EXPECT_THAT(result, HasCode(GetParam().code));
  EXPECT_EQ(result.status().message(), GetParam().outcome);
}
INSTANTIATE_TEST_SUITE_P(All, WebhookAnswers,
                         ::testing::Values(Answer{"400 Bad Request", kInvalidArgument, "HTTP_400"},
                                           Answer{"404 Not Found", kInvalidArgument, "HTTP_404"},
                                           Answer{"422 Unprocessable", kInvalidArgument, "HTTP_422"},
                                           Answer{"408 Request Timeout", kUnavailable, "HTTP_408"},
                                           Answer{"429 Too Many Requests", kUnavailable, "HTTP_429"},
                                           Answer{"500 Internal", kUnavailable, "HTTP_500"},
                                           Answer{"503 Unavailable", kUnavailable, "HTTP_503"}));

TEST(Webhook, FollowsNoRedirect) {  // SND-18
  const TinyServer target(Http("200 OK"));
  const TinyServer server(
      Http("307 Temporary Redirect", "", absl::StrCat("Location: ", target.url(), "\r\n")));
  const absl::StatusOr<Acceptance> result = SendTo(server);
  EXPECT_THAT(result, HasCode(kUnavailable));
  EXPECT_EQ(result.status().message(), "REDIRECT_REFUSED");
  EXPECT_EQ(target.connections(), 0);
}

TEST(Webhook, RefusesACertificateOfAnotherAuthority) {
  const TinyServer server(Http("200 OK")), other(Http("200 OK"));
  WebhookOptions options = OptionsFor(server);
  options.ca_file = other.ca_file();
  const absl::StatusOr<Acceptance> result = (*OpenWebhook(std::move(options)))->Send(AnyMessage());
  EXPECT_THAT(result, HasCode(kUnavailable));
  EXPECT_EQ(result.status().message(), "TLS_REFUSED");
  EXPECT_TRUE(server.requests().empty()) << "nothing was said to a stranger";
}

TEST(Webhook, RefusesACertificateForAnotherHost) {
  const TinyServer server(Http("200 OK"), "DNS:elsewhere.example");
  EXPECT_EQ(SendTo(server).status().message(), "TLS_REFUSED");
  EXPECT_TRUE(server.requests().empty());
}

TEST(Webhook, GivesUpAfterItsTimeout) {
  const TinyServer silent("");
  WebhookOptions options = OptionsFor(silent);
  options.timeout = absl::Milliseconds(200);
  const absl::StatusOr<Acceptance> result = (*OpenWebhook(std::move(options)))->Send(AnyMessage());
  EXPECT_THAT(result, HasCode(kDeadlineExceeded));
  EXPECT_EQ(result.status().message(), "TIMEOUT");
}

TEST(Webhook, IsUnreachableWhenNobodyListens) {
  WebhookOptions options;
  {
    const TinyServer gone(Http("200 OK"));
    options = OptionsFor(gone);
    options.ca_file.clear();
  }
  EXPECT_THAT((*OpenWebhook(std::move(options)))->Send(AnyMessage()), HasCode(kUnavailable));
}

TEST(Webhook, BoundsTheAnswerItReads) {
  const TinyServer server(Http("200 OK", std::string(20000, 'x')));
  EXPECT_THAT(SendTo(server), HasCode(kUnavailable));
}

TEST(OpenWebhook, DemandsHttpsAndAToken) {
  for (const char* url : {"", "http://127.0.0.1/", "file:///etc/passwd", "https://"}) {
    WebhookOptions options;
    options.url = url;
    options.token = Secret("t");
    EXPECT_THAT(OpenWebhook(std::move(options)), HasCode(kInvalidArgument)) << url;
  }
  for (const char* token : {"", "two words", "line\nbreak"}) {
    WebhookOptions options;
    options.url = "https://sms.example/";
    options.token = Secret(token);
    EXPECT_THAT(OpenWebhook(std::move(options)), HasCode(kInvalidArgument)) << token;
  }
}

}  // namespace
}  // namespace tc::otp

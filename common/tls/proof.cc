#include "common/tls/proof.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"

namespace tc::tls {
namespace {

constexpr int kPatienceSeconds = 5;
constexpr unsigned char kHttp2[] = "\x02h2";

struct Free {
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(SSL* p) const { SSL_free(p); }
  void operator()(addrinfo* p) const { freeaddrinfo(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {
    const timeval patience{kPatienceSeconds, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

absl::Status CannotDial(const std::string& address) {
  return absl::FailedPreconditionError(
      absl::StrCat("the TLS of ", address, " cannot be tried: ", std::strerror(errno)));
}

absl::StatusOr<Socket> DialUnix(const std::string& address, absl::string_view path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path) return CannotDial(address);
  std::memcpy(to.sun_path, path.data(), path.size());
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    return CannotDial(address);
  return socket;
}

// "0.0.0.0" and "[::]" mean every address of this machine; loopback is one of them.
std::string HostToDial(absl::string_view host) {
  absl::ConsumePrefix(&host, "[");
  absl::ConsumeSuffix(&host, "]");
  if (host == "0.0.0.0" || host.empty()) return "127.0.0.1";
  return host == "::" ? "::1" : std::string(host);
}

absl::StatusOr<Socket> Dial(const std::string& address) {
  absl::string_view rest = address;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    absl::ConsumePrefix(&rest, "//");
    return DialUnix(address, rest);
  }
  const size_t colon = rest.rfind(':');
  if (colon == absl::string_view::npos) return CannotDial(address);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string host = HostToDial(rest.substr(0, colon));
  if (::getaddrinfo(host.c_str(), std::string(rest.substr(colon + 1)).c_str(), &hints, &found) != 0)
    return CannotDial(address);
  const Owned<addrinfo> addresses(found);
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    Socket socket(::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol));
    if (::connect(socket.fd(), a->ai_addr, a->ai_addrlen) == 0) return socket;
  }
  return CannotDial(address);
}

enum class Caller { kWithCertificate, kWithout };

// Whether a client of these versions is let in: it gets to read the first bytes of HTTP/2. TLS 1.3 tells a
// client only then that its certificate is not good enough.
absl::StatusOr<bool> IsLetIn(const std::string& address, const Files& own, Caller caller, int lowest,
                             int highest) {
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  // The server's certificate is not what is tried here, and old ciphers shall be offered as well.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_cipher_list(context.get(), "ALL");
  SSL_CTX_set_min_proto_version(context.get(), lowest);
  SSL_CTX_set_max_proto_version(context.get(), highest);
  SSL_CTX_set_alpn_protos(context.get(), kHttp2, sizeof kHttp2 - 1);
  if (caller == Caller::kWithCertificate &&
      (SSL_CTX_use_certificate_chain_file(context.get(), own.certificate.c_str()) != 1 ||
       SSL_CTX_use_PrivateKey_file(context.get(), own.private_key.c_str(), SSL_FILETYPE_PEM) != 1)) {
    return absl::FailedPreconditionError(absl::StrCat(own.certificate, ": cannot be shown by a client"));
  }
  const Socket socket = TRY(Dial(address));
  const Owned<SSL> connection(SSL_new(context.get()));
  SSL_set_fd(connection.get(), socket.fd());
  char byte = 0;
  const bool let_in = SSL_connect(connection.get()) == 1 && SSL_read(connection.get(), &byte, 1) == 1;
  ERR_clear_error();
  return let_in;
}

}  // namespace

absl::Status Prove(const std::string& address, const Files& own) {
  const auto wrong = [&](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(address, " ", what, " (TRN-01, TRN-03)"));
  };
  if (!TRY(IsLetIn(address, own, Caller::kWithCertificate, TLS1_3_VERSION, TLS1_3_VERSION)))
    return wrong("does not let this service's own certificate in over TLS 1.3");
  if (TRY(IsLetIn(address, own, Caller::kWithCertificate, TLS1_VERSION, TLS1_2_VERSION)))
    return wrong("speaks TLS 1.2 or older");
  if (TRY(IsLetIn(address, own, Caller::kWithout, TLS1_3_VERSION, TLS1_3_VERSION)))
    return wrong("lets callers in without a certificate");
  return absl::OkStatus();
}

}  // namespace tc::tls

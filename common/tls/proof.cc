#include "common/tls/proof.h"

#include <netdb.h>
#include <openssl/ec.h>
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
#include "common/tls/x509.h"

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

absl::Status CannotDial(const std::string& address, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("the TLS of ", address, " cannot be tried: ", why));
}

absl::StatusOr<Socket> DialUnix(const std::string& address, absl::string_view path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path) return CannotDial(address, "its path is too long");
  std::memcpy(to.sun_path, path.data(), path.size());
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    return CannotDial(address, std::strerror(errno));
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
  if (colon == absl::string_view::npos) return CannotDial(address, "it has no port");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string host = HostToDial(rest.substr(0, colon));
  const int failed = ::getaddrinfo(host.c_str(), std::string(rest.substr(colon + 1)).c_str(), &hints, &found);
  if (failed != 0) return CannotDial(address, ::gai_strerror(failed));
  const Owned<addrinfo> addresses(found);
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    Socket socket(::socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol));
    if (::connect(socket.fd(), a->ai_addr, a->ai_addrlen) == 0) return socket;
  }
  return CannotDial(address, std::strerror(errno));
}

enum class Caller { kKnown, kForger, kNobody };

// The own certificate with another key, signed with that key: right in everything that is written in it.
bool Forge(SSL_CTX* context) {
  const X509Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const X509Owned<X509> forged(X509_dup(SSL_CTX_get0_certificate(context)));
  return key != nullptr && forged != nullptr && X509_set_pubkey(forged.get(), key.get()) == 1 &&
         X509_sign(forged.get(), key.get(), EVP_sha256()) > 0 &&
         SSL_CTX_use_certificate(context, forged.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

bool Equip(SSL_CTX* context, Caller caller, const Files& own) {
  if (caller == Caller::kNobody) return true;
  const bool known = SSL_CTX_use_certificate_chain_file(context, own.certificate.c_str()) == 1 &&
                     SSL_CTX_use_PrivateKey_file(context, own.private_key.c_str(), SSL_FILETYPE_PEM) == 1;
  return known && (caller == Caller::kKnown || Forge(context));
}

// Whether a client of these versions is let in. TLS 1.3 tells a client only with the first bytes of HTTP/2
// whether its certificate is good enough; below, the end of the handshake does.
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
  if (!Equip(context.get(), caller, own))
    return absl::FailedPreconditionError(absl::StrCat(own.certificate, ": cannot be shown by a client"));
  const Socket socket = TRY(Dial(address));
  const Owned<SSL> connection(SSL_new(context.get()));
  SSL_set_fd(connection.get(), socket.fd());
  ERR_clear_error();
  char byte = 0;
  int done = SSL_connect(connection.get());
  if (done == 1 && highest >= TLS1_3_VERSION) done = SSL_read(connection.get(), &byte, 1);
  // Silence is no refusal: nothing has been shown then.
  const bool silent = done != 1 && SSL_get_error(connection.get(), done) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  if (silent) return absl::FailedPreconditionError(absl::StrCat("the TLS of ", address, " does not answer"));
  return done == 1;
}

}  // namespace

absl::Status Prove(const std::string& address, const Files& own) {
  const auto wrong = [&](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(address, " ", what, " (TRN-01, TRN-03)"));
  };
  if (!TRY(IsLetIn(address, own, Caller::kKnown, TLS1_3_VERSION, TLS1_3_VERSION)))
    return wrong("does not let this service's own certificate in over TLS 1.3");
  if (TRY(IsLetIn(address, own, Caller::kKnown, TLS1_VERSION, TLS1_2_VERSION)))
    return wrong("speaks TLS 1.2 or older");
  if (TRY(IsLetIn(address, own, Caller::kNobody, TLS1_3_VERSION, TLS1_3_VERSION)))
    return wrong("lets callers in without a certificate");
  if (TRY(IsLetIn(address, own, Caller::kForger, TLS1_3_VERSION, TLS1_3_VERSION)))
    return wrong("lets callers in whose certificate no authority has signed");
  return absl::OkStatus();
}

}  // namespace tc::tls

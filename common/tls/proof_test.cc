// What the proof of a port's TLS does not take for one.

#include "common/tls/proof.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/certificates.h"
#include "common/testing/temp_dir.h"

namespace tc::tls {
namespace {

using ::testing::HasSubstr;

// Lets the first caller in over TLS, and says no word to the second one until he goes.
class SilentAtTheSecondQuestion {
 public:
  explicit SilentAtTheSecondQuestion(const Files& files)
      : context_(SSL_CTX_new(TLS_server_method())), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    SSL_CTX_use_certificate_chain_file(context_, files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context_, files.private_key.c_str(), SSL_FILETYPE_PEM);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&any), size) != 0 || ::listen(fd_, 4) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&any), &size) != 0) {
      std::abort();
    }
    address_ = absl::StrCat("127.0.0.1:", ntohs(any.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~SilentAtTheSecondQuestion() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
    SSL_CTX_free(context_);
  }
  const std::string& address() const { return address_; }

 private:
  void Serve() {
    const int first = ::accept(fd_, nullptr, nullptr);
    SSL* const ssl = SSL_new(context_);
    SSL_set_fd(ssl, first);
    if (SSL_accept(ssl) == 1) SSL_write(ssl, "x", 1);
    SSL_free(ssl);
    ::close(first);
    const int second = ::accept(fd_, nullptr, nullptr);
    char byte[512];
    while (::read(second, byte, sizeof byte) > 0) {
    }
    ::close(second);
  }

  SSL_CTX* const context_;
  const int fd_;
  std::string address_;
  std::thread thread_;
};

TEST(Prove, TakesNoSilenceForARefusal) {  // TRN-02
  const testing::TempDir dir;
  testing::Authority authority(dir.path());
  const Files files = authority.IssuePeer("service/otp");
  const SilentAtTheSecondQuestion port(files);
  EXPECT_THAT(std::string(Prove(port.address(), files).message()), HasSubstr("does not answer"));
}

TEST(Prove, SaysWhyAnAddressCannotBeTried) {
  for (const char* address : {"no-port", "unix:/no/such/socket", "no.such.host.invalid:1"})
    EXPECT_THAT(std::string(Prove(address, {}).message()), HasSubstr("cannot be")) << address;
}

}  // namespace
}  // namespace tc::tls

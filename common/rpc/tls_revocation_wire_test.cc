// Revoked certificates: at the first handshake, when a session is resumed, of servers that are called, and
// lists that are no good (TRN-11).

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/rpc/client.h"
#include "common/rpc/credentials.h"
#include "common/rpc/tls_testing.h"

namespace tc::rpc {
namespace {

namespace fs = std::filesystem;
namespace pb = trustedcontact::admin::v1;

using testing::CertificateRequest;
using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;

// A bare client that shows its ticket instead of its certificate when it comes again.
class ReturningClient {
 public:
  ReturningClient(std::string address, const tls::Files& files)
      : address_(std::move(address)), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_use_certificate_chain_file(context_, files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context_, files.private_key.c_str(), SSL_FILETYPE_PEM);
    const unsigned char h2[] = "\x02h2";
    SSL_CTX_set_alpn_protos(context_, h2, 3);
  }
  ~ReturningClient() {
    SSL_SESSION_free(session_);
    SSL_CTX_free(context_);
  }

  // Whether the server sends the first bytes of HTTP/2.
  bool IsLetIn() {
    const int fd = DialLoopback(address_);
    SSL* const ssl = SSL_new(context_);
    SSL_set_fd(ssl, fd);
    if (session_ != nullptr) SSL_set_session(ssl, session_);
    char byte = 0;
    const bool connected = SSL_connect(ssl) == 1;
    resumed_ = connected && SSL_session_reused(ssl) == 1;
    const bool let_in = connected && SSL_read(ssl, &byte, 1) == 1;
    if (let_in) SSL_SESSION_free(std::exchange(session_, SSL_get1_session(ssl)));
    SSL_shutdown(ssl);  // else OpenSSL does not use the session again
    SSL_free(ssl);
    close(fd);
    return let_in;
  }
  bool resumed() const { return resumed_; }

 private:
  const std::string address_;
  SSL_CTX* const context_;
  SSL_SESSION* session_ = nullptr;
  bool resumed_ = false;
};

class TlsRevocationWireTest : public TlsServer {
 protected:
  tls::Files client_ = authority_.IssuePeer("operator/ops");
};

TEST_F(TlsRevocationWireTest, LetsARevokedCertificateInNoMore) {  // C-W 16
  ASSERT_THAT(AskWith(client_), IsOk());
  authority_.Revoke({client_.certificate});
  ASSERT_THAT(identity_->Reload(), IsOk());
  EXPECT_THAT(AskWith(client_), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(AskWith(authority_.IssuePeer("operator/other")), IsOk());
}

TEST_F(TlsRevocationWireTest, TellsWhomItDoesNotLetInUntilItEnds) {
  std::mutex mutex;
  std::vector<std::string> told;
  const auto all_told = [&] {
    const std::lock_guard lock(mutex);
    return told;
  };
  authority_.Revoke({client_.certificate});
  auto identity = *tls::Identity::Open(files_, "spiffe://example.org/service/identity", system_clock_);
  const auto tell = [&](const std::vector<std::string>& uris, const std::string& of,
                        const absl::Status& why) {
    const std::lock_guard lock(mutex);
    told.push_back(absl::StrCat(uris.at(0), ", ", of, ": ", why.message()));
  };
  const auto server =
      *Server::Start({.listen = "127.0.0.1:0", .credentials = identity->ForServer(tell)}, {}, {});
  ReturningClient revoked(server->address(), client_);
  ReturningClient other(server->address(), authority_.IssuePeer("operator/other"));
  EXPECT_TRUE(other.IsLetIn());
  EXPECT_FALSE(revoked.IsLetIn());
  ASSERT_EQ(all_told().size(), 1U);
  EXPECT_EQ(all_told()[0], "spiffe://example.org/operator/ops, handshake: the certificate is revoked");
  identity.reset();
  EXPECT_FALSE(revoked.IsLetIn());
  EXPECT_EQ(all_told().size(), 1U);
}

TEST_F(TlsRevocationWireTest, LetsARevokedCertificateInNoMoreWhenItResumesASession) {  // TRN-11
  ReturningClient client(server_->address(), client_);
  ASSERT_TRUE(client.IsLetIn());
  ASSERT_TRUE(client.IsLetIn());
  ASSERT_TRUE(client.resumed()) << "else this shows nothing";
  authority_.Revoke({client_.certificate});
  ASSERT_THAT(identity_->Reload(), IsOk());
  EXPECT_FALSE(client.IsLetIn());
  EXPECT_TRUE(client.resumed());
}

TEST_F(TlsRevocationWireTest, CallsNoServerWhoseCertificateIsRevoked) {  // TRN-11
  tls::Files files = authority_.IssuePeer("operator/caller");
  files.crl = files_.crl;
  const auto identity = *tls::Identity::Open(files, "", system_clock_);
  pb::ServerInfo info;
  ASSERT_TRUE(AskBy(identity->ForChannel(), &info).ok());
  authority_.Revoke({files_.certificate});
  ASSERT_THAT(identity->Reload(), IsOk());
  EXPECT_EQ(AskBy(identity->ForChannel(), &info).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsRevocationWireTest, KeepsTheLastGoodListOfRevokedCertificates) {
  authority_.Revoke({client_.certificate});
  ASSERT_THAT(identity_->Reload(), IsOk());
  testing::TempDir elsewhere;
  testing::Authority other(elsewhere.path());
  std::ofstream(files_.crl) << ContentOf(other.Revoke({}));
  EXPECT_THAT(std::string(identity_->Reload().message()), HasSubstr("not signed by the authority"));
  authority_.Revoke({}, {.made = -absl::Hours(2), .next = -absl::Hours(1)});
  EXPECT_THAT(std::string(identity_->Reload().message()), HasSubstr("out of date"));
  std::ofstream(files_.crl) << "garbage";
  EXPECT_THAT(std::string(identity_->Reload().message()), HasSubstr("no PEM list"));
  EXPECT_THAT(AskWith(client_), HasCode(absl::StatusCode::kUnavailable));
}

TEST_F(TlsRevocationWireTest, DoesNotGoBackToAnEarlierListOfRevokedCertificates) {
  authority_.Revoke({client_.certificate}, {.made = -absl::Minutes(10)});
  ASSERT_THAT(identity_->Reload(), IsOk());
  authority_.Revoke({}, {.made = -absl::Minutes(20)});
  EXPECT_THAT(std::string(identity_->Reload().message()),
              HasSubstr("crl.pem: is older than the list in use"));
  EXPECT_THAT(AskWith(client_), HasCode(absl::StatusCode::kUnavailable));
}

TEST_F(TlsRevocationWireTest, LetsNobodyInWhileTheListIsOutOfDate) {
  authority_.Revoke({}, {.next = absl::Seconds(2)});
  ASSERT_THAT(identity_->Reload(), IsOk());
  EXPECT_TRUE(Eventually([&] { return absl::IsUnavailable(AskWith(client_).status()); }));
  authority_.Revoke({});
  ASSERT_THAT(identity_->Reload(), IsOk());
  EXPECT_THAT(AskWith(client_), IsOk());
}

}  // namespace
}  // namespace tc::rpc

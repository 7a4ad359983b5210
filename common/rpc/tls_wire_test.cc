// Mutual TLS over a real connection (C-W 1–12, 15; TRN-01, TRN-03).

#include "common/rpc/tls_testing.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;

using testing::Authority;
using testing::CertificateRequest;
using testing::Refused;

class TlsWireTest : public TlsServer {};

TEST_F(TlsWireTest, KnowsThePeerByTheNameInItsCertificate) {
  ASSERT_OK_AND_ASSIGN(const pb::ServerInfo info, AskWith(authority_.IssuePeer("operator/ops")));
  EXPECT_EQ(info.service(), "operator/ops");
  EXPECT_EQ(info.profile(), "nobody");
}

TEST_F(TlsWireTest, KnowsThePersonByTheAssertion) {
  crypto::Claims claims;
  claims.audience = {kAudience};
  claims.subject = "alice";
  claims.expires_at = clock_.Now() + absl::Seconds(60);
  pb::ServerInfo info;
  ASSERT_TRUE(AskBy(RawCredentials(authority_.IssuePeer("operator/ops")), &info, signer_.Sign(claims)).ok());
  EXPECT_EQ(info.profile(), "alice");
}

TEST_F(TlsWireTest, RefusesAGoodCertificateOfTheWrongRole) {
  EXPECT_THAT(AskWith(authority_.IssuePeer("portal/web")),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

TEST_F(TlsWireTest, RefusesCertificatesThatAreNotExactlyOnePeerOfThisDomain) {
  for (const std::vector<std::string>& uris : std::vector<std::vector<std::string>>{
           {},
           {"spiffe://example.org/operator/ops", "spiffe://example.org/portal/web"},
           {"spiffe://example.org/operator/ops", "https://example.org/ops"},
           {"spiffe://other.org/operator/ops"},
           {"spiffe://example.org/operator/../operator/ops"},
           {"spiffe://example.org/operator/OPS"},
           {"spiffe://example.org/operator/%6fps"}}) {
    EXPECT_THAT(AskAs(uris), Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed))
        << uris.size();
  }
}

TEST_F(TlsWireTest, DoesNotReadTheCommonName) {
  CertificateRequest request;
  request.common_name = "spiffe://example.org/operator/ops";
  request.uris = {"spiffe://example.org/portal/web"};
  EXPECT_THAT(AskWith(authority_.Issue("cn", request)),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
}

class BadCertificate : public TlsWireTest, public ::testing::WithParamInterface<CertificateRequest> {};
TEST_P(BadCertificate, EndsInTheHandshake) {
  CertificateRequest request = GetParam();
  request.uris = {"spiffe://example.org/operator/ops"};
  EXPECT_EQ(AskWith(authority_.Issue("bad", request)).status().code(), absl::StatusCode::kUnavailable);
}
INSTANTIATE_TEST_SUITE_P(Requests, BadCertificate,
                         ::testing::Values(CertificateRequest{.common_name = "expired",
                                                              .valid_from = -absl::Hours(2),
                                                              .valid_until = -absl::Seconds(1)},
                                           CertificateRequest{.common_name = "early",
                                                              .valid_from = absl::Hours(1),
                                                              .valid_until = absl::Hours(2)},
                                           CertificateRequest{.common_name = "server only",
                                                              .usage = "serverAuth"}));

TEST_F(TlsWireTest, RefusesAnotherAuthorityNoCertificateAndPlaintext) {
  const testing::TempDir other_dir;
  Authority other(other_dir.path());
  tls::Files files = other.IssuePeer("operator/ops");
  files.ca = authority_.ca_file();
  EXPECT_EQ(AskWith(files).status().code(), absl::StatusCode::kUnavailable);

  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ContentOf(authority_.ca_file());
  pb::ServerInfo info;
  EXPECT_EQ(AskBy(grpc::SslCredentials(options), &info).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(AskBy(grpc::InsecureChannelCredentials(), &info).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsWireTest, DoesNotTalkToAServerOfAnotherAuthority) {
  const testing::TempDir other_dir;
  Authority other(other_dir.path());
  tls::Files files = authority_.IssuePeer("operator/ops");
  files.ca = other.ca_file();
  EXPECT_EQ(AskWith(files).status().code(), absl::StatusCode::kUnavailable);
}

// Whether the server ends a connection on which the client says nothing. The patience is shorter than the two
// minutes that the library gives by itself.
bool IsLetGo(const std::string& address) {
  const int fd = DialLoopback(address);
  const timeval patience{60, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char bytes[256];
  ssize_t got = 0;
  do {
    got = recv(fd, bytes, sizeof bytes, 0);  // in plaintext the server speaks first
  } while (got > 0);
  const bool ended = got == 0 || errno == ECONNRESET;
  close(fd);
  return ended;
}

TEST_F(TlsWireTest, LetsGoOfCallersWhoDoNotBegin) {
  for (const auto& credentials : {identity_->ForServer(), grpc::InsecureServerCredentials()}) {
    const auto server = *Server::Start(
        {.listen = "127.0.0.1:0", .credentials = credentials, .handshake_timeout = absl::Milliseconds(200)},
        {}, {});
    EXPECT_TRUE(IsLetGo(server->address()));
  }
}

TEST_F(TlsWireTest, SpeaksTls13Only) {
  const tls::Files client = authority_.IssuePeer("operator/ops");
  EXPECT_EQ(Shake(server_->address(), client, TLS1_3_VERSION).version, TLS1_3_VERSION);
  EXPECT_EQ(Shake(server_->address(), client, TLS1_2_VERSION).version, 0);
  EXPECT_EQ(Shake(server_->address(), client, TLS1_1_VERSION).version, 0);
}

}  // namespace
}  // namespace tc::rpc

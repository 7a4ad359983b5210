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

TEST_F(TlsWireTest, SpeaksTls13Only) {
  const tls::Files client = authority_.IssuePeer("operator/ops");
  EXPECT_EQ(Shake(server_->address(), client, TLS1_3_VERSION).version, TLS1_3_VERSION);
  EXPECT_EQ(Shake(server_->address(), client, TLS1_2_VERSION).version, 0);
  EXPECT_EQ(Shake(server_->address(), client, TLS1_1_VERSION).version, 0);
}

}  // namespace
}  // namespace tc::rpc

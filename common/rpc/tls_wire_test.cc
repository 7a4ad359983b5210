// Mutual TLS over a real connection (C-W 1–12, 15; TRN-01, TRN-03, TRN-08).

#include "common/rpc/tls.h"

#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/rpc/unary.h"
#include "common/testing/certificates.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::admin::v1;

using testing::Authority;
using testing::CertificateRequest;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::Refused;

// As InitProcess does, before gRPC reads it.
const bool kRestricted = [] {
  RestrictTls();
  return true;
}();

struct Handlers {
  absl::StatusOr<pb::ServerInfo> GetServerInfo(const Call& call, const pb::GetServerInfoRequest&) {
    pb::ServerInfo out;
    out.set_service(absl::StrCat(RoleName(call.peer.role), "/", call.peer.name));
    out.set_profile(call.person.has_value() ? call.person->account.text() : "nobody");
    return out;
  }
};

class Service final : public pb::AdminService::CallbackService {
 public:
  explicit Service(Gate& gate) : methods_(gate, pb::AdminService::service_full_name()) {}
  Reactor* GetServerInfo(Context* context, const pb::GetServerInfoRequest* in, pb::ServerInfo* out) override {
    return methods_.Serve("GetServerInfo", context, in, out, handlers_, &Handlers::GetServerInfo);
  }

 private:
  Handlers handlers_;
  Methods methods_;
};

class TlsWireTest : public ::testing::Test {
 protected:
  TlsWireTest()
      : authority_(dir_.path()),
        keys_(crypto::Keyring::ForTest({"fingerprint"}, random_)),
        signer_(*crypto::JwtSigner::Generate("k")) {
    files_ = authority_.IssuePeer("service/identity");
    crypto::JwtRules rules;
    rules.audience = kAudience;
    gate_ = std::make_unique<Gate>(
        GateOptions{},
        MutualTlsAuthenticator("example.org", {*crypto::JwtVerifier::FromJwks(signer_.Jwks()), rules}),
        *crypto::KeyedHash::Create(keys_, "fingerprint", "f"), clock_, random_);
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.credentials = *MutualTlsServerCredentials(files_);
    server_ = *Server::Start(options, {std::make_shared<Service>(*gate_)}, {});
  }
  ~TlsWireTest() override {
    gate_->Close();
    gate_->Drain();
    server_->Shutdown(absl::ZeroDuration());
  }

  grpc::Status AskBy(const std::shared_ptr<grpc::ChannelCredentials>& credentials, pb::ServerInfo* info,
                     const std::string& token = "") {
    const auto stub = pb::AdminService::NewStub(grpc::CreateChannel(server_->address(), credentials));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
    return stub->GetServerInfo(&context, {}, info);
  }
  absl::StatusOr<pb::ServerInfo> AskWith(const TlsFiles& files) {
    const auto credentials = MutualTlsCredentials(files);
    if (!credentials.ok()) return credentials.status();
    pb::ServerInfo info;
    const grpc::Status status = AskBy((*credentials)->Channel(), &info);
    if (!status.ok()) return FromWire(status);
    return info;
  }
  absl::StatusOr<pb::ServerInfo> AskAs(const std::vector<std::string>& uris) {
    CertificateRequest request;
    request.uris = uris;
    return AskWith(authority_.Issue("client", request));
  }

  testing::TempDir dir_;
  testing::FakeClock clock_;
  testing::FakeRandom random_;
  Authority authority_;
  crypto::Keyring keys_;
  crypto::JwtSigner signer_;
  TlsFiles files_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<Server> server_;
};

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
  const auto credentials = *MutualTlsCredentials(authority_.IssuePeer("operator/ops"));
  ASSERT_TRUE(AskBy(credentials->Channel(), &info, signer_.Sign(claims)).ok());
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
  TlsFiles files = other.IssuePeer("operator/ops");
  files.ca = authority_.ca_file();
  EXPECT_EQ(AskWith(files).status().code(), absl::StatusCode::kUnavailable);

  std::ifstream in(authority_.ca_file());
  grpc::SslCredentialsOptions options;
  options.pem_root_certs.assign(std::istreambuf_iterator<char>(in), {});
  pb::ServerInfo info;
  EXPECT_EQ(AskBy(grpc::SslCredentials(options), &info).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(AskBy(grpc::InsecureChannelCredentials(), &info).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsWireTest, DoesNotTalkToAServerOfAnotherAuthority) {
  const testing::TempDir other_dir;
  Authority other(other_dir.path());
  TlsFiles files = authority_.IssuePeer("operator/ops");
  files.ca = other.ca_file();
  EXPECT_EQ(AskWith(files).status().code(), absl::StatusCode::kUnavailable);
}

// A bare TLS client: the version that was agreed on and the server's serial number; 0 when the handshake
// failed.
struct Handshake {
  int version = 0;
  long serial = 0;
};
Handshake Shake(const std::string& address, const TlsFiles& files, int max_version) {
  Handshake result;
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, max_version);
  SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str());
  SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  int port = 0;
  if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) std::abort();
  to.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  SSL* ssl = SSL_new(context);
  const unsigned char h2[] = "\x02h2";
  SSL_set_alpn_protos(ssl, h2, 3);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0 && SSL_set_fd(ssl, fd) == 1 &&
      SSL_connect(ssl) == 1) {
    result.version = SSL_version(ssl);
    X509* certificate = SSL_get1_peer_certificate(ssl);
    result.serial = ASN1_INTEGER_get(X509_get_serialNumber(certificate));
    X509_free(certificate);
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  close(fd);
  return result;
}

TEST_F(TlsWireTest, SpeaksTls13Only) {
  const TlsFiles client = authority_.IssuePeer("operator/ops");
  EXPECT_EQ(Shake(server_->address(), client, TLS1_3_VERSION).version, TLS1_3_VERSION);
  EXPECT_EQ(Shake(server_->address(), client, TLS1_2_VERSION).version, 0);
  EXPECT_EQ(Shake(server_->address(), client, TLS1_1_VERSION).version, 0);
}

TEST_F(TlsWireTest, ServesANewCertificateWithoutARestart) {
  const TlsFiles client = authority_.IssuePeer("operator/ops");
  const long before = Shake(server_->address(), client, TLS1_3_VERSION).serial;
  authority_.IssuePeer("service/identity");
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  long now = before;
  while ((now == before || now == 0) && absl::Now() < patience)
    now = Shake(server_->address(), client, TLS1_3_VERSION).serial;
  EXPECT_GT(now, before);
  EXPECT_THAT(AskWith(client), IsOk());
}

TEST_F(TlsWireTest, NamesTheFileThatIsWrong) {
  TlsFiles files = files_;
  files.ca = "/no/such/ca.pem";
  EXPECT_THAT(std::string(CheckTlsFiles(files).message()), HasSubstr("/no/such/ca.pem"));
  files = files_;
  files.certificate = files_.private_key;
  EXPECT_THAT(std::string(CheckTlsFiles(files).message()), HasSubstr("holds no PEM certificate"));
  files = files_;
  files.private_key = authority_.IssuePeer("operator/ops").private_key;
  EXPECT_THAT(std::string(CheckTlsFiles(files).message()), HasSubstr("is not the key of"));
  files = files_;
  files.private_key = files_.certificate;
  EXPECT_THAT(std::string(CheckTlsFiles(files).message()), HasSubstr("holds no PEM private key"));
}

TEST_F(TlsWireTest, TakesNoRsaCertificateSinceThatWouldLetTls12In) {
  CertificateRequest request;
  request.rsa = true;
  EXPECT_THAT(std::string(CheckTlsFiles(authority_.Issue("rsa", request)).message()),
              HasSubstr("elliptic-curve"));
}

}  // namespace
}  // namespace tc::rpc

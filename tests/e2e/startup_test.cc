// What is insecure does not start in production, and says why: one table, against the real programs (CFG-02,
// TRN-02, TRN-03, TRN-14, TRN-15, SES-06).

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "absl/strings/match.h"
#include "common/testing/status.h"
#include "tests/e2e/production_world.h"
#include "tests/e2e/web.h"

namespace tc::e2e {
namespace {

using dev::Service;
using ::testing::HasSubstr;
using Line = std::vector<std::string>;
using testing::CertificateRequest;

class StartupTest : public ProductionWorld {
 public:
  using ProductionWorld::suite;

  // A command line that would start but for its ports, on a store of its own.
  static Line Good(Service service) {
    return With(suite().CommandLine(service), "--data", files_->path() + "/data");
  }
  static Line With(Line line, const std::string& flag, const std::string& value) {
    line = Without(std::move(line), flag);
    line.push_back(absl::StrCat(flag, "=", value));
    return line;
  }
  static Line Without(Line line, const std::string& flag) {
    std::erase_if(line, [&](const std::string& arg) { return absl::StartsWith(arg, flag + "="); });
    return line;
  }
  static Line WithTls(Line line, const tls::Files& files) {
    line = With(std::move(line), "--tls-cert", files.certificate);
    return With(std::move(line), "--tls-key", files.private_key);
  }
  static Line Certified(Line line, CertificateRequest request) {
    if (request.uris.empty()) request.uris = {"spiffe://example.org/service/otp"};
    return WithTls(std::move(line), authority_->Issue("bad", request));
  }
  static std::string File(const std::string& name, const std::string& content, mode_t mode = 0600) {
    return files_->Write(name, content, mode);
  }
  static testing::Authority& other_authority() { return *authority_of_others_; }
  static const testing::TempDir& files() { return *files_; }

 protected:
  static void SetUpTestSuite() {
    ProductionWorld::SetUpTestSuite();
    files_ = std::make_unique<testing::TempDir>();
    authority_ = &suite().authority();
    others_ = std::make_unique<testing::TempDir>();
    authority_of_others_ = std::make_unique<testing::Authority>(others_->path());
  }
  static void TearDownTestSuite() {
    authority_of_others_.reset();
    others_.reset();
    files_.reset();
    ProductionWorld::TearDownTestSuite();
  }

  inline static std::unique_ptr<testing::TempDir> files_, others_;
  inline static testing::Authority* authority_ = nullptr;
  inline static std::unique_ptr<testing::Authority> authority_of_others_;
};

struct Row {
  const char* what;
  std::function<Line(Line)> change;
  const char* said;
  const char* variable = nullptr;
  const char* value = "x";
};
using T = StartupTest;

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {"messages into a directory",
       [](Line l) { return T::With(T::Without(l, "--providers"), "--spool", T::files() / "spool"); },
       "--spool"},
      {"the key of development", [](Line l) { return T::With(l, "--dev-key", "/d/dev.pem"); }, "--dev-key"},
      {"a clock set forward", [](Line l) { return T::With(l, "--clock-offset", "5"); }, "--clock-offset"},
      {"plaintext on every address",
       [](Line l) { return T::With(T::With(l, "--profile", "dev"), "--listen", "0.0.0.0:1"); },
       "--profile dev only a loopback"},
      {"no certificate", [](Line l) { return T::Without(l, "--tls-cert"); }, "--tls-cert is required"},
      {"no issuer", [](Line l) { return T::Without(l, "--issuer"); }, "--issuer is required"},
      {"a malformed trust domain", [](Line l) { return T::With(l, "--trust-domain", "Example.org/x"); },
       "--trust-domain Example.org/x"},
      {"another trust domain", [](Line l) { return T::With(l, "--trust-domain", "example.com"); },
       "must have the one URI name spiffe://example.com/service/otp"},
      {"a key that others may read",
       [](Line l) {
         const tls::Files files = T::suite().authority().IssuePeer("service/otp");
         return T::With(l, "--tls-key", T::File("open.key", Contents(files.private_key), 0644));
       },
       "mode 0644 lets others read the key"},
      {"the key of another certificate",
       [](Line l) { return T::With(l, "--tls-key", T::suite().FilesOf("operator/ops").private_key); },
       "is not the key of"},
      {"an expired certificate",
       [](Line l) {
         return T::Certified(l, {.valid_from = -absl::Hours(2), .valid_until = -absl::Hours(1)});
       },
       "has expired at"},
      {"a certificate for later",
       [](Line l) { return T::Certified(l, {.valid_from = absl::Hours(1), .valid_until = absl::Hours(2)}); },
       "is valid from"},
      {"a certificate of another service",
       [](Line l) { return T::WithTls(l, T::suite().FilesOf("service/identity")); },
       "must have the one URI name"},
      {"a certificate with two names",
       [](Line l) {
         return T::Certified(
             l, {.uris = {"spiffe://example.org/service/otp", "spiffe://example.org/operator/ops"}});
       },
       "must have the one URI name"},
      {"a certificate for servers only", [](Line l) { return T::Certified(l, {.usage = "serverAuth"}); },
       "serverAuth and clientAuth"},
      {"an RSA certificate", [](Line l) { return T::Certified(l, {.rsa = true}); }, "elliptic-curve"},
      {"a certificate of another authority",
       [](Line l) { return T::WithTls(l, T::other_authority().IssuePeer("service/otp")); },
       "does not lead to an authority"},
      {"another authority's list of revoked certificates",
       [](Line l) { return T::With(l, "--tls-crl", T::other_authority().Revoke({})); }, "is not signed by"},
      {"no list where one is named", [](Line l) { return T::With(l, "--tls-crl", "/no/such/list"); },
       "/no/such/list: cannot be read"},
      {"authorities that everybody may write",
       [](Line l) {
         return T::With(l, "--tls-ca", T::File("open.pem", Contents(T::suite().authority().ca_file()), 0666));
       },
       "everybody may write it"},
      {"an authority without a list of revoked certificates",
       [](Line l) {
         return T::With(l, "--tls-ca",
                        T::File("both.pem", absl::StrCat(Contents(T::suite().authority().ca_file()),
                                                         Contents(T::other_authority().ca_file()))));
       },
       "has no list of"},
      {"issuers' keys that everybody may write",
       [](Line l) { return T::With(l, "--jwks", T::File("open.jwks", T::suite().issuer().Jwks(), 0666)); },
       "everybody may write it"},
      {"an issuer's private key",
       [](Line l) {
         std::string jwks = T::suite().issuer().Jwks();
         jwks.insert(jwks.find("\"kty\""), "\"d\":\"c2VjcmV0\",");
         return T::With(l, "--jwks", T::File("private.jwks", jwks));
       },
       "it is a private key"},
      {"a symmetric key of an issuer",
       [](Line l) {
         return T::With(
             l, "--jwks",
             T::File("oct.jwks",
                     R"({"keys": [{"kty": "oct", "kid": "s", "alg": "HS256", "k": "c2VjcmV0"}]})"));
       },
       "is not one of OKP Ed25519, EC P-256"},
      {"keys inside the data", [](Line l) { return T::With(l, "--keys", T::files() / "data/keys"); },
       "--keys must not be inside --data"},
      {"health where calls are taken",
       [](Line l) { return T::With(l, "--health", T::suite().TargetOf(Service::kOtp)); },
       "must not be the address of --listen"},
      {"health for other machines", [](Line l) { return T::With(l, "--health", "0.0.0.0:1"); },
       "--health 0.0.0.0:1: must be a loopback"},
      {"data that others may enter",
       [](Line l) {
         std::filesystem::create_directory(T::files() / "open-data");
         ::chmod((T::files() / "open-data").c_str(), 0755);
         return T::With(l, "--data", T::files() / "open-data");
       },
       "open-data: mode 0755 lets others in; chmod 0700"},
      {"a log of TLS keys", nullptr, "SSLKEYLOGFILE is set", "SSLKEYLOGFILE"},
      {"a trace of gRPC", nullptr, "GRPC_TRACE is set", "GRPC_TRACE"},
      {"all that gRPC says", nullptr, "GRPC_VERBOSITY=debug is set", "GRPC_VERBOSITY", "debug"},
      {"other ciphers", nullptr, "GRPC_SSL_CIPHER_SUITES is set", "GRPC_SSL_CIPHER_SUITES", "HIGH"},
      {"settings of OpenSSL", nullptr, "OPENSSL_CONF is set", "OPENSSL_CONF", "/no/such/openssl.cnf"},
      {"other authorities", nullptr, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH is set",
       "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"},
  };
  return rows;
}

TEST_F(StartupTest, IsRefusedForWhateverIsInsecureAndNamesIt) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.what);
    const Line line = row.change ? row.change(Good(Service::kOtp)) : Good(Service::kOtp);
    const std::string log = files() / "log";
    std::filesystem::remove(log);
    const char* const before = row.variable == nullptr ? nullptr : std::getenv(row.variable);
    const std::string kept = before == nullptr ? "" : before;
    if (row.variable != nullptr) ::setenv(row.variable, row.value, 1);
    auto process = dev::Process::Start(line, log);
    if (row.variable != nullptr) {
      before == nullptr ? ::unsetenv(row.variable) : ::setenv(row.variable, kept.c_str(), 1);
    }
    ASSERT_TRUE(process.ok());
    EXPECT_TRUE(Eventually([&] { return !process->Running(); })) << "it runs";
    EXPECT_THAT(Contents(log), HasSubstr(row.said));
    EXPECT_THAT(process->Stop(absl::Seconds(5)), ::testing::AnyOf(1, 2));
  }
}

TEST_F(StartupTest, SaysWhatEverybodyWhoReachesItCanRead) {
  Line line = With(Good(Service::kOtp), "--health", absl::StrCat("0.0.0.0:", FreePort()));
  line = With(With(line, "--listen", "127.0.0.1:0"), "--metrics", "127.0.0.1:0");
  line.push_back("--health-beyond-loopback");
  const std::string log = files() / "open.log";
  auto process = dev::Process::Start(line, log);
  ASSERT_TRUE(process.ok());
  EXPECT_TRUE(Eventually([&] { return absl::StrContains(Contents(log), "--health 0.0.0.0:"); }))
      << Contents(log);
  EXPECT_EQ(process->Stop(absl::Seconds(25)), 0) << Contents(log);
}

}  // namespace
}  // namespace tc::e2e

#pragma once

// ProductionSuite: the four real programs in the production profile on ports of loopback: mutual TLS with
// certificates of a test's authority, persons' assertions by an issuer whose key the test has, messages
// through a stub gateway, health and metrics on ports of their own. A test may write certificates,
// revocations and issuers' keys anew while it runs.
//
// Not thread-safe but for what gives channels, credentials and assertions; children end with the thread that
// started them.

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/crypto/jwt.h"
#include "common/testing/certificates.h"
#include "common/testing/temp_dir.h"
#include "tests/e2e/stub_gateway.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/people.h"

namespace tc::e2e {

inline constexpr char kIssuer[] = "https://idp.example";

struct ProductionOptions {
  std::vector<std::string> set = dev::GenerousLimits();
  std::map<dev::Service, std::vector<std::string>> flags = {};  // further flags
};

class ProductionSuite {
 public:
  // Waits until every health port says SERVING.
  static absl::StatusOr<std::unique_ptr<ProductionSuite>> Start(ProductionOptions options = {});
  ~ProductionSuite();

  // ---- where
  std::string TargetOf(dev::Service service) const;   // "127.0.0.1:…", mutual TLS
  std::string HealthOf(dev::Service service) const;   // "127.0.0.1:…", plaintext
  std::string MetricsOf(dev::Service service) const;  // "http://127.0.0.1:…/metrics"
  std::string LogOf(dev::Service service) const;

  // ---- certificates
  // Issues in the files' directory; IssuePeer("service/otp") renews what otp watches.
  testing::Authority& authority() { return authority_; }
  // Of the peer "portal/demo", issued at the first use.
  tls::Files FilesOf(const std::string& peer);
  // Of whatever these files hold now; OpenSSL limited to nothing but what gRPC does.
  static std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const tls::Files& files);
  // A connection of its own.
  std::shared_ptr<grpc::Channel> ChannelOf(dev::Service service, const tls::Files& files) const;
  // The one connection of this peer to this service, made at the first use.
  std::shared_ptr<grpc::Channel> ChannelOf(dev::Service service, const std::string& peer);
  // The list of revoked certificates that all four watch; empty at the start. Holds these only.
  void Revoke(const std::vector<std::string>& certificates) { authority_.Revoke(certificates); }

  // ---- persons
  const crypto::JwtSigner& issuer() const { return issuer_; }
  const std::string& jwks_file() const { return jwks_file_; }  // watched by all four
  // The person's assertion, good for 50 s; without "Bearer ".
  std::string Assertion(const std::string& account,
                        absl::Duration signed_in_for = absl::ZeroDuration()) const;

  // ---- calls as anybody: dev::Caller::peer chooses the certificate, account the assertion
  dev::SuiteClients& clients() { return *clients_; }
  dev::People People() { return dev::People(*clients_, spool_); }

  // ---- processes
  absl::Status Start(dev::Service service, const std::vector<std::string>& flags = {});
  int Stop(dev::Service service) { return processes_.at(service).Stop(absl::Seconds(25)); }
  bool Running(dev::Service service) { return processes_.at(service).Running(); }
  pid_t PidOf(dev::Service service) const { return processes_.at(service).pid(); }
  bool Healthy(dev::Service service) const;
  std::vector<std::string> CommandLine(dev::Service service) const;

 private:
  explicit ProductionSuite(ProductionOptions options);
  absl::Status Prepare();
  absl::Status MakeKeys(dev::Service service);
  std::string Providers() const;
  absl::Status WaitUntilServing(dev::Service service);

  struct Ports {
    int main = 0;
    int health = 0;
    int metrics = 0;
  };

  const testing::TempDir dir_;
  ProductionOptions options_;
  testing::Authority authority_;
  const crypto::JwtSigner issuer_;
  const std::string jwks_file_;
  std::string bin_;
  std::map<dev::Service, Ports> ports_;
  std::unique_ptr<StubGateway> gateway_;
  dev::Spool spool_;
  mutable std::mutex mutex_;
  std::map<std::string, tls::Files> files_;  // by peer
  std::map<std::pair<dev::Service, std::string>, std::shared_ptr<grpc::Channel>> channels_;
  std::unique_ptr<dev::SuiteClients> clients_;
  std::map<dev::Service, dev::Process> processes_;
};

}  // namespace tc::e2e

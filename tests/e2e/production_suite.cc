#include "tests/e2e/production_suite.h"

#include <grpc/health/v1/health.grpc.pb.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/crypto/key_files.h"
#include "common/env/random.h"
#include "common/rpc/credentials.h"
#include "common/tls/ciphers.h"
#include "tests/e2e/web.h"
#include "tools/tcctl/tls_access.h"

namespace tc::e2e {
namespace {

namespace fs = std::filesystem;
namespace health = grpc::health::v1;
using dev::Service;

std::string PeerName(Service service) { return absl::StrCat("service/", dev::NameOf(service)); }

std::string Local(int port) { return absl::StrCat("127.0.0.1:", port); }

// Whoever calls, with his own certificate.
class AnyPeer final : public dev::Access {
 public:
  AnyPeer(ProductionSuite& suite, Service service) : suite_(suite), service_(service) {}

  std::shared_ptr<grpc::Channel> ChannelOf(const dev::Caller& caller) override {
    return suite_.ChannelOf(service_, caller.peer);
  }
  std::string AuthorizationOf(const dev::Caller& caller) override {
    if (caller.account.empty()) return "";
    return absl::StrCat("Bearer ", suite_.Assertion(caller.account, caller.signed_in_for));
  }

 private:
  ProductionSuite& suite_;
  const Service service_;
};

}  // namespace

ProductionSuite::ProductionSuite(ProductionOptions options)
    : options_(std::move(options)),
      authority_(dir_.path()),
      issuer_(*crypto::JwtSigner::Generate("idp-1")),
      jwks_file_(dir_.Write("issuer.jwks", issuer_.Jwks(), 0644)),
      bin_((fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "bin").string()),
      spool_("") {}

ProductionSuite::~ProductionSuite() {
  clients_.reset();
  channels_.clear();
  for (auto& [service, process] : processes_) process.AskToStop();
}

absl::StatusOr<std::unique_ptr<ProductionSuite>> ProductionSuite::Start(ProductionOptions options) {
  tls::Restrict();
  // A machine of developers may have these; production refuses them.
  for (const char* variable : {"SSLKEYLOGFILE", "GRPC_TRACE", "GRPC_VERBOSITY",
                               "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "OPENSSL_CONF", "OPENSSL_MODULES"})
    unsetenv(variable);
  std::unique_ptr<ProductionSuite> suite(new ProductionSuite(std::move(options)));
  TRY(suite->Prepare());
  for (const Service service : dev::kServices) TRY(suite->MakeKeys(service));
  for (const Service service : dev::kServices) {
    suite->processes_.emplace(service,
                              TRY(dev::Process::Start(suite->CommandLine(service), suite->LogOf(service))));
  }
  for (const Service service : dev::kServices) TRY(suite->WaitUntilServing(service));
  return suite;
}

absl::Status ProductionSuite::Prepare() {
  gateway_ = TRY(StubGateway::Start("https", authority_));
  spool_ = dev::Spool(gateway_->spool());
  dir_.Write("gateway.secret", "bearer");
  dir_.Write("providers.json", Providers());
  authority_.Revoke({});
  const crypto::JwtSigner proofs = TRY(crypto::JwtSigner::Generate("proof"));
  dir_.Write("proof.pem", proofs.ToPem());
  dir_.Write("proof.jwks", proofs.Jwks());
  std::map<Service, std::shared_ptr<dev::Access>> access;
  for (const Service service : dev::kServices) {
    ports_[service] = {FreePort(), FreePort(), FreePort()};
    FilesOf(PeerName(service));
    access[service] = std::make_shared<AnyPeer>(*this, service);
  }
  clients_ = std::make_unique<dev::SuiteClients>(access);
  return absl::OkStatus();
}

std::string ProductionSuite::Providers() const {
  return absl::StrCat(R"({"allowed_hosts": ["127.0.0.1"], "providers": [{"name": "stub", "kind": "webhook",
    "preset": "generic", "channels": ["SMS"], "secret_file": ")",
                      dir_ / "gateway.secret", R"(", "ca_file": ")", authority_.ca_file(),
                      R"(", "request": {"url": "https://127.0.0.1:)", gateway_->port(), R"(/messages"}}]})");
}

// A program without keys says which it wants.
absl::Status ProductionSuite::MakeKeys(Service service) {
  const std::string keys = absl::StrCat(dir_.path(), "/", dev::NameOf(service), "-keys");
  const std::string log = absl::StrCat(dir_.path(), "/", dev::NameOf(service), "-first.log");
  fs::create_directories(keys);
  dev::Process without_keys = TRY(dev::Process::Start(CommandLine(service), log));
  Eventually([&] { return !without_keys.Running(); });
  const std::string said = Contents(log);
  const std::vector<std::string> parts = absl::StrSplit(said, absl::MaxSplits("no key for ", 1));
  if (parts.size() != 2) return absl::UnavailableError(absl::StrCat("it wants no keys, but says: ", said));
  SystemRandom random;
  for (const absl::string_view purpose : absl::StrSplit(absl::StripAsciiWhitespace(parts[1]), ", "))
    TRY(crypto::EnsureKey(keys, purpose, random));
  return absl::OkStatus();
}

std::vector<std::string> ProductionSuite::CommandLine(Service service) const {
  const std::string name(dev::NameOf(service));
  const Ports& ports = ports_.at(service);
  const tls::Files& files = files_.at(PeerName(service));
  std::vector<std::string> line = {absl::StrCat(bin_, "/tc-", name),
                                   "--listen=" + TargetOf(service),
                                   "--health=" + HealthOf(service),
                                   "--metrics=" + Local(ports.metrics),
                                   "--data=" + (dir_ / name),
                                   "--keys=" + (dir_ / (name + "-keys")),
                                   "--jwks=" + jwks_file_,
                                   absl::StrCat("--issuer=", kIssuer),
                                   "--tls-cert=" + files.certificate,
                                   "--tls-key=" + files.private_key,
                                   "--tls-ca=" + files.ca,
                                   "--tls-crl=" + (dir_ / "crl.pem"),
                                   "--trust-domain=example.org"};
  for (const Service peer : dev::PeersOf(service))
    line.push_back(absl::StrCat("--peer=", dev::NameOf(peer), "=", TargetOf(peer)));
  if (service == Service::kIdentity) {
    line.insert(line.end(), {"--recovery-jwks=" + (dir_ / "proof.jwks"), "--argon2-memory-kib=19456",
                             "--argon2-passes=2"});
  } else if (service == Service::kRecovery) {
    line.insert(line.end(),
                {"--proof-key=" + (dir_ / "proof.pem"), absl::StrCat("--not-me-url=", dev::kNotMeUrl)});
  } else if (service == Service::kOtp) {
    line.push_back("--providers=" + (dir_ / "providers.json"));
  }
  for (const std::string& value : options_.set) line.push_back("--set=" + value);
  const auto more = options_.flags.find(service);
  if (more != options_.flags.end()) line.insert(line.end(), more->second.begin(), more->second.end());
  return line;
}

std::string ProductionSuite::TargetOf(Service service) const { return Local(ports_.at(service).main); }
std::string ProductionSuite::HealthOf(Service service) const { return Local(ports_.at(service).health); }
std::string ProductionSuite::MetricsOf(Service service) const {
  return absl::StrCat("http://", Local(ports_.at(service).metrics), "/metrics");
}
std::string ProductionSuite::LogOf(Service service) const {
  return absl::StrCat(dir_.path(), "/", dev::NameOf(service), ".log");
}

tls::Files ProductionSuite::FilesOf(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto [found, absent] = files_.try_emplace(peer);
  if (absent) found->second = authority_.IssuePeer(peer);
  return found->second;
}

std::shared_ptr<grpc::ChannelCredentials> ProductionSuite::CredentialsOf(const tls::Files& files) {
  return *dev::TlsCredentials(files);
}

std::shared_ptr<grpc::Channel> ProductionSuite::ChannelOf(Service service, const tls::Files& files) const {
  return dev::Connect(TargetOf(service), CredentialsOf(files));
}

std::shared_ptr<grpc::Channel> ProductionSuite::ChannelOf(Service service, const std::string& peer) {
  const tls::Files files = FilesOf(peer);
  const std::lock_guard lock(mutex_);
  std::shared_ptr<grpc::Channel>& channel = channels_[{service, peer}];
  if (channel == nullptr) channel = ChannelOf(service, files);
  return channel;
}

std::string ProductionSuite::Assertion(const std::string& account, absl::Duration signed_in_for) const {
  const absl::Time now = absl::Now();
  crypto::Claims claims;
  claims.issuer = kIssuer;
  claims.audience = {rpc::kAudience};
  claims.subject = account;
  claims.issued_at = now;
  claims.auth_time = now - signed_in_for;
  claims.expires_at = now + absl::Seconds(50);
  claims.session = absl::StrCat("session-of-", account);
  return issuer_.Sign(claims);
}

absl::Status ProductionSuite::Start(Service service, const std::vector<std::string>& flags) {
  std::vector<std::string> line = CommandLine(service);
  line.insert(line.end(), flags.begin(), flags.end());
  processes_.erase(service);
  processes_.emplace(service, TRY(dev::Process::Start(line, LogOf(service))));
  return WaitUntilServing(service);
}

bool ProductionSuite::Healthy(Service service) const {
  health::Health::Stub stub(dev::Connect(HealthOf(service)));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  context.set_wait_for_ready(true);
  health::HealthCheckResponse response;
  return stub.Check(&context, {}, &response).ok() &&
         response.status() == health::HealthCheckResponse::SERVING;
}

absl::Status ProductionSuite::WaitUntilServing(Service service) {
  const bool serving = Eventually([&] { return Healthy(service) || !Running(service); });
  if (serving && Running(service)) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("tc-", dev::NameOf(service), " does not serve: ", Contents(LogOf(service))));
}

}  // namespace tc::e2e

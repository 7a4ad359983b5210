#include "common/testing/wire.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/hmac.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/credentials.h"
#include "common/rpc/server.h"

namespace tc::testing {
namespace {

constexpr absl::Duration kLifetime = absl::Hours(12);

// A test that cannot be set up must stop with the reason.
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "wire test: %s\n", result.status().ToString().c_str());
    std::abort();
  }
  return *std::move(result);
}

rpc::PersonRules RulesOf(const crypto::JwtSigner& signer) {
  crypto::JwtRules rules;
  rules.audience = rpc::kAudience;
  rules.issuer = rpc::kDevelopmentIssuer;
  rules.max_lifetime = kLifetime;
  return {Must(crypto::JwtVerifier::FromJwks(signer.Jwks())), rules};
}

}  // namespace

rpc::GateOptions WithoutRates() {
  rpc::GateOptions options;
  options.peer_rate = {};
  options.person_rate = {};
  return options;
}

WireServer::WireServer(rpc::GateOptions options)
    : keys_(crypto::Keyring::ForTest({"page", "fingerprint"}, random_)),
      signer_(Must(crypto::JwtSigner::Generate(rpc::kDevelopmentKid))),
      gate_(std::make_unique<rpc::Gate>(
          std::move(options), rpc::DevelopmentAuthenticator(RulesOf(signer_)),
          Must(crypto::KeyedHash::Create(keys_, "fingerprint", "tc/fingerprint/v1")), clock_, random_)),
      target_(absl::StrCat("unix:", dir_.path(), "/server.sock")) {}

WireServer::~WireServer() { Stop(); }

rpc::Pager WireServer::Pager() const {
  return rpc::Pager(Must(crypto::KeyedHash::Create(keys_, "page", "tc/page/v1")));
}

void WireServer::Serve(std::vector<std::shared_ptr<grpc::Service>> services) {
  rpc::ServerOptions options;
  options.listen = target_;
  options.credentials = grpc::InsecureServerCredentials();
  server_ = Must(rpc::Server::Start(options, std::move(services), {}));
  channel_ = grpc::CreateChannel(target_, grpc::InsecureChannelCredentials());
}

void WireServer::Restart(std::vector<std::shared_ptr<grpc::Service>> services) {
  server_->Shutdown(absl::ZeroDuration());
  Serve(std::move(services));
}

void WireServer::Stop() {
  gate_->Close();
  gate_->Drain();
  if (server_ != nullptr) server_->Shutdown(absl::Milliseconds(100));
  server_.reset();
}

std::string WireServer::Token(absl::string_view peer, absl::string_view person) const {
  crypto::Claims claims;
  claims.issuer = rpc::kDevelopmentIssuer;
  claims.audience = {rpc::kAudience};
  claims.subject = std::string(person);
  claims.issued_at = clock_.Now();
  claims.auth_time = clock_.Now();
  claims.expires_at = clock_.Now() + absl::Minutes(5);
  claims.session = "session";
  claims.extra["peer"] = std::string(peer);
  return signer_.Sign(claims);
}

std::unique_ptr<grpc::ClientContext> WireServer::Context(absl::string_view peer,
                                                         absl::string_view person) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", absl::StrCat("Bearer ", Token(peer, person)));
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  return context;
}

std::unique_ptr<rpc::PeerChannel> WireServer::Peer(const std::string& name, const std::string& as) const {
  return std::make_unique<rpc::PeerChannel>(
      name, target_, rpc::DevelopmentCredentials(absl::StrCat("service/", as), signer_, clock_));
}

}  // namespace tc::testing

#include "common/rpc/ports.h"

#include <grpcpp/security/server_credentials.h>

#include <atomic>
#include <utility>

#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/rpc/authenticator.h"
#include "common/tls/proof.h"

namespace tc::rpc {
namespace {

bool MayReflect(const std::string& trust_domain, const std::vector<std::string>& peer_uris) {
  const absl::StatusOr<Peer> peer = PeerOf(trust_domain, peer_uris);
  return peer.ok() && (peer->role == Role::kOperator || peer->role == Role::kMonitor);
}

// `proven`: set once callers may be believed to be who they say.
ServerOptions MainPort(const Flags& flags, std::shared_ptr<grpc::ServerCredentials> credentials,
                       const OnRefused& on_refused, const std::shared_ptr<const std::atomic<bool>>& proven) {
  ServerOptions options;
  options.listen = flags.listen;
  options.credentials = std::move(credentials);
  options.reflection = flags.reflection;
  options.serving = false;
  if (on_refused) {
    options.on_unknown = [on_refused](const std::vector<std::string>& peer_uris) {
      on_refused(peer_uris, "unknown", absl::UnimplementedError("no such method"));
    };
  }
  if (flags.development) return options;
  options.limit_connection_age = true;
  options.health = false;
  if (flags.reflection) {
    options.may_reflect = [domain = flags.trust_domain, on_refused,
                           proven](const std::vector<std::string>& peer_uris) {
      if (!*proven) return false;
      const bool may = MayReflect(domain, peer_uris);
      if (!may && on_refused) on_refused(peer_uris, "reflection", absl::PermissionDeniedError("not for him"));
      return may;
    };
  }
  return options;
}

ServerOptions HealthPort(const Flags& flags) {
  ServerOptions options;
  options.listen = flags.health;
  options.credentials = grpc::InsecureServerCredentials();
  options.serving = false;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Ports>> Ports::Open(const Flags& flags,
                                                   std::shared_ptr<grpc::ServerCredentials> credentials,
                                                   std::vector<std::shared_ptr<grpc::Service>> services,
                                                   const std::vector<std::string>& names,
                                                   const OnRefused& on_refused,
                                                   const std::function<void()>& on_proven) {
  std::unique_ptr<Ports> ports(new Ports);
  const auto proven = std::make_shared<std::atomic<bool>>(false);
  *proven = flags.development;  // nothing is proven there, and nobody need wait
  if (*proven && on_proven) on_proven();
  if (!flags.health.empty()) ports->health_ = TRY(Server::Start(HealthPort(flags), {}, names));
  ports->main_ = TRY(
      Server::Start(MainPort(flags, std::move(credentials), on_refused, proven), std::move(services), names));
  if (!*proven) {
    TRY(tls::Prove(ports->address(), flags.tls));
    if (on_proven) on_proven();
    *proven = true;
  }
  ports->SetServing(true);
  return ports;
}

void Ports::TellOf(kv::Database& database) {
  const bool answers = database.View([](kv::ReadTxn&) { return absl::OkStatus(); }).ok();
  if (answers == serving_) return;
  if (!answers) obs::Error("the store has failed: not serving until the next start");
  SetServing(answers);
}

void Ports::SetServing(bool serving) {
  serving_ = serving;
  main_->SetServing(serving);
  if (health_ != nullptr) health_->SetServing(serving);
}

void Ports::Leave() {
  main_->Leave();
  if (health_ != nullptr) health_->Leave();
}

void Ports::Shutdown(absl::Duration grace) {
  main_->Shutdown(grace);
  if (health_ != nullptr) health_->Shutdown(grace);
}

}  // namespace tc::rpc

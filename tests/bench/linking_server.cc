#include "tests/bench/linking_server.h"

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/crypto/keyring.h"
#include "common/crypto/sealer.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/credentials.h"
#include "common/rpc/gate.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/rpc/server.h"
#include "services/linking/outbound/identity_peer.h"
#include "services/linking/rpc/handlers.h"
#include "services/linking/rpc/service.h"
#include "tests/bench/stop_signal.h"

namespace tc::bench {

namespace {

using linking::EligibilityRole;

class WillingIdentity final : public linking::IdentityPeer {
 public:
  absl::StatusOr<linking::Eligibility> CheckEligibility(const AccountId&, EligibilityRole,
                                                        absl::Time) override {
    return linking::Eligibility{true, {}};
  }
  absl::StatusOr<linking::Match> MatchContact(const AccountId&, const linking::FirstName&, const Phone& phone,
                                              absl::Time) override {
    linking::Match match;
    match.account = AccountId::FromTrusted(OwnerOf(phone.e164()));
    match.masked_name = "Мария С.";
    return match;
  }
  void AskForAcceptance(const linking::AcceptanceQuestion& question, absl::Time deadline,
                        Told told) override {
    linking::AcceptanceFacts facts;
    facts.contact = CheckEligibility(question.contact, EligibilityRole::kContact, deadline);
    facts.match = MatchContact(question.principal, question.first_name, question.phone, deadline);
    facts.principal = CheckEligibility(question.principal, EligibilityRole::kPrincipal, deadline);
    std::move(told)(std::move(facts));
  }
  absl::StatusOr<std::string> MaskedName(const AccountId&, absl::Time) override {
    return std::string("Иван П.");
  }
  absl::StatusOr<linking::Conflicts> CompareAccounts(const AccountId&, const AccountId&,
                                                     absl::Time) override {
    return linking::Conflicts();
  }
  absl::Status Notify(const linking::Notice&, const std::string&, absl::Time) override {
    return absl::OkStatus();
  }
  absl::Status Freeze(const AccountId&, absl::Time, const std::string&, absl::Time) override {
    return absl::OkStatus();
  }
};

absl::StatusOr<std::unique_ptr<rpc::Authenticator>> OpenAuthenticator(const std::string& jwks) {
  std::ifstream file(jwks);
  std::stringstream text;
  text << file.rdbuf();
  crypto::JwtRules rules;
  rules.audience = rpc::kAudience;
  rules.issuer = rpc::kDevelopmentIssuer;
  rules.max_lifetime = absl::Hours(12);
  return rpc::DevelopmentAuthenticator({TRY(crypto::JwtVerifier::FromJwks(text.str())), rules});
}

absl::StatusOr<linking::Policy> GenerousPolicy() {
  return linking::MakePolicy(TRY(ResolvePolicy(
      linking::PolicyKeys(), "gosuslugi", {{"link.invitations_per_phone", "20"}}, /*ignore_foreign=*/false)));
}

absl::Status Serve(const std::string& listen, const std::string& data, const std::string& jwks) {
  const StopSignal stop;
  const SystemClock clock;
  SystemRandom random;
  const crypto::Keyring keys =
      crypto::Keyring::ForTest({"once", "page", "fingerprint", "people", "phones"}, random);
  const std::unique_ptr<kv::Database> database = TRY(kv::OpenRocks(data));
  const rpc::Once once(*database, TRY(crypto::Sealer::Create(keys, "once", random)));
  const rpc::Pager pager(TRY(crypto::KeyedHash::Create(keys, "page", "bench")));
  rpc::GateOptions unlimited;  // a few people stand for many
  unlimited.peer_rate = {};
  unlimited.person_rate = {};
  rpc::Gate gate(unlimited, TRY(OpenAuthenticator(jwks)),
                 TRY(crypto::KeyedHash::Create(keys, "fingerprint", "bench")), clock, random);
  const crypto::Sealer sealer = TRY(crypto::Sealer::Create(keys, "people", random));
  const linking::Stores stores{
      linking::InvitationStore(sealer, TRY(crypto::KeyedHash::Create(keys, "phones", "bench"))),
      linking::LinkStore(sealer), linking::BlockStore(sealer), linking::Outbox(sealer)};
  WillingIdentity identity;
  linking::Handlers handlers({once, pager, random, identity, stores, TRY(GenerousPolicy())});
  rpc::ServerOptions options;
  options.listen = listen;
  options.credentials = grpc::InsecureServerCredentials();
  const std::unique_ptr<rpc::Server> server = TRY(rpc::Server::Start(
      options, {linking::MakeService(handlers, gate)}, {"trustedcontact.linking.v1.LinkingService"}));
  stop.Wait();
  gate.Close();
  gate.Drain(absl::Seconds(5));
  server->Shutdown(absl::Seconds(1));
  return absl::OkStatus();
}

}  // namespace

std::string OwnerOf(const std::string& phone) { return "c" + phone.substr(phone.size() - 7); }

int ServeLinking(const std::string& listen, const std::string& data, const std::string& jwks) {
  const absl::Status status = Serve(listen, data, jwks);
  if (!status.ok()) std::fprintf(stderr, "tc_bench: %s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace tc::bench

// tc-linking: who is who. Everything is constructed in the order of need and destroyed in the opposite one.

#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/kv/dispatcher.h"
#include "common/kv/timer_runner.h"
#include "common/rpc/client.h"
#include "common/rpc/event_follower.h"
#include "common/rpc/runtime.h"
#include "services/linking/outbound/identity_client.h"
#include "services/linking/rpc/courier.h"
#include "services/linking/rpc/handlers.h"
#include "services/linking/rpc/identity_news.h"
#include "services/linking/rpc/recovery_news.h"
#include "services/linking/rpc/service.h"
#include "services/linking/rpc/timers.h"

namespace tc::linking {
namespace {

constexpr char kPeopleKey[] = "linking-people";  // seals names and phones
constexpr char kPhonesKey[] = "linking-phones";  // finds invited phones

absl::StatusOr<Stores> OpenStores(rpc::Runtime& runtime) {
  const crypto::Sealer sealer = TRY(crypto::Sealer::Create(runtime.keys(), kPeopleKey, runtime.random()));
  const auto phones = TRY(crypto::KeyedHash::Create(runtime.keys(), kPhonesKey, "tc/linking/phone/v1"));
  return Stores{InvitationStore(sealer, phones), LinkStore(sealer), BlockStore(sealer), Outbox(sealer)};
}

absl::StatusOr<int> Run(rpc::Runtime& runtime) {
  const PolicyValues values =
      TRY(ResolvePolicy(PolicyKeys(), runtime.policy_name(), runtime.overrides(), /*ignore_foreign=*/true));
  const Stores stores = TRY(OpenStores(runtime));
  const std::unique_ptr<IdentityPeer> identity = MakeIdentityClient(runtime.peer("identity"));
  const Policy policy = MakePolicy(values);
  Handlers handlers({runtime.once(), runtime.pager(), runtime.random(), *identity, stores, policy});
  const kv::Dispatcher dispatcher(runtime.database(), runtime.clock(), runtime.random(),
                                  OutboxHandlers(runtime.database(), stores, *identity, runtime.clock()));
  const kv::TimerRunner timers(runtime.database(), runtime.clock(), TimerHandlers(stores, policy));
  const rpc::EventFollower people(runtime.peer("identity"), runtime.database(), IdentityNews(stores),
                                  IdentityNewsTypes());
  const rpc::EventFollower recovery(runtime.peer("recovery"), runtime.database(),
                                    RecoveryNews(stores, runtime.clock()), RecoveryNewsTypes());
  return runtime.Serve({MakeService(handlers, runtime.gate())}, {PolicyKeys(), values});
}

}  // namespace
}  // namespace tc::linking

int main(int argc, char** argv) {
  tc::rpc::ServiceInfo info;
  info.name = "linking";
  info.description = "Who guards whom: invitations, links and their history.";
  info.peers = {"identity", "recovery"};
  info.purposes = {tc::linking::kPeopleKey, tc::linking::kPhonesKey};
  info.services = {"trustedcontact.linking.v1.LinkingService"};
  int exit_code = 0;
  const std::unique_ptr<tc::rpc::Runtime> runtime =
      tc::rpc::Runtime::FromCommandLine(argc, argv, info, exit_code);
  if (runtime == nullptr) return exit_code;
  const absl::StatusOr<int> served = tc::linking::Run(*runtime);
  if (served.ok()) return *served;
  std::fprintf(stderr, "tc-linking: %s\n", std::string(served.status().message()).c_str());
  for (const tc::FieldViolation& v : tc::ViolationsOf(served.status())) {
    std::fprintf(stderr, "  %s: %s\n", v.field.c_str(), v.description.c_str());
  }
  return 2;
}

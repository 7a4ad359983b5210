#include "tests/trust/trust_world.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/kv/dispatcher.h"
#include "common/kv/timer_runner.h"
#include "services/linking/rpc/courier.h"
#include "services/linking/rpc/identity_news.h"
#include "services/linking/rpc/recovery_news.h"
#include "services/linking/rpc/timers.h"
#include "services/otp/rpc/timers.h"
#include "services/otp/store/sealed.h"
#include "services/recovery/rpc/courier.h"
#include "services/recovery/rpc/identity_news.h"
#include "services/recovery/rpc/timers.h"

namespace tc::trust {
namespace {

constexpr const char* kFirstNames[] = {"Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар"};
constexpr const char* kInitials[] = {"А.", "Б.", "В.", "Г.", "Д.", "Е.", "Ж.", "З."};
constexpr int kNobodysLimit = 1000000;

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "the world is broken: %s\n", std::string(status.message()).c_str());
  std::abort();
}

}  // namespace

Policies PoliciesOf(const Setup& setup) {
  const auto values = [&](const std::vector<PolicyKey>& keys) {
    return *ResolvePolicy(keys, setup.profile, setup.overrides, /*ignore_foreign=*/true);
  };
  Policies policies{linking::MakePolicy(values(linking::PolicyKeys())),
                    recovery::MakePolicy(values(recovery::PolicyKeys())),
                    otp::MakePolicy(values(otp::PolicyKeys()))};
  policies.otp.sends_per_number = kNobodysLimit;
  policies.otp.sends_per_number_without_sign_in = kNobodysLimit;
  policies.otp.attempts_per_person = policies.otp.consecutive_failures = policies.otp.failures_per_hour =
      kNobodysLimit;
  policies.otp.sends_per_account = policies.otp.sends_per_device = policies.otp.sends_per_client =
      policies.otp.sends_per_network = kNobodysLimit;
  policies.otp.sends_per_prefix = policies.otp.sends_per_range = policies.otp.conversion_sends =
      kNobodysLimit;
  return policies;
}

struct World::OtpRun {
  explicit OtpRun(World& world)
      : once(*world.databases_.at(Service::kOtp),
             *crypto::Sealer::Create(world.keys_, "once", world.random_)),
        pager(*crypto::KeyedHash::Create(world.keys_, "page", "page")),
        desk{.once = once,
             .pager = pager,
             .random = world.random_,
             .codes = *otp::Codes::Create(world.keys_),
             .sealer = *crypto::Sealer::Create(world.keys_, otp::kDataKey, world.random_),
             .policy = PolicyOf(world),
             .origin_host = "gosuslugi.example",
             .wording = otp::Wording::BuiltIn(),
             .switchboard = switchboard},
        handlers(desk) {}

  static otp::Policy PolicyOf(const World& world) {
    otp::Policy policy = world.policies_.otp;
    if (world.setup_.planted == Planted::kEndlessGuesses) {
      policy.attempts_per_code = policy.attempts_per_request = kNobodysLimit;
    }
    return policy;
  }

  rpc::Once once;
  rpc::Pager pager;
  otp::Providers providers;  // none: World::Messages sends
  otp::Switchboard switchboard{providers};
  otp::Desk desk;
  otp::VerificationHandlers handlers;
};

struct World::LinkingRun {
  explicit LinkingRun(World& world)
      : once(*world.databases_.at(Service::kLinking),
             *crypto::Sealer::Create(world.keys_, "once", world.random_)),
        pager(*crypto::KeyedHash::Create(world.keys_, "page", "page")),
        stores{linking::InvitationStore(*crypto::Sealer::Create(world.keys_, "people", world.random_),
                                        *crypto::KeyedHash::Create(world.keys_, "phones", "phones")),
               linking::LinkStore(*crypto::Sealer::Create(world.keys_, "people", world.random_)),
               linking::BlockStore(*crypto::Sealer::Create(world.keys_, "people", world.random_)),
               linking::Outbox(*crypto::Sealer::Create(world.keys_, "people", world.random_))},
        handlers({once, pager, world.random_, world.linking_identity_, stores, world.policies_.link}) {}

  rpc::Once once;
  rpc::Pager pager;
  linking::Stores stores;
  linking::Handlers handlers;
};

struct World::RecoveryRun {
  explicit RecoveryRun(World& world)
      : once(*world.databases_.at(Service::kRecovery),
             *crypto::Sealer::Create(world.keys_, "once", world.random_)),
        pager(*crypto::KeyedHash::Create(world.keys_, "page", "page")),
        store(*crypto::Sealer::Create(world.keys_, "seal", world.random_)),
        tokens(*recovery::Tokens::Create(world.keys_)),
        proofs(world.signer_),
        handlers({.once = once,
                  .pager = pager,
                  .store = store,
                  .tokens = tokens,
                  .proofs = proofs,
                  .random = world.random_,
                  .policy = world.policies_.recovery,
                  .identity = world.recovery_identity_,
                  .linking = world.recovery_linking_,
                  .otp = world.recovery_otp_}) {}

  rpc::Once once;
  rpc::Pager pager;
  recovery::RecoveryStore store;
  recovery::Tokens tokens;
  recovery::ProofSigner proofs;
  recovery::Handlers handlers;
};

World::World(const Setup& setup)
    : setup_(setup),
      policies_(PoliciesOf(setup)),
      keys_(crypto::Keyring::ForTest({"once", "page", "people", "phones", "token", "index", "seal",
                                      otp::kCodeKey, otp::kIndexKey, otp::kDataKey},
                                     random_)),
      signer_(*crypto::JwtSigner::Generate("proof")),
      wires_{clock_, {}, {}, setup.planted, 0, {}},
      linking_identity_(wires_, people_),
      recovery_identity_(wires_, people_, *crypto::JwtVerifier::FromJwks(signer_.Jwks())),
      recovery_linking_(wires_),
      recovery_otp_(wires_) {
  for (const Service service : {Service::kOtp, Service::kLinking, Service::kRecovery}) {
    databases_[service] = kv::InMemoryForTest(setup.switches);
    Restart(service);
  }
}

World::~World() = default;

Citizen World::AddPerson() {
  const size_t n = people_.size();
  Citizen citizen;
  citizen.id = absl::StrCat("p", n);
  citizen.first_name = kFirstNames[n % std::size(kFirstNames)];
  citizen.masked_name = absl::StrCat(citizen.first_name, " ",
                                     kInitials[(n + n / std::size(kFirstNames)) % std::size(kInitials)]);
  citizen.phone = absl::StrFormat("+7916%07d", n);
  citizen.email = absl::StrCat(citizen.id, "@example.org");
  citizen.phone_bound_at = now() - absl::Hours(24 * 365);
  people_.Add(citizen);
  return citizen;
}

linking::Handlers& World::linking() { return linking_run_->handlers; }
recovery::Handlers& World::recovery() { return recovery_run_->handlers; }
kv::Database& World::database(Service service) { return *databases_.at(service); }

std::string World::CodeTo(const std::string& phone) { return box_.CodeTo(phone); }

int World::Messages() {
  const auto send = [this](const kv::OutboxRow& row) -> absl::Status {
    const otp::Message message = TRY(otp::Open(otp_run_->desk.sealer, row.payload));
    if (!message.to.decoy()) box_.Take(message);
    return absl::OkStatus();
  };
  kv::Dispatcher::RunOnce(database(Service::kOtp), clock_, random_, {{otp::kOutboxKind, send}});
  return box_.messages();
}

void World::Restart(Service service) {
  switch (service) {
    case Service::kOtp:
      otp_run_.reset();
      otp_run_ = std::make_unique<OtpRun>(*this);
      recovery_otp_.handlers = &otp_run_->handlers;
      return;
    case Service::kLinking:
      linking_run_.reset();
      linking_run_ = std::make_unique<LinkingRun>(*this);
      recovery_linking_.handlers = &linking_run_->handlers;
      return;
    case Service::kRecovery:
      recovery_run_.reset();
      recovery_run_ = std::make_unique<RecoveryRun>(*this);
      return;
  }
}

int World::RunTimers() {
  return kv::TimerRunner::RunOnce(database(Service::kLinking), clock_,
                                  linking::TimerHandlers(linking_run_->stores, policies_.link)) +
         kv::TimerRunner::RunOnce(database(Service::kRecovery), clock_,
                                  recovery::TimerHandlers(recovery_run_->store)) +
         kv::TimerRunner::RunOnce(database(Service::kOtp), clock_, otp::TimerHandlers(otp_run_->desk.policy));
}

int World::RunOutbox(Service service) {
  kv::Database& db = database(service);
  if (service == Service::kLinking) {
    return kv::Dispatcher::RunOnce(
        db, clock_, random_, linking::OutboxHandlers(db, linking_run_->stores, linking_identity_, clock_));
  }
  return kv::Dispatcher::RunOnce(db, clock_, random_,
                                 recovery::CourierHandlers({.database = db,
                                                            .store = recovery_run_->store,
                                                            .tokens = recovery_run_->tokens,
                                                            .identity = recovery_identity_,
                                                            .otp = recovery_otp_,
                                                            .clock = clock_,
                                                            .not_me_url = kNotMeUrl}));
}

void World::DeliverEvents() {
  DeliverIdentityNews();
  DeliverRecoveryNews();
}

void World::DeliverRecoveryNews() {
  const rpc::EventHandler follow = linking::RecoveryNews(linking_run_->stores, clock_);
  const auto events = database(Service::kRecovery).Changes(recovery_revision_, recovery_index_, 100000);
  Must(events.status());
  for (const kv::Event& event : *events) {
    recovery_revision_ = event.revision;
    recovery_index_ = event.index;
    if (setup_.planted == Planted::kEndsNeverHeardOf && event.type == "RecoveryEnded") continue;
    const rpc::FollowedEvent followed{event.type, event.resource, event.attributes, event.at};
    Must(database(Service::kLinking).Update([&](kv::Txn& txn) { return follow(txn, followed); }).status());
  }
}

void World::DeliverIdentityNews() {
  const rpc::EventHandler in_linking = linking::IdentityNews(linking_run_->stores);
  const rpc::EventHandler in_recovery = recovery::IdentityNews(recovery_run_->store, clock_);
  for (const rpc::FollowedEvent& event : people_.News(identity_news_seen_)) {
    ++identity_news_seen_;
    Must(database(Service::kLinking).Update([&](kv::Txn& txn) { return in_linking(txn, event); }).status());
    Must(database(Service::kRecovery).Update([&](kv::Txn& txn) { return in_recovery(txn, event); }).status());
  }
}

}  // namespace tc::trust

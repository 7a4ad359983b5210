// The parts of a call by themselves: the store's commit and read, the keyed hash of a code, the gate.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/audit/tree_ledger.h"
#include "common/crypto/hmac.h"
#include "common/crypto/jwt.h"
#include "common/crypto/keyring.h"
#include "common/crypto/sealer.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/obs/log.h"
#include "common/rpc/credentials.h"
#include "common/rpc/gate.h"
#include "common/testing/body.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/dev_suite.h"
#include "trustedcontact/linking/v1/linking.pb.h"

namespace tc {
namespace {

constexpr size_t kRecordBytes = 300;

SystemRandom& OsRandom() {
  static SystemRandom random;
  return random;
}

// On the disk of TMPDIR, shared by all threads of all store benchmarks.
kv::Database& Store() {
  static const dev::TemporaryDir directory;
  static const std::unique_ptr<kv::Database> database = kv::OpenRocks(directory.path() + "/store").value();
  return *database;
}

std::string AnyKey() { return kv::Key("bench").Str(OsRandom().ShortId()).bytes(); }

void BM_KvUpdate(benchmark::State& state) {
  const std::string record(kRecordBytes, 'x');
  for (auto _ : state) {
    const std::string key = AnyKey();
    const auto revision = Store().Update([&](kv::Txn& txn) -> absl::Status {
      if (const auto found = txn.Get(key); !found.ok()) return found.status();
      return txn.Put(key, record);
    });
    if (!revision.ok()) state.SkipWithError("not committed");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_KvUpdate)->UseRealTime()->Threads(1)->Threads(8)->Threads(64);

void BM_KvView(benchmark::State& state) {
  const std::string key = kv::Key("bench").Str("one").bytes();
  (void)Store().Update([&](kv::Txn& txn) { return txn.Put(key, std::string(kRecordBytes, 'x')); });
  for (auto _ : state) {
    (void)Store().View([&](kv::ReadTxn& txn) {
      benchmark::DoNotOptimize(txn.Get(key));
      return absl::OkStatus();
    });
  }
}
BENCHMARK(BM_KvView);

crypto::Keyring& Keys() {
  static crypto::Keyring keys =
      crypto::Keyring::ForTest({"bench", "audit", "audit-index", "audit-sign"}, OsRandom());
  return keys;
}

// A hundred events of two people in one transaction, in memory: what an entry of the audit log adds to each.
void BM_KvEmit(benchmark::State& state) {
  constexpr int kEvents = 100;
  const std::unique_ptr<audit::TreeLedger> ledger =
      audit::TreeLedger::Open(Keys(), "bench", OsRandom()).value();
  kv::RocksOptions options;
  if (state.range(0) == 1) options.ledger = ledger.get();
  const std::unique_ptr<kv::Database> store = kv::InMemory(options);
  const kv::OriginScope scope({OsRandom().Uuid(), "portal/gosuslugi-web", "person-1"});
  int64_t number = 0;
  for (auto _ : state) {
    const auto revision = store->Update([&](kv::Txn& txn) -> absl::Status {
      for (int i = 0; i < kEvents; ++i) {
        kv::Event event;
        event.type = "LinkCreated";
        event.resource = absl::StrCat("links/", ++number);
        event.persons = {"person-1", absl::StrCat("person-", number % 1000)};
        event.attributes = {{"principal", event.persons[0]}, {"contact", event.persons[1]}};
        if (absl::Status emitted = txn.Emit(std::move(event)); !emitted.ok()) return emitted;
      }
      return absl::OkStatus();
    });
    if (!revision.ok()) state.SkipWithError("not committed");
  }
  state.SetItemsProcessed(state.iterations() * kEvents);
}
BENCHMARK(BM_KvEmit)->ArgName("audited")->Arg(0)->Arg(1)->UseRealTime();

void BM_KeyedHashVerify(benchmark::State& state) {
  const crypto::KeyedHash hash = crypto::KeyedHash::Create(Keys(), "bench", "tc/bench/v1").value();
  const std::vector<absl::string_view> fields = {"RECOVERY_CLAIM", "accounts/anna", "recoveries/1", "123456"};
  const crypto::Mac mac = hash.Make(fields);
  for (auto _ : state) benchmark::DoNotOptimize(hash.Verify(fields, mac));
}
BENCHMARK(BM_KeyedHashVerify);

void BM_SealAndOpen(benchmark::State& state) {
  const crypto::Sealer sealer = crypto::Sealer::Create(Keys(), "bench", OsRandom()).value();
  const std::string plain(kRecordBytes, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(sealer.Open(sealer.Seal(plain, "bench/1"), "bench/1"));
}
BENCHMARK(BM_SealAndOpen);

// Admit and Settle of a call whose assertion was seen before.
void BM_Gate(benchmark::State& state) {
  obs::SetLevel(obs::Level::kError);
  const SystemClock clock;
  const crypto::JwtSigner signer = crypto::JwtSigner::Generate("bench").value();
  crypto::JwtRules rules;
  rules.audience = rpc::kAudience;
  rules.issuer = rpc::kDevelopmentIssuer;
  rules.max_lifetime = absl::Hours(1);
  rpc::GateOptions options;
  options.peer_rate = {};
  options.person_rate = {};
  rpc::Gate gate(options,
                 rpc::DevelopmentAuthenticator({crypto::JwtVerifier::FromJwks(signer.Jwks()).value(), rules}),
                 crypto::KeyedHash::Create(Keys(), "bench", "tc/bench/v1").value(), clock, OsRandom());
  const rpc::Method& method =
      *gate.MethodsOf("trustedcontact.linking.v1.LinkingService").at("AcceptInvitation");
  rpc::Arrival arrival;
  arrival.credentials.address = "unix:";
  arrival.credentials.authorization = {
      dev::Bearer(signer, dev::SignedIn("anna"), absl::Now(), absl::Minutes(30))};
  trustedcontact::linking::v1::AcceptInvitationRequest sent;
  sent.set_name("invitations/0123456789");
  sent.set_request_id(OsRandom().Uuid());
  for (auto _ : state) {
    testing::StringBody body(sent.SerializeAsString());
    trustedcontact::linking::v1::AcceptInvitationRequest request;
    rpc::Admission admission = gate.Receive(method, arrival, rpc::Room::kTaken);
    gate.Admit(method, admission, body, request);
    if (!admission.status.ok()) state.SkipWithError(admission.status.ToString().c_str());
    benchmark::DoNotOptimize(gate.Settle(method, admission, absl::OkStatus()));
  }
}
BENCHMARK(BM_Gate);

}  // namespace
}  // namespace tc

BENCHMARK_MAIN();

// The parts of a call by themselves: the store's commit and read, the keyed hash of a code, the gate.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
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
  static crypto::Keyring keys = crypto::Keyring::ForTest({"bench"}, OsRandom());
  return keys;
}

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
  rpc::Gate gate({},
                 rpc::DevelopmentAuthenticator({crypto::JwtVerifier::FromJwks(signer.Jwks()).value(), rules}),
                 crypto::KeyedHash::Create(Keys(), "bench", "tc/bench/v1").value(), clock, OsRandom());
  const rpc::Method& method =
      *gate.MethodsOf("trustedcontact.linking.v1.LinkingService").at("AcceptInvitation");
  rpc::Arrival arrival;
  arrival.credentials.address = "unix:";
  arrival.credentials.authorization = {
      dev::Bearer(signer, dev::SignedIn("anna"), absl::Now(), absl::Minutes(30))};
  trustedcontact::linking::v1::AcceptInvitationRequest request;
  request.set_name("invitations/0123456789");
  request.set_request_id(OsRandom().Uuid());
  for (auto _ : state) {
    const rpc::Admission admission = gate.Admit(method, arrival, request);
    if (!admission.status.ok()) state.SkipWithError(admission.status.ToString().c_str());
    benchmark::DoNotOptimize(gate.Settle(method, admission, absl::OkStatus()));
  }
}
BENCHMARK(BM_Gate);

}  // namespace
}  // namespace tc

BENCHMARK_MAIN();

// tc-identity: who is this account, what may it be, which phones does it own, is this its password?

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/key_wrapper.h"
#include "common/kv/dispatcher.h"
#include "common/kv/timer_runner.h"
#include "common/obs/log.h"
#include "common/rpc/backups.h"
#include "common/rpc/jwks_file.h"
#include "common/rpc/repeater.h"
#include "common/rpc/runtime.h"
#include "common/rpc/trust_entry.h"
#include "services/identity/outbound/otp_client.h"
#include "services/identity/rpc/effects.h"
#include "services/identity/rpc/erasure.h"
#include "services/identity/rpc/key_rotation.h"
#include "services/identity/rpc/service.h"

namespace tc::identity {
namespace {

constexpr char kKeyStore[] = "person-keys";
constexpr char kAttempts[] = "attempts";  // makes the ids of attempts at a code, and marks of devices
constexpr crypto::Argon2Params kFloor = {19456, 2, 1};
constexpr int kHashQueue = 64;

struct Flags {
  std::string recovery_jwks;
  std::string password_blocklist;
  std::string time_zone = "Europe/Moscow";
  uint32_t argon2_memory_kib = 0;
  uint32_t argon2_passes = 0;
  int hash_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option(
         "--recovery-jwks", flags.recovery_jwks,
         "File with the keys of recovery's proofs, read again when it changes; without it no reset is taken")
      ->envname("TC_RECOVERY_JWKS");
  app.add_option("--time-zone", flags.time_zone, "Where birthdays begin, and of the hours of notices")
      ->envname("TC_TIME_ZONE")
      ->capture_default_str();
  app.add_option("--argon2-memory-kib", flags.argon2_memory_kib,
                 "Memory of a password hash; 0: 65536, in dev 19456, the floor")
      ->envname("TC_ARGON2_MEMORY_KIB");
  app.add_option("--argon2-passes", flags.argon2_passes,
                 "Passes of a password hash; 0: 3, in dev 2, the floor")
      ->envname("TC_ARGON2_PASSES");
  app.add_option("--password-blocklist", flags.password_blocklist,
                 "File with further passwords that nobody may have, one a line")
      ->envname("TC_PASSWORD_BLOCKLIST");
  app.add_option("--hash-threads", flags.hash_threads, "Threads that hash passwords")
      ->envname("TC_HASH_THREADS")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
}

absl::StatusOr<crypto::Argon2Params> Argon2(const Flags& flags, bool development) {
  crypto::Argon2Params params = development ? kFloor : crypto::Argon2Params();
  if (flags.argon2_memory_kib != 0) params.memory_kib = flags.argon2_memory_kib;
  if (flags.argon2_passes != 0) params.passes = flags.argon2_passes;
  const bool weak = params.memory_kib < kFloor.memory_kib || params.passes < kFloor.passes;
  if (weak && !development) {
    return absl::InvalidArgumentError(
        absl::StrCat("--argon2-memory-kib and --argon2-passes must be at least ", kFloor.memory_kib, " and ",
                     kFloor.passes, " in production"));
  }
  return params;
}

absl::StatusOr<std::string> Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  // Reading a directory throws.
  if (!std::filesystem::is_directory(path)) bytes.assign(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || bytes.empty())
    return absl::FailedPreconditionError(absl::StrCat("cannot read ", path, ", or nothing is in it"));
  return bytes;
}

absl::StatusOr<std::unique_ptr<rpc::JwksFile>> Proofs(const std::string& path, rpc::Runtime& runtime) {
  if (path.empty()) {
    obs::Warning("no --recovery-jwks: every ResetPassword will be refused");
    return std::unique_ptr<rpc::JwksFile>();
  }
  return rpc::JwksFile::Open("--recovery-jwks", path, /*guarded=*/!runtime.development(),
                             rpc::EnterTrust(runtime.database(), runtime.clock()));
}

absl::StatusOr<std::unique_ptr<Blocklist>> ForbiddenPasswords(const std::string& path) {
  if (path.empty()) return std::unique_ptr<Blocklist>();
  auto list = std::make_unique<Blocklist>(LoadBlocklist(TRY(Contents(path))));
  if (list->size() == 0)
    return absl::FailedPreconditionError(absl::StrCat("--password-blocklist ", path, ": no passwords in it"));
  obs::Info("the list of forbidden passwords is loaded", {{"entries", absl::StrCat(list->size())}});
  return list;
}

absl::StatusOr<absl::TimeZone> Zone(const std::string& name) {
  absl::TimeZone zone;
  if (absl::LoadTimeZone(name, &zone)) return zone;
  return absl::InvalidArgumentError(absl::StrCat("--time-zone: there is no time zone ", name));
}

absl::StatusOr<int> Run(rpc::Runtime& runtime, const Flags& flags) {
  const PolicyValues values =
      TRY(ResolvePolicy(PolicyKeys(), runtime.policy_name(), runtime.overrides(), /*ignore_foreign=*/true));
  const absl::TimeZone zone = TRY(Zone(flags.time_zone));
  kv::Database& key_store = runtime.store(kKeyStore);
  const std::unique_ptr<crypto::KeyWrapper> wrapper =
      crypto::LocalKeyWrapper(runtime.keys(), Vault::kWrapping, runtime.random());
  PersonKeys people(key_store, *wrapper, runtime.random());
  const Vault vault = TRY(Vault::Open(runtime.keys(), people, runtime.random()));
  const std::unique_ptr<rpc::JwksFile> proofs = TRY(Proofs(flags.recovery_jwks, runtime));
  const rpc::Repeater proof_watch(absl::Seconds(1), [&proofs] {
    if (proofs != nullptr) proofs->Look();
    return false;
  });
  const std::unique_ptr<Blocklist> blocklist = TRY(ForbiddenPasswords(flags.password_blocklist));
  crypto::HashPool pool(flags.hash_threads, kHashQueue);
  const PasswordHasher hasher =
      TRY(PasswordHasher::Create(pool, TRY(Argon2(flags, runtime.development())), runtime.random()));
  const std::unique_ptr<OtpPeer> otp = MakeOtpClient(runtime.peer("otp"));

  Handlers handlers(
      {.once = runtime.once(),
       .pager = runtime.pager(),
       .vault = vault,
       .hasher = hasher,
       .otp = *otp,
       .random = runtime.random(),
       .refusals = runtime.refusals(),
       .attempts = TRY(crypto::KeyedHash::Create(runtime.keys(), kAttempts, "tc/identity/attempt/v1")),
       .devices = TRY(crypto::KeyedHash::Create(runtime.keys(), kAttempts, "tc/identity/device/v1")),
       .proofs = proofs == nullptr ? nullptr : &proofs->keys(),
       .blocklist = blocklist.get(),
       .policy = MakePolicy(values),
       .zone = zone});
  const Purges purges = {
      [&] { return key_store.Purge(); },
      [&] { return PurgeStores(runtime.database(), key_store, runtime.backups(), runtime.clock().Now()); }};
  KeyRotation rotation(handlers.desk, runtime.clock());
  const kv::Dispatcher dispatcher(runtime.database(), runtime.clock(), runtime.random(),
                                  OutboxHandlers(*otp, vault, runtime.clock(), purges));
  const kv::TimerRunner timers(runtime.database(), runtime.clock(), TimerHandlers(handlers.desk));
  return runtime.Serve({MakeService(handlers, runtime.gate())}, {PolicyKeys(), values}, &rotation);
}

int Main(int argc, char** argv) {
  Flags flags;
  rpc::ServiceInfo info;
  info.name = "identity";
  info.description = "Accounts, their eligibility, phones and passwords.";
  info.peers = {"otp"};
  info.purposes = Vault::Purposes();
  info.purposes.insert(info.purposes.end(), {Vault::kWrapping, kAttempts});
  info.further_stores = {kKeyStore};
  info.services = {kServiceName};
  info.add_flags = [&flags](CLI::App& app) { AddFlags(app, flags); };
  int exit_code = 0;
  const std::unique_ptr<rpc::Runtime> runtime = rpc::Runtime::FromCommandLine(argc, argv, info, exit_code);
  if (runtime == nullptr) return exit_code;
  const absl::StatusOr<int> ended = Run(*runtime, flags);
  if (ended.ok()) return *ended;
  obs::Error("identity does not start", {{"reason", std::string(ended.status().message())}});
  return 1;
}

}  // namespace
}  // namespace tc::identity

int main(int argc, char** argv) { return tc::identity::Main(argc, argv); }

#include "common/rpc/runtime.h"

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/audit/signer.h"
#include "common/audit/tree_ledger.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/crypto/jwt.h"
#include "common/crypto/key_files.h"
#include "common/crypto/sealer.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/client.h"
#include "common/rpc/feed.h"
#include "common/rpc/flags.h"
#include "common/rpc/jwks_file.h"
#include "common/rpc/method.h"
#include "common/rpc/refusal_log.h"
#include "common/rpc/repeater.h"
#include "common/rpc/rotation.h"
#include "common/rpc/serving.h"
#include "common/rpc/trust_entry.h"
#include "common/tls/identity.h"

namespace tc::rpc {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kLookPause = absl::Seconds(1);  // at the files that an operator changes (TRN-08)
constexpr const char* kCommonPurposes[] = {"once",  "page",        "fingerprint",
                                           "audit", "audit-index", "audit-sign"};
// So that an example of a session at the command line need not sign in again after each minute.
constexpr absl::Duration kDevelopmentLifetime = absl::Hours(12);

absl::StatusOr<std::string> ReadFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return absl::FailedPreconditionError(absl::StrCat(file, ": cannot be read"));
  return bytes.str();
}

absl::Status MakeDirectory(const std::string& dir) {
  std::error_code error;
  if (fs::create_directories(dir, error)) fs::permissions(dir, fs::perms::owner_all, error);
  if (error) return absl::FailedPreconditionError(absl::StrCat(dir, ": ", error.message()));
  return absl::OkStatus();
}

std::vector<std::string> PurposesOf(const ServiceInfo& info) {
  std::vector<std::string> purposes(std::begin(kCommonPurposes), std::end(kCommonPurposes));
  purposes.insert(purposes.end(), info.purposes.begin(), info.purposes.end());
  return purposes;
}

absl::StatusOr<crypto::Keyring> OpenKeys(const Flags& flags, const ServiceInfo& info, Random& random) {
  const std::vector<std::string> purposes = PurposesOf(info);
  const bool from_environment = flags.keys == kKeysFromEnvironment;
  if (flags.development && !from_environment) {
    TRY(MakeDirectory(flags.keys));
    for (const std::string& purpose : purposes) TRY(crypto::EnsureKey(flags.keys, purpose, random));
  }
  crypto::Keyring keys =
      TRY(from_environment ? crypto::Keyring::OpenEnvironment(purposes) : crypto::Keyring::Open(flags.keys));
  std::string missing;
  for (const std::string& purpose : purposes) {
    if (!keys.Newest(purpose).ok()) absl::StrAppend(&missing, missing.empty() ? "" : ", ", purpose);
  }
  if (!missing.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("--keys ", flags.keys, ": no key for ", missing));
  }
  return keys;
}

std::unique_ptr<Authenticator> MakeAuthenticator(const Flags& flags, const IssuerKeys& keys) {
  crypto::JwtRules rules;
  rules.audience = kAudience;
  rules.issuer = flags.issuer.empty() ? kDevelopmentIssuer : flags.issuer;
  if (flags.development) rules.max_lifetime = kDevelopmentLifetime;
  PersonRules persons{keys, rules};
  return flags.development
             ? DevelopmentAuthenticator(std::move(persons), absl::Seconds(flags.clock_offset_seconds))
             : MutualTlsAuthenticator(flags.trust_domain, std::move(persons));
}

absl::StatusOr<std::shared_ptr<ClientCredentials>> OpenCredentials(const Flags& flags,
                                                                   const ServiceInfo& info,
                                                                   const tls::Identity* tls,
                                                                   const Clock& clock) {
  if (!flags.development) return MutualTlsCredentials(*tls);
  const std::string pem = TRY(ReadFile(flags.dev_key));
  absl::StatusOr<crypto::JwtSigner> signer = crypto::JwtSigner::FromPem(pem, kDevelopmentKid);
  if (!signer.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("--dev-key ", flags.dev_key, ": ", signer.status().message()));
  }
  return DevelopmentCredentials(absl::StrCat("service/", info.name), *std::move(signer), clock);
}

GateOptions GateOptionsOf(const Flags& flags) {
  GateOptions options;
  options.workers = flags.workers;
  options.peer_rate = {static_cast<double>(flags.peer_rate), static_cast<double>(flags.peer_rate)};
  options.person_rate = {static_cast<double>(flags.person_rate), 2.0 * flags.person_rate};
  options.peer_in_flight = flags.peer_in_flight;
  options.open = false;
  return options;
}

std::string BackupsOf(const std::string& store) { return absl::StrCat(store, "-backups"); }

class ShiftedClock final : public Clock {
 public:
  explicit ShiftedClock(absl::Duration offset) : offset_(offset) {}
  absl::Time Now() const override { return clock_.Now() + offset_; }

 private:
  const SystemClock clock_;
  const absl::Duration offset_;
};

class RuntimeImpl final : public Runtime {
 public:
  RuntimeImpl(Flags flags, ServiceInfo info)
      : flags_(std::move(flags)),
        info_(std::move(info)),
        clock_(absl::Seconds(flags_.clock_offset_seconds)) {}

  absl::Status Open() {
    obs::SetLevel(flags_.log);
    keys_ = TRY(OpenKeys(flags_, info_, random_));
    TRY(MakeDirectory(flags_.data));
    TRY(OpenDatabase());
    TRY(OpenFurtherStores());
    once_.emplace(*database_, TRY(crypto::Sealer::Create(*keys_, "once", random_)));
    pager_.emplace(TRY(crypto::KeyedHash::Create(*keys_, "page", "tc/page/v1")));
    jwks_ = TRY(JwksFile::Open("--jwks", flags_.jwks, /*guarded=*/!flags_.development,
                               EnterTrust(*database_, clock_)));
    if (!flags_.development) {
      tls_ =
          TRY(tls::Identity::Open(flags_.tls, SpiffeId(), unshifted_clock_, EnterTrust(*database_, clock_)));
    }
    GateOptions options = GateOptionsOf(flags_);
    options.on_refusal = [this](const Call& call, const Method& method, const absl::Status& status) {
      refusals_->Note(call, method.name, status);
    };
    gate_ = std::make_unique<Gate>(std::move(options), MakeAuthenticator(flags_, jwks_->keys()),
                                   TRY(crypto::KeyedHash::Create(*keys_, "fingerprint", "tc/fingerprint/v1")),
                                   clock_, random_);
    server_credentials_ = tls_ == nullptr
                              ? grpc::InsecureServerCredentials()
                              : tls_->ForServer(refusals_->AtTheDoor(flags_.trust_domain, clock_));
    TRY(OpenPeers());
    watch_.emplace(kLookPause, [this] {
      jwks_->Look();
      if (tls_ != nullptr) tls_->Look();
      return false;
    });
    return absl::OkStatus();
  }

  const Clock& clock() const override { return clock_; }
  Random& random() override { return random_; }
  kv::Database& database() override { return *database_; }
  kv::Database& store(const std::string& name) override { return *stores_.at(name); }
  Backups& backups() override { return *backups_; }
  const crypto::Keyring& keys() const override { return *keys_; }
  const Once& once() const override { return *once_; }
  const Pager& pager() const override { return *pager_; }
  Gate& gate() override { return *gate_; }
  RefusalLog& refusals() override { return *refusals_; }
  Feed& feed() override {
    if (!feed_.has_value()) feed_.emplace(*database_, Feed::Options{});
    return *feed_;
  }
  const PeerChannel& peer(const std::string& name) const override { return *peers_.at(name); }
  const std::string& policy_name() const override { return flags_.policy; }
  const std::map<std::string, std::string>& overrides() const override { return flags_.overrides; }
  bool development() const override { return flags_.development; }
  const std::string& data_dir() const override { return flags_.data; }

  int Serve(std::vector<std::shared_ptr<grpc::Service>> services, PolicyInForce policy,
            Reencryption* reencryption) override {
    Rotation rotation(*keys_, reencryption, [this] { return ReloadFiles(); });
    ServingParts parts{flags_,
                       info_,
                       *database_,
                       *once_,
                       *pager_,
                       *gate_,
                       *backups_,
                       rotation,
                       server_credentials_,
                       *ledger_,
                       *signer_,
                       *refusals_,
                       feed_.has_value() ? &*feed_ : nullptr};
    return ServeUntilStopped(parts, std::move(services), std::move(policy));
  }

 private:
  std::string SpiffeId() const {
    return absl::StrCat("spiffe://", flags_.trust_domain, "/service/", info_.name);
  }

  absl::Status OpenPeers() {
    if (info_.peers.empty()) return absl::OkStatus();
    const std::shared_ptr<ClientCredentials> credentials =
        TRY(OpenCredentials(flags_, info_, tls_.get(), unshifted_clock_));
    for (const auto& [name, target] : flags_.peers)
      peers_[name] = std::make_unique<PeerChannel>(name, target, credentials);
    return absl::OkStatus();
  }

  absl::Status ReloadFiles() {
    TRY(jwks_->Reload());
    return tls_ == nullptr ? absl::OkStatus() : tls_->Reload();
  }

  absl::Status OpenDatabase() {
    ledger_ = TRY(audit::TreeLedger::Open(*keys_, info_.name, random_));
    kv::RocksOptions options;
    options.ledger = ledger_.get();
    database_ = TRY(kv::OpenRocks(flags_.data, options));
    TRY(ledger_->Bind(*database_));
    refusals_.emplace(*database_);
    signer_ = TRY(audit::Signer::Open(*keys_, info_.name, *database_, flags_.audit_checkpoints));
    return absl::OkStatus();
  }

  absl::Status OpenFurtherStores() {
    std::vector<Backups::Source> further;
    for (const std::string& name : info_.further_stores) {
      const std::string dir = absl::StrCat(flags_.data, "-", name);
      kv::RocksOptions options;
      options.name = name;
      stores_[name] = TRY(kv::OpenRocks(dir, options));
      further.push_back({stores_[name].get(), BackupsOf(dir)});
    }
    const absl::Duration kept =
        flags_.backup_days == 0 ? absl::InfiniteDuration() : absl::Hours(24 * flags_.backup_days);
    backups_.emplace(*database_, BackupsOf(flags_.data), std::move(further), kept);
    return absl::OkStatus();
  }

  const Flags flags_;
  const ServiceInfo info_;
  const ShiftedClock clock_;
  const SystemClock unshifted_clock_;  // for what peers judge by their own clocks
  SystemRandom random_;
  std::optional<crypto::Keyring> keys_;
  std::unique_ptr<audit::TreeLedger> ledger_;
  std::optional<RefusalLog> refusals_;  // whatever it has submitted ends with the database
  std::unique_ptr<kv::Database> database_;
  std::unique_ptr<audit::Signer> signer_;
  std::map<std::string, std::unique_ptr<kv::Database>> stores_;
  std::optional<Backups> backups_;
  std::optional<Once> once_;
  std::optional<Pager> pager_;
  std::unique_ptr<JwksFile> jwks_;
  std::unique_ptr<tls::Identity> tls_;  // null in development
  std::unique_ptr<Gate> gate_;
  std::optional<Feed> feed_;
  std::shared_ptr<grpc::ServerCredentials> server_credentials_;
  std::map<std::string, std::unique_ptr<PeerChannel>> peers_;
  std::optional<Repeater> watch_;  // of the files
};

}  // namespace

std::unique_ptr<Runtime> Runtime::FromCommandLine(int argc, char** argv, const ServiceInfo& info,
                                                  int& exit_code) {
  InitProcess();
  Flags flags;
  if (const std::optional<int> code = ParseFlags(argc, argv, info, flags)) {
    exit_code = *code;
    return nullptr;
  }
  auto runtime = std::make_unique<RuntimeImpl>(std::move(flags), info);
  if (const absl::Status status = runtime->Open(); !status.ok()) {
    std::fprintf(stderr, "tc-%s: %s\n", info.name.c_str(), std::string(status.message()).c_str());
    exit_code = 1;
    return nullptr;
  }
  exit_code = 0;
  return runtime;
}

}  // namespace tc::rpc

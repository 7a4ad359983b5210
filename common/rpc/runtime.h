#pragma once

// Runtime: what every service's main needs before its own objects: flags, keys, database, clock, peers, gate,
// server. main.cc constructs in order and ends with `return runtime->Serve(...)`. Knows no service.
//
// Flags (also TC_<FLAG> in the environment, and --config FILE):
//   --listen ADDR        "127.0.0.1:7102", "unix:/run/tc/linking.sock"; --metrics ADDR (absent: none);
//   --health ADDR        grpc.health.v1 in plaintext; in dev --listen has it as well, in production it has
//   not, and ADDR is a loopback or Unix address unless --health-beyond-loopback is given
//   --data DIR           the database, and beside it DIR-backups and the further stores DIR-NAME; --keys DIR
//   the keyring, never inside --data, or --keys env: keys from the environment
//   (common/crypto/key_environment.h), which are taken out of it and never read again
//   --profile production|dev   dev: plaintext and self-issued assertions, refused on any but loopback and
//   Unix addresses
//   --jwks FILE          keys of the issuers of persons' assertions; --issuer ISS
//   --dev-key FILE       dev: the key that signs this service's own assertion
//   --tls-cert, --tls-key, --tls-ca, --tls-crl, --trust-domain   production; the files may change, and --jwks
//   --peer NAME=TARGET   where another service is; repeated
//   --audit-checkpoints FILE   the signed checkpoints of the audit log are appended there, too
//   --policy gosuslugi|strict and --set KEY=VALUE      the policy and its overrides; repeated
//   --log LEVEL, --reflection BOOL (default: in dev only; in production for operators and monitors),
//   --workers N, --peer-rate N, --person-rate N (calls a second; 0: no limit), --peer-in-flight N (0: three
//   quarters of what the server takes), --backup-days N, --help, --version
// In dev, missing keys are made; in production each missing one is named and the start refused.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/policy.h"
#include "common/crypto/keyring.h"
#include "common/env/clock.h"
#include "common/env/random.h"
#include "common/kv/database.h"
#include "common/rpc/backups.h"
#include "common/rpc/gate.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/rpc/reencryption.h"

namespace CLI {
class App;
}
namespace grpc {
class Service;
}

namespace tc::rpc {

class Feed;
class PeerChannel;
class RefusalLog;

// First line of every main, before any thread: no dumps of the memory, signals, TLS, the library's log. May
// be called again.
void InitProcess();

// What a service's own check of its command line may want to know of the common flags.
struct CommonFlags {
  bool development = false;
  std::string policy;                            // "gosuslugi"
  std::map<std::string, std::string> overrides;  // --set
};

struct ServiceInfo {
  std::string name;                   // "linking"
  std::string description;            // first line of --help
  std::vector<std::string> peers;     // names that --peer must give: {"identity"}
  std::vector<std::string> purposes;  // keys that the keyring must hold, besides the common ones
  std::vector<std::string> services;  // full proto names served, for health
  // Stores beside the database, {"person-keys"}: each in a directory of its own, <data>-person-keys.
  std::vector<std::string> further_stores = {};
  std::function<void(CLI::App&)> add_flags;  // the service's own flags; may be empty
  // Adds what is wrong with them, and with the files that they name, to the mistakes of the common flags: one
  // sentence each, told together before anything is opened. May be empty.
  std::function<void(const CommonFlags& common, std::vector<std::string>& mistakes)> check_flags;
  // Adds --check to the flags: they are checked, and nothing is served.
  bool offers_check = false;
};

class Runtime {
 public:
  // Parses the command line and opens everything. On --help, --version and errors it has printed what there
  // is to say and `exit_code` holds what main must return (0 or 2; 1 when opening failed).
  static std::unique_ptr<Runtime> FromCommandLine(int argc, char** argv, const ServiceInfo& info,
                                                  int& exit_code);
  virtual ~Runtime() = default;

  virtual const Clock& clock() const = 0;
  virtual Random& random() = 0;
  virtual kv::Database& database() = 0;
  // One of ServiceInfo::further_stores; another name ends the process.
  virtual kv::Database& store(const std::string& name) = 0;
  // Copies of the database and, after it, of the further stores.
  virtual Backups& backups() = 0;
  virtual const crypto::Keyring& keys() const = 0;
  virtual const Once& once() const = 0;
  virtual const Pager& pager() const = 0;
  virtual Gate& gate() = 0;
  // Told by the gate of the refusals that are for the record, and by handlers that refuse in an answer.
  virtual RefusalLog& refusals() = 0;
  // For the service's own streams; EventService has another one, so that callers take no place of the
  // followers'. Made at the first call, stopped by Serve.
  virtual Feed& feed() = 0;
  virtual const PeerChannel& peer(const std::string& name) const = 0;
  virtual const std::string& policy_name() const = 0;                       // "gosuslugi"
  virtual const std::map<std::string, std::string>& overrides() const = 0;  // --set
  virtual bool development() const = 0;
  virtual const std::string& data_dir() const = 0;

  // Serves until SIGTERM or SIGINT: health, reflection, EventService and AdminService are added here. Then
  // NOT_SERVING, refuse new calls, finish those under way (at most 20 s), stop. Returns main's exit code.
  // `policy` is what AdminService.GetPolicy shows; `reencryption` is started after each reload of the keys
  // (null: nothing is written anew) and outlives the call.
  virtual int Serve(std::vector<std::shared_ptr<grpc::Service>> services, PolicyInForce policy,
                    Reencryption* reencryption = nullptr) = 0;
};

}  // namespace tc::rpc

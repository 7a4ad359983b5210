#pragma once

// DevSuite: the four real servers as child processes in the development profile, for tcctl, the end-to-end
// tests and the benchmarks. Everything lies in one directory:
//
//   suite.json                 where the servers listen; what other tcctl commands read
//   <service>.log, <service>.sock, <service>/ (its database)
//   keys/dev.pem, dev.jwks           signs and verifies self-issued assertions
//   keys/proof.pem, proof.jwks       recovery's proofs to identity; made by recovery
//   keys/<service>/                  its keyring
//   spool/                           the messages that would have been sent
//
// Not thread-safe; children end with the thread that started them.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/process.h"
#include "tools/tcctl/spool.h"

namespace tc::dev {

enum class Service { kOtp, kIdentity, kLinking, kRecovery };
// In the order in which they are started: a service after those that it calls.
inline constexpr Service kServices[] = {Service::kOtp, Service::kIdentity, Service::kLinking,
                                        Service::kRecovery};
absl::string_view NameOf(Service service);  // "otp"
// Whom it calls.
std::vector<Service> PeersOf(Service service);

inline constexpr int kUsualPort = 7100;
// What the suite's notices name as the page to stop a recovery; nobody serves it.
inline constexpr char kNotMeUrl[] = "https://portal.example/not-me#";

struct SuiteOptions {
  std::string data;   // the directory; made when absent
  std::string bin;    // where the tc-* programs are; empty: beside this program, or in ../bin
  int base_port = 0;  // 7100: 127.0.0.1:7101–7104, metrics on 7201–7204; 0: Unix sockets and no metrics
  std::string spool;  // where messages go; empty: data/spool, where other tcctl commands look
  std::string providers;  // otp's file of providers, with which no message is spooled; empty: the spool
  std::string log_level = "info";
  std::vector<std::string> set;  // policy overrides, KEY=VALUE; each service takes its own
  std::map<Service, std::vector<std::string>> flags;  // further flags
  // Hold peers and persons to the rates of production. Without it, programs may call for them as fast as they
  // like.
  bool limit_rates = false;
};

// Overrides that let one developer play many people on one day: more invitations and codes for a phone.
std::vector<std::string> GenerousLimits();

// What suite.json holds: enough to call a suite that somebody else has started.
struct Location {
  std::string data;
  std::map<Service, std::string> targets;
};
// NOT_FOUND when no suite has been started with this directory.
absl::StatusOr<Location> Locate(const std::string& data);
// The key that signs assertions for the suite of this directory.
absl::StatusOr<crypto::JwtSigner> DevelopmentKey(const std::string& data);
std::string SpoolDir(const std::string& data);

// Clients of a suite, whoever has started it.
class SuiteClients {
 public:
  SuiteClients(const Location& location, const crypto::JwtSigner& signer);
  explicit SuiteClients(const std::map<Service, std::shared_ptr<Access>>& access);
  Client& operator[](Service service) { return *clients_.at(service); }

 private:
  std::map<Service, std::unique_ptr<Client>> clients_;
};

class DevSuite {
 public:
  // Starts all four and waits until each says SERVING. The error names the service that did not and quotes
  // the end of its log.
  static absl::StatusOr<std::unique_ptr<DevSuite>> Start(SuiteOptions options);
  ~DevSuite();  // SIGTERM to all

  // One service. `flags` come after those of the options, for this run only. Waits until it says SERVING.
  absl::Status Start(Service service, const std::vector<std::string>& flags = {});
  int Stop(Service service);   // SIGTERM; the exit code
  void Kill(Service service);  // SIGKILL
  bool Running(Service service);
  pid_t PidOf(Service service) const { return processes_.at(service).pid(); }

  Client& operator[](Service service) { return (*clients_)[service]; }
  SuiteClients& clients() { return *clients_; }
  const Spool& spool() const { return spool_; }
  const Location& location() const { return location_; }
  std::string LogOf(Service service) const;

 private:
  explicit DevSuite(SuiteOptions options);
  absl::Status Prepare();
  std::vector<std::string> CommandLine(Service service) const;
  absl::Status WaitUntilServing(Service service);

  SuiteOptions options_;
  Location location_;
  Spool spool_;
  std::unique_ptr<SuiteClients> clients_;
  std::map<Service, Process> processes_;
};

// A directory under $TMPDIR that is removed with the object; its name is short enough for sockets.
class TemporaryDir {
 public:
  TemporaryDir();
  ~TemporaryDir();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tc::dev

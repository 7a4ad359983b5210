#include "tools/tcctl/dev_suite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"

namespace tc::dev {

namespace fs = std::filesystem;

namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(30);
constexpr char kSuiteFile[] = "suite.json";

// The last digit of its port.
int PlaceOf(Service service) {
  switch (service) {
    case Service::kIdentity:
      return 1;
    case Service::kLinking:
      return 2;
    case Service::kRecovery:
      return 3;
    case Service::kOtp:
      return 4;
  }
  return 0;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return text.str();
}

// Some of what is written are keys: nobody else may read it, from its first byte on.
absl::Status WriteFile(const std::string& path, absl::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::fchmod(file, 0600) == 0 &&
                       ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool closed = file >= 0 && ::close(file) == 0;
  return written && closed ? absl::OkStatus() : absl::UnknownError(absl::StrCat("cannot write ", path));
}

std::string KeyFile(const std::string& data, absl::string_view name) {
  return absl::StrCat(data, "/keys/", name);
}

// The key of assertions and its public half, made once.
absl::Status EnsureSigner(const std::string& data) {
  if (fs::exists(KeyFile(data, "dev.pem"))) return absl::OkStatus();
  const crypto::JwtSigner signer = TRY(crypto::JwtSigner::Generate("dev"));
  TRY(WriteFile(KeyFile(data, "dev.jwks"), signer.Jwks()));
  return WriteFile(KeyFile(data, "dev.pem"), signer.ToPem());
}

absl::Status NoSuite(const std::string& data) {
  return absl::NotFoundError(
      absl::StrCat("no suite has been started in ", data, "; run: tcctl dev up --detach"));
}

std::string TargetOf(Service service, const SuiteOptions& options) {
  return options.base_port != 0 ? absl::StrCat("127.0.0.1:", options.base_port + PlaceOf(service))
                                : absl::StrCat("unix:", options.data, "/", NameOf(service), ".sock");
}

std::string DefaultBin() {
  std::error_code ignored;
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  return fs::exists(self / "tc-otp") ? self.string() : (self.parent_path() / "bin").string();
}

std::string EndOf(const std::string& log) {
  const std::vector<std::string> lines = absl::StrSplit(log, '\n', absl::SkipEmpty());
  const size_t first = lines.size() > 8 ? lines.size() - 8 : 0;
  return absl::StrJoin(lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end(), "\n");
}

}  // namespace

absl::string_view NameOf(Service service) {
  switch (service) {
    case Service::kIdentity:
      return "identity";
    case Service::kLinking:
      return "linking";
    case Service::kRecovery:
      return "recovery";
    case Service::kOtp:
      return "otp";
  }
  return "";
}

std::vector<Service> PeersOf(Service service) {
  switch (service) {
    case Service::kOtp:
      return {};
    case Service::kIdentity:
      return {Service::kOtp};
    case Service::kLinking:
      return {Service::kIdentity, Service::kRecovery};
    case Service::kRecovery:
      return {Service::kIdentity, Service::kLinking, Service::kOtp};
  }
  return {};
}

std::vector<std::string> GenerousLimits() {
  return {"link.invitations_per_phone=20", "link.invitations_per_principal=20", "otp.sends_per_number=20",
          "otp.sends_per_number_without_sign_in=20",
          // Everybody asks from one client, for neighbouring numbers, and nobody reads his messages.
          "otp.sends_per_account=50", "otp.sends_per_device=50", "otp.sends_per_client=100000",
          "otp.sends_per_network=1000000", "otp.sends_per_prefix=10000", "otp.sends_per_range=100000",
          "otp.conversion_block=0"};
}

std::string SpoolDir(const std::string& data) { return absl::StrCat(data, "/spool"); }

absl::StatusOr<Location> Locate(const std::string& data) {
  const absl::StatusOr<std::string> text = ReadFile(absl::StrCat(data, "/", kSuiteFile));
  if (!text.ok()) return NoSuite(data);
  const nlohmann::json suite = nlohmann::json::parse(*text, nullptr, false);
  Location location{data, {}};
  for (const Service service : kServices) {
    location.targets[service] = suite.is_object() ? suite.value(std::string(NameOf(service)), "") : "";
  }
  return location;
}

absl::StatusOr<crypto::JwtSigner> DevelopmentKey(const std::string& data) {
  const absl::StatusOr<std::string> pem = ReadFile(KeyFile(data, "dev.pem"));
  if (!pem.ok()) return NoSuite(data);
  return crypto::JwtSigner::FromPem(*pem, "dev");
}

SuiteClients::SuiteClients(const Location& location, const crypto::JwtSigner& signer) {
  for (const auto& [service, target] : location.targets)
    clients_[service] = std::make_unique<Client>(target, signer);
}

SuiteClients::SuiteClients(const std::map<Service, std::shared_ptr<Access>>& access) {
  for (const auto& [service, way] : access) clients_[service] = std::make_unique<Client>(way);
}

DevSuite::DevSuite(SuiteOptions options) : options_(std::move(options)), spool_(SpoolDir(options_.data)) {}

DevSuite::~DevSuite() {
  clients_.reset();  // a server waits for its connections
  for (auto& [service, process] : processes_) process.AskToStop();
}

absl::StatusOr<std::unique_ptr<DevSuite>> DevSuite::Start(SuiteOptions options) {
  std::unique_ptr<DevSuite> suite(new DevSuite(std::move(options)));
  TRY(suite->Prepare());
  TRY(suite->Start(Service::kRecovery));
  for (const Service service : kServices) {
    if (service == Service::kRecovery) continue;
    suite->processes_.emplace(service,
                              TRY(Process::Start(suite->CommandLine(service), suite->LogOf(service))));
  }
  for (const Service service : kServices) TRY(suite->WaitUntilServing(service));
  return suite;
}

absl::Status DevSuite::Prepare() {
  std::error_code error;
  fs::create_directories(options_.data, error);
  if (error) return absl::UnknownError(absl::StrCat("cannot make ", options_.data, ": ", error.message()));
  options_.data = fs::canonical(options_.data).string();
  if (options_.bin.empty()) options_.bin = DefaultBin();
  if (options_.spool.empty()) options_.spool = SpoolDir(options_.data);
  fs::create_directories(options_.spool);
  spool_ = Spool(options_.spool);
  location_.data = options_.data;
  nlohmann::json suite;
  for (const Service service : kServices) {
    const std::string name(NameOf(service));
    const std::string keys = KeyFile(options_.data, name);
    fs::create_directories(keys);
    fs::permissions(keys, fs::perms::owner_all);
    location_.targets[service] = TargetOf(service, options_);
    suite[name] = location_.targets[service];
  }
  TRY(EnsureSigner(options_.data));
  clients_ = std::make_unique<SuiteClients>(location_, TRY(DevelopmentKey(options_.data)));
  return WriteFile(absl::StrCat(options_.data, "/", kSuiteFile), suite.dump(2) + "\n");
}

std::vector<std::string> DevSuite::CommandLine(Service service) const {
  const std::string name(NameOf(service));
  const std::string& data = options_.data;
  std::vector<std::string> line = {
      absl::StrCat(options_.bin, "/tc-", name),
      "--profile",
      "dev",
      "--listen",
      location_.targets.at(service),
      "--data",
      absl::StrCat(data, "/", name),
      "--keys",
      KeyFile(data, name),
      "--jwks",
      KeyFile(data, "dev.jwks"),
      "--dev-key",
      KeyFile(data, "dev.pem"),
      "--log",
      options_.log_level,
  };
  if (options_.base_port != 0) {
    line.insert(line.end(),
                {"--metrics", absl::StrCat("127.0.0.1:", options_.base_port + 100 + PlaceOf(service))});
  }
  for (const Service peer : PeersOf(service)) {
    line.insert(line.end(), {"--peer", absl::StrCat(NameOf(peer), "=", location_.targets.at(peer))});
  }
  if (service == Service::kIdentity) {
    line.insert(line.end(), {"--recovery-jwks", KeyFile(data, "proof.jwks")});
  } else if (service == Service::kRecovery) {
    line.insert(line.end(), {"--proof-key", KeyFile(data, "proof.pem"), "--not-me-url", kNotMeUrl});
  } else if (service == Service::kOtp) {
    const bool spooled = options_.providers.empty();
    line.insert(line.end(),
                {spooled ? "--spool" : "--providers", spooled ? options_.spool : options_.providers});
  }
  if (!options_.limit_rates) line.insert(line.end(), {"--peer-rate", "0", "--person-rate", "0"});
  for (const std::string& value : options_.set) line.insert(line.end(), {"--set", value});
  const auto more = options_.flags.find(service);
  if (more != options_.flags.end()) line.insert(line.end(), more->second.begin(), more->second.end());
  return line;
}

absl::Status DevSuite::Start(Service service, const std::vector<std::string>& flags) {
  std::vector<std::string> line = CommandLine(service);
  line.insert(line.end(), flags.begin(), flags.end());
  processes_.erase(service);
  processes_.emplace(service, TRY(Process::Start(line, LogOf(service))));
  return WaitUntilServing(service);
}

absl::Status DevSuite::WaitUntilServing(Service service) {
  const absl::Time give_up = absl::Now() + kStartTimeout;
  while (true) {
    if ((*clients_)[service].Healthy()) return absl::OkStatus();
    const bool running = Running(service);
    if (!running || absl::Now() > give_up) {
      const absl::StatusOr<std::string> log = ReadFile(LogOf(service));
      return absl::UnavailableError(
          absl::StrCat("tc-", NameOf(service), running ? " does not get ready" : " has ended",
                       "; the end of ", LogOf(service), ":\n", EndOf(log.value_or(""))));
    }
    absl::SleepFor(absl::Milliseconds(10));
  }
}

int DevSuite::Stop(Service service) { return processes_.at(service).Stop(absl::Seconds(25)); }
void DevSuite::Kill(Service service) { processes_.at(service).Kill(); }
bool DevSuite::Running(Service service) {
  const auto found = processes_.find(service);
  return found != processes_.end() && found->second.Running();
}
std::string DevSuite::LogOf(Service service) const {
  return absl::StrCat(options_.data, "/", NameOf(service), ".log");
}

TemporaryDir::TemporaryDir() {
  const char* parent = std::getenv("TMPDIR");
  std::string name = absl::StrCat(parent == nullptr ? "/tmp" : parent, "/tc-XXXXXX");
  path_ = mkdtemp(name.data()) == nullptr ? "" : name;
}

TemporaryDir::~TemporaryDir() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace tc::dev

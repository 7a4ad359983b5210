#include "common/rpc/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/rpc/address.h"
#include "common/rpc/production.h"
#include "common/rpc/version.h"

namespace tc::rpc {
namespace {

namespace fs = std::filesystem;

// As the command line gives them.
struct Raw {
  std::string profile = "production";
  std::string log = "info";
  std::vector<std::string> peers;
  std::vector<std::string> sets;
  std::optional<bool> reflection;
  bool check = false;
};

void AddFlags(CLI::App& app, Flags& flags, Raw& raw) {
  app.add_option("--listen", flags.listen, "Address to serve on: HOST:PORT or unix:PATH");
  app.add_option("--metrics", flags.metrics, "Address of the metrics page, HOST:PORT; none when absent");
  app.add_option(
      "--health", flags.health,
      "Address of grpc.health.v1 in plaintext, HOST:PORT, for probes without a certificate; none when "
      "absent, and in production nowhere else");
  app.add_flag("--health-beyond-loopback", flags.health_beyond_loopback,
               "production: let --health be on an address that other machines reach");
  app.add_option("--data", flags.data, "Directory of the database");
  app.add_option(
      "--keys", flags.keys,
      "Directory of the keyring, never inside --data; or env: TC_KEY_<PURPOSE>__<KID> in the environment");
  app.add_option("--profile", raw.profile,
                 "production, or dev: plaintext and self-issued assertions, this machine only")
      ->capture_default_str();
  app.add_option("--jwks", flags.jwks, "JWKS file of the issuers of persons' assertions");
  app.add_option("--issuer", flags.issuer, "Issuer that assertions must name");
  app.add_option("--dev-key", flags.dev_key,
                 "dev: PEM file of the key that signs this service's own assertion");
  app.add_option("--tls-cert", flags.tls.certificate,
                 "production: PEM file of this service's certificate chain (ECDSA)");
  app.add_option("--tls-key", flags.tls.private_key, "production: PEM file of its private key");
  app.add_option("--tls-ca", flags.tls.ca,
                 "production: PEM file of the authorities whose certificates are accepted");
  app.add_option(
      "--tls-crl", flags.tls.crl,
      "production: PEM file of these authorities' lists of revoked certificates; none when absent");
  app.add_option("--trust-domain", flags.trust_domain, "production: trust domain of the peers' SPIFFE names");
  app.add_option("--peer", raw.peers, "NAME=TARGET: where another service is; repeated")->delimiter(',');
  app.add_option("--policy", flags.policy, "Policy profile: gosuslugi or strict")->default_str("gosuslugi");
  app.add_option("--set", raw.sets, "KEY=VALUE: overrides one number of the policy; repeated")
      ->delimiter(',');
  app.add_option("--log", raw.log, "debug, info, warning or error")->capture_default_str();
  app.add_option(
      "--reflection", raw.reflection,
      "Serve gRPC reflection, in production to operators and monitors only: true or false; default: "
      "true in dev only");
  app.add_option("--backup-days", flags.backup_days,
                 "Days until a backup beside the store is removed; 0 keeps them")
      ->capture_default_str();
  app.add_option("--audit-checkpoints", flags.audit_checkpoints,
                 "File to which every signed checkpoint of the audit log is appended, too; none when absent");
  app.add_option("--workers", flags.workers, "Threads that run handlers")->capture_default_str();
  app.add_option("--peer-rate", flags.peer_rate,
                 "Calls that a peer may make in a second, services excepted; 0: no limit")
      ->capture_default_str();
  app.add_option("--person-rate", flags.person_rate,
                 "Calls that a person may make in a second, twice as many at once; 0: no limit")
      ->capture_default_str();
  app.add_option("--peer-in-flight", flags.peer_in_flight,
                 "Calls of one peer that may be under way; 0: three quarters of what the server takes")
      ->capture_default_str();
  app.add_option("--clock-offset", flags.clock_offset_seconds,
                 "dev: seconds added to the time of day, to meet a deadline without waiting for it");
}

// Every option may come from the environment: --tls-cert as TC_TLS_CERT.
void NameEnvironment(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const std::string name = option->get_single_name();
    if (name == "help" || name == "version" || !option->get_envname().empty()) continue;
    option->envname(absl::StrCat("TC_", absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}}))));
  }
}

void SplitPairs(const std::vector<std::string>& texts, const char* flag,
                std::map<std::string, std::string>& pairs, std::vector<std::string>& mistakes) {
  for (const std::string& text : texts) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (pair.first.empty() || pair.second.empty()) {
      mistakes.push_back(absl::StrCat(flag, " ", text, ": must have the form NAME=VALUE"));
    } else if (!pairs.insert(pair).second) {
      mistakes.push_back(absl::StrCat(flag, " ", pair.first, " is given twice"));
    }
  }
}

std::vector<std::string> Interpret(const Raw& raw, Flags& flags) {
  std::vector<std::string> mistakes;
  if (raw.profile != "production" && raw.profile != "dev") {
    mistakes.push_back(absl::StrCat("--profile ", raw.profile, ": must be production or dev"));
  }
  flags.development = raw.profile == "dev";
  if (flags.policy.empty()) flags.policy = "gosuslugi";
  if (!obs::ParseLevel(raw.log, flags.log)) {
    mistakes.push_back(absl::StrCat("--log ", raw.log, ": must be debug, info, warning or error"));
  }
  SplitPairs(raw.peers, "--peer", flags.peers, mistakes);
  SplitPairs(raw.sets, "--set", flags.overrides, mistakes);
  flags.reflection = raw.reflection.value_or(flags.development);
  return mistakes;
}

bool IsInside(const std::string& inner, const std::string& outer) {
  std::error_code error;
  const fs::path in = fs::weakly_canonical(fs::absolute(inner, error), error);
  const fs::path out = fs::weakly_canonical(fs::absolute(outer, error), error);
  const auto [rest, _] = std::mismatch(out.begin(), out.end(), in.begin(), in.end());
  return rest == out.end() || (std::next(rest) == out.end() && rest->empty());
}

// The copies of the data lie beside it (backups.h).
bool KeysAreInsideData(const Flags& flags, const ServiceInfo& info) {
  if (flags.data.empty() || flags.keys.empty() || flags.keys == kKeysFromEnvironment) return false;
  std::vector<std::string> stores = {flags.data};
  for (const std::string& name : info.further_stores) stores.push_back(absl::StrCat(flags.data, "-", name));
  return std::any_of(stores.begin(), stores.end(), [&](const std::string& store) {
    return IsInside(flags.keys, store) || IsInside(flags.keys, absl::StrCat(store, "-backups"));
  });
}

int Complain(const ServiceInfo& info, const std::vector<std::string>& mistakes) {
  for (const std::string& mistake : mistakes)
    std::fprintf(stderr, "tc-%s: %s\n", info.name.c_str(), mistake.c_str());
  std::fprintf(stderr, "tc-%s: see --help\n", info.name.c_str());
  return 2;
}

}  // namespace

std::vector<std::string> MistakesIn(const Flags& flags, const ServiceInfo& info) {
  std::vector<std::string> mistakes;
  const auto need = [&](const std::string& value, absl::string_view flag, absl::string_view why = "") {
    if (value.empty()) mistakes.push_back(absl::StrCat(flag, " is required", why));
  };
  need(flags.listen, "--listen");
  need(flags.data, "--data");
  need(flags.keys, "--keys");
  need(flags.jwks, "--jwks");
  if (KeysAreInsideData(flags, info)) {
    mistakes.push_back(
        "--keys must not be inside --data or its copies: whoever gets a copy of the data must not get the "
        "keys");
  }
  for (const std::string& peer : info.peers) {
    if (flags.peers.count(peer) == 0)
      mistakes.push_back(absl::StrCat("--peer ", peer, "=TARGET is required"));
  }
  for (const auto& [peer, target] : flags.peers) {
    if (std::find(info.peers.begin(), info.peers.end(), peer) == info.peers.end()) {
      mistakes.push_back(absl::StrCat("--peer ", peer, ": this service asks no such peer"));
    }
  }
  if (flags.policy != "gosuslugi" && flags.policy != "strict") {
    mistakes.push_back(absl::StrCat("--policy ", flags.policy, ": must be gosuslugi or strict"));
  }
  // Copies of keys that have been destroyed must not outlive the term for erasures (CRY-07).
  if (flags.backup_days < 0 || flags.backup_days > 3650)
    mistakes.push_back("--backup-days must be from 0 to 3650");
  if (!info.further_stores.empty() && (flags.backup_days < 1 || flags.backup_days > 30)) {
    mistakes.push_back("--backup-days must be from 1 to 30: this service's copies hold keys of people");
  }
  if (flags.workers < 1 || flags.workers > 1024) mistakes.push_back("--workers must be from 1 to 1024");
  for (const auto& [flag, value] :
       {std::pair("--peer-rate", flags.peer_rate), std::pair("--person-rate", flags.person_rate),
        std::pair("--peer-in-flight", flags.peer_in_flight)}) {
    if (value < 0 || value > 1000000) mistakes.push_back(absl::StrCat(flag, " must be from 0 to 1000000"));
  }
  if (flags.development) {
    if (!flags.listen.empty() && !ListensLocally(flags.listen)) {
      mistakes.push_back(absl::StrCat(
          "--listen ", flags.listen,
          ": with --profile dev only a loopback or unix: address is served, since nothing is encrypted"));
    }
    if (!info.peers.empty()) need(flags.dev_key, "--dev-key", " with --profile dev");
  } else {
    need(flags.tls.certificate, "--tls-cert", " (or --profile dev on this machine only)");
    need(flags.tls.private_key, "--tls-key");
    need(flags.tls.ca, "--tls-ca");
    need(flags.trust_domain, "--trust-domain");
    need(flags.issuer, "--issuer");
    for (std::string& mistake : InsecureIn(flags)) mistakes.push_back(std::move(mistake));
  }
  return mistakes;
}

std::optional<int> ParseFlags(int argc, char** argv, const ServiceInfo& info, Flags& flags) {
  CLI::App app(info.description, absl::StrCat("tc-", info.name));
  Raw raw;
  AddFlags(app, flags, raw);
  if (info.add_flags) info.add_flags(app);
  if (info.offers_check) {
    app.add_flag("--check", raw.check, "Read and check the flags and the files they name, and serve nothing");
  }
  NameEnvironment(app);
  app.set_config("--config", "", "File of flags, one NAME=VALUE a line (TOML)")->envname("TC_CONFIG");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.set_version_flag("--version", absl::StrCat("tc-", info.name, " ", kVersion));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::vector<std::string> mistakes = Interpret(raw, flags);
  for (std::string& mistake : MistakesIn(flags, info)) mistakes.push_back(std::move(mistake));
  if (info.check_flags) info.check_flags({flags.development, flags.policy, flags.overrides}, mistakes);
  if (!mistakes.empty()) return Complain(info, mistakes);
  if (!raw.check) return std::nullopt;
  std::printf("tc-%s: nothing wrong\n", info.name.c_str());
  return 0;
}

}  // namespace tc::rpc

#pragma once

// Flags: the command line of every service, read and checked (runtime.h lists the flags). Precedence: flag,
// environment, --config file.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/obs/log.h"
#include "common/rpc/runtime.h"
#include "common/tls/files.h"

namespace tc::rpc {

// --keys: not a directory, but the environment.
inline constexpr char kKeysFromEnvironment[] = "env";

struct Flags {
  std::string listen;
  std::string metrics;
  std::string health;
  bool health_beyond_loopback = false;
  std::string data;
  std::string keys;
  bool development = false;
  std::string jwks;
  std::string issuer;
  std::string dev_key;
  tls::Files tls;
  std::string trust_domain;
  std::string audit_checkpoints;
  std::map<std::string, std::string> peers;  // name → target
  std::string policy;
  std::map<std::string, std::string> overrides;
  obs::Level log = obs::Level::kInfo;
  bool reflection = false;
  int workers = 64;
  int peer_rate = 10000;             // calls a second; 0: no limit
  int person_rate = 10;              // calls a second, twice as many at once; 0: no limit
  int peer_in_flight = 0;            // 0: three quarters of what the server takes
  int backup_days = 30;              // 0: copies are kept for ever
  int64_t clock_offset_seconds = 0;  // development: added to the time of day
};

// Fills `flags`, or returns main's exit code after printing: 0 for --help, --version and a --check that found
// nothing wrong (on stdout), 2 for mistakes (each on a line of stderr).
std::optional<int> ParseFlags(int argc, char** argv, const ServiceInfo& info, Flags& flags);

// Of flags that are not wrong: what an operator should be told at the start.
std::vector<std::string> WarningsOf(const Flags& flags);

// What is wrong with flags that were read, one sentence each, naming the flag. Empty: nothing.
std::vector<std::string> MistakesIn(const Flags& flags, const ServiceInfo& info);

}  // namespace tc::rpc

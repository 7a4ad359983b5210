#include "common/rpc/production.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/crypto/key_files.h"
#include "common/rpc/address.h"
#include "common/rpc/credentials.h"
#include "common/tls/ciphers.h"

namespace tc::rpc {
namespace {

struct Forbidden {
  const char* variable;
  const char* why;
};
constexpr char kWritesSecrets[] = "it would write secrets where they do not belong (TRN-15)";
constexpr char kTrustsOthers[] = "only the authorities of --tls-ca are trusted (TRN-03)";
constexpr char kChangesTls[] = "it would bring settings or code of somebody else into TLS (TRN-01)";
constexpr Forbidden kForbidden[] = {
    {"SSLKEYLOGFILE", kWritesSecrets},
    {"GRPC_TRACE", kWritesSecrets},
    {"GNUTLS_DEBUG_LEVEL", kWritesSecrets},
    {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", kTrustsOthers},
    {"GRPC_SYSTEM_SSL_ROOTS_DIR", kTrustsOthers},
    {"GRPC_USE_SYSTEM_SSL_ROOTS", kTrustsOthers},
    {"OPENSSL_CONF", kChangesTls},
    {"OPENSSL_MODULES", kChangesTls},
    {"OPENSSL_ENGINES", kChangesTls},
    {"GNUTLS_SYSTEM_PRIORITY_FILE", kChangesTls},
};

void CheckEnvironment(std::vector<std::string>& mistakes) {
  for (const auto& [variable, why] : kForbidden) {
    if (std::getenv(variable) != nullptr) mistakes.push_back(absl::StrCat(variable, " is set: ", why));
  }
  const char* const verbosity = std::getenv("GRPC_VERBOSITY");
  if (verbosity != nullptr && absl::EqualsIgnoreCase(verbosity, "debug")) {
    mistakes.push_back("GRPC_VERBOSITY=debug is set: it would write what peers send into the log (TRN-15)");
  }
  if (tls::OtherCiphersWereGiven())
    mistakes.push_back("GRPC_SSL_CIPHER_SUITES is set: other ciphers would let TLS 1.2 in (TRN-02)");
}

bool IsHostAndPort(absl::string_view target) {
  const size_t colon = target.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(target.substr(colon + 1), &port)) return false;
  const absl::string_view host = target.substr(0, colon);
  const bool bracketed = absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  return port > 0 && port <= 65535 && !host.empty() && !absl::StrContains(host, '/') &&
         (bracketed || !absl::StrContains(host, ':'));
}

// Records are sealed, but what lay open may have been copied or changed: an operator must know (CRY-15). A
// volume's root may belong to root, with this process in its group.
void CheckData(const std::string& dir, std::vector<std::string>& mistakes) {
  struct stat found = {};
  if (dir.empty() || ::stat(dir.c_str(), &found) != 0) return;
  const std::vector<gid_t> own = crypto::OwnGroups();
  const bool own_group = std::find(own.begin(), own.end(), found.st_gid) != own.end();
  if ((found.st_mode & S_IRWXO) == 0 && ((found.st_mode & S_IRWXG) == 0 || own_group)) return;
  mistakes.push_back(
      absl::StrFormat("--data %s: mode %04o lets others in; chmod 0700", dir, found.st_mode & 07777));
}

// A target of another kind is resolved by somebody who is not named in it. The library takes "xds:7101" for
// such a one, too, and not for a host.
bool IsPeerTarget(const std::string& target) {
  for (const char* scheme : {"dns:", "ipv4:", "ipv6:", "unix:"}) {
    if (absl::StartsWith(target, scheme)) return true;
  }
  for (const char* scheme : {"xds:", "unix-abstract:", "google-c2p:", "google-c2p-experimental:"}) {
    if (absl::StartsWithIgnoreCase(target, scheme)) return false;
  }
  return IsHostAndPort(target);
}

}  // namespace

bool IsTrustDomain(const std::string& text) {
  if (text.empty() || text.size() > 255) return false;
  for (const absl::string_view label : absl::StrSplit(text, '.')) {
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    const bool plain = std::all_of(label.begin(), label.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!plain) return false;
  }
  return true;
}

std::vector<std::string> InsecureIn(const Flags& flags) {
  std::vector<std::string> mistakes;
  if (flags.clock_offset_seconds != 0) mistakes.push_back("--clock-offset is for --profile dev");
  if (!flags.dev_key.empty()) mistakes.push_back("--dev-key is for --profile dev");
  if (!flags.trust_domain.empty() && !IsTrustDomain(flags.trust_domain)) {
    mistakes.push_back(absl::StrCat("--trust-domain ", flags.trust_domain,
                                    ": must be a name such as example.org, in lower case"));
  }
  if (flags.issuer != absl::StripAsciiWhitespace(flags.issuer) || flags.issuer == kDevelopmentIssuer) {
    mistakes.push_back(absl::StrCat("--issuer ", flags.issuer,
                                    ": must be the issuer of persons' assertions, without spaces around it"));
  }
  for (const auto& [peer, target] : flags.peers) {
    if (!IsPeerTarget(target)) {
      mistakes.push_back(absl::StrCat("--peer ", peer, "=", target,
                                      ": must be HOST:PORT, dns:, ipv4:, ipv6: or unix:; each is called "
                                      "over mutual TLS"));
    }
  }
  for (const auto& [flag, address] : {std::pair{"--health", flags.health}, {"--metrics", flags.metrics}}) {
    const bool same = address == flags.listen && !absl::EndsWith(address, ":0");
    if (!address.empty() && same)
      mistakes.push_back(absl::StrCat(flag, " ", address, ": must not be the address of --listen"));
  }
  // Plaintext HTTP/2 in the process of the secrets: who reaches it can make it grow without end.
  if (!flags.health.empty() && !ListensLocally(flags.health) && !flags.health_beyond_loopback) {
    mistakes.push_back(absl::StrCat("--health ", flags.health,
                                    ": must be a loopback or unix: address, since it asks for no certificate "
                                    "(or --health-beyond-loopback where a network policy lets probes alone "
                                    "reach it)"));
  }
  CheckData(flags.data, mistakes);
  CheckEnvironment(mistakes);
  return mistakes;
}

std::vector<std::string> WarningsOf(const Flags& flags) {
  std::vector<std::string> warnings;
  for (const auto& [flag, address] : {std::pair{"--health", flags.health}, {"--metrics", flags.metrics}}) {
    if (!address.empty() && !ListensLocally(address)) {
      warnings.push_back(absl::StrCat(flag, " ", address,
                                      " is plaintext and for everybody who reaches it; let only probes and "
                                      "the metrics' reader reach it"));
    }
  }
  return warnings;
}

}  // namespace tc::rpc

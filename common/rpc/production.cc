#include "common/rpc/production.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/rpc/address.h"
#include "common/rpc/credentials.h"
#include "common/tls/ciphers.h"

namespace tc::rpc {
namespace {

struct Forbidden {
  const char* variable;
  const char* why;
};
constexpr std::array<Forbidden, 5> kForbidden = {{
    {"SSLKEYLOGFILE", "it would write secrets where they do not belong (TRN-15)"},
    {"GRPC_TRACE", "it would write secrets where they do not belong (TRN-15)"},
    {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "only the authorities of --tls-ca are trusted (TRN-03)"},
    {"GRPC_SYSTEM_SSL_ROOTS_DIR", "only the authorities of --tls-ca are trusted (TRN-03)"},
    {"GRPC_USE_SYSTEM_SSL_ROOTS", "only the authorities of --tls-ca are trusted (TRN-03)"},
}};

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

// A target of another kind is resolved by somebody who is not named in it.
bool IsPeerTarget(const std::string& target) {
  const std::string scheme = target.substr(0, target.find(':'));
  if (scheme == "xds" || scheme == "unix-abstract" || scheme == "google-c2p") return false;
  const bool known = scheme == "dns" || scheme == "ipv4" || scheme == "ipv6" || scheme == "unix";
  return known || !absl::StrContains(target, "://");
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

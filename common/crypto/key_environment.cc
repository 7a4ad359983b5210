#include "common/crypto/key_environment.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/status.h"
#include "common/crypto/key_files.h"
#include "common/crypto/openssl.h"
#include "common/crypto/wipe.h"

namespace tc::crypto {
namespace {

constexpr char kPrefix[] = "TC_KEY_";
constexpr char kKidMark[] = "__";
constexpr size_t kKidMarkLength = 2;

std::string PrefixOf(absl::string_view purpose) {
  return absl::StrCat(kPrefix, absl::AsciiStrToUpper(absl::StrReplaceAll(purpose, {{"-", "_"}, {".", "_"}})),
                      kKidMark);
}

absl::StatusOr<std::map<std::string, std::string>> Prefixes(const std::vector<std::string>& purposes) {
  std::map<std::string, std::string> prefixes;
  for (const std::string& purpose : purposes) {
    const auto [earlier, fresh] = prefixes.emplace(PrefixOf(purpose), purpose);
    if (!fresh && earlier->second != purpose) {
      return absl::InvalidArgumentError(
          absl::StrCat(earlier->first, "* would be both ", earlier->second, " and ", purpose));
    }
  }
  return prefixes;
}

// The bytes that the process was started with are wiped where they lie, since /proc/PID/environ shows those.
std::map<std::string, Secret> TakeVariables() {
  std::map<std::string, Secret> taken;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (!absl::StartsWith(*entry, kPrefix)) continue;
    char* const equals = std::strchr(*entry, '=');
    if (equals == nullptr) continue;
    char* const value = equals + 1;
    taken.emplace(std::string(*entry, equals), Secret(value));
    Wipe(value, std::strlen(value));
  }
  for (const auto& [name, key] : taken) ::unsetenv(name.c_str());
  return taken;
}

}  // namespace

absl::StatusOr<RawKeys> TakeKeysFromEnvironment(const std::vector<std::string>& purposes) {
  const std::map<std::string, Secret> variables = TakeVariables();
  const std::map<std::string, std::string> prefixes = TRY(Prefixes(purposes));
  RawKeys keys;
  for (const auto& [name, text] : variables) {
    const size_t mark = name.rfind(kKidMark);
    const auto purpose =
        mark == std::string::npos ? prefixes.end() : prefixes.find(name.substr(0, mark + kKidMarkLength));
    const std::string kid = purpose == prefixes.end() ? "" : name.substr(mark + kKidMarkLength);
    if (!IsKid(kid)) {
      return absl::FailedPreconditionError(
          absl::StrCat(name, ": not named TC_KEY_<PURPOSE>__<KID> after a purpose of this service"));
    }
    keys[purpose->second].emplace(kid, TRY(DecodeKey(name, text.Reveal())));
  }
  return keys;
}

}  // namespace tc::crypto

#include "common/crypto/password_hash.h"

#include <argon2.h>

#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/crypto/openssl.h"
#include "common/crypto/wipe.h"

namespace tc::crypto {
namespace {

constexpr uint32_t kTagBytes = 32;
constexpr size_t kSaltBytes = 16;
// What a stored string may make this process spend.
constexpr uint32_t kMostMemoryKib = 1 << 20;
constexpr uint32_t kMostPasses = 64;
constexpr uint32_t kMostLanes = 16;

struct Phc {
  uint32_t version = 0;
  Argon2Params params;
  size_t salt = 0;
  size_t tag = 0;
};

bool ReadNumber(absl::string_view text, absl::string_view prefix, uint32_t& out) {
  return absl::ConsumePrefix(&text, prefix) && absl::SimpleAtoi(text, &out);
}

std::optional<size_t> Base64Bytes(absl::string_view text) {
  std::string bytes;
  if (text.empty() || !absl::Base64Unescape(text, &bytes)) return std::nullopt;
  const size_t size = bytes.size();
  Wipe(bytes);
  return size;
}

// $argon2id$v=19$m=65536,t=3,p=1$salt$tag
std::optional<Phc> Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '$');
  if (parts.size() != 6 || !parts[0].empty() || parts[1] != "argon2id") return std::nullopt;
  const std::vector<absl::string_view> cost = absl::StrSplit(parts[3], ',');
  Phc phc;
  if (!ReadNumber(parts[2], "v=", phc.version) || cost.size() != 3 ||
      !ReadNumber(cost[0], "m=", phc.params.memory_kib) || !ReadNumber(cost[1], "t=", phc.params.passes) ||
      !ReadNumber(cost[2], "p=", phc.params.lanes)) {
    return std::nullopt;
  }
  const std::optional<size_t> salt = Base64Bytes(parts[4]);
  const std::optional<size_t> tag = Base64Bytes(parts[5]);
  if (!salt || !tag || phc.params.memory_kib > kMostMemoryKib || phc.params.passes > kMostPasses ||
      phc.params.lanes > kMostLanes) {
    return std::nullopt;
  }
  phc.salt = *salt;
  phc.tag = *tag;
  return phc;
}

}  // namespace

absl::StatusOr<Secret> HashPassword(const Secret& password, absl::string_view salt,
                                    const Argon2Params& params) {
  const size_t size = argon2_encodedlen(params.passes, params.memory_kib, params.lanes,
                                        static_cast<uint32_t>(salt.size()), kTagBytes, Argon2_id);
  std::string phc(size, '\0');
  const absl::string_view bytes = password.Reveal();
  const int code =
      argon2id_hash_encoded(params.passes, params.memory_kib, params.lanes, bytes.data(), bytes.size(),
                            salt.data(), salt.size(), kTagBytes, phc.data(), phc.size());
  if (code != ARGON2_OK) return absl::InternalError(absl::StrCat("Argon2id: ", argon2_error_message(code)));
  Secret hashed(phc.c_str());
  Wipe(phc);
  return hashed;
}

bool VerifyPassword(const Secret& password, const Secret& phc) {
  if (!Parse(phc.Reveal())) return false;
  std::string terminated(phc.Reveal());
  const absl::string_view bytes = password.Reveal();
  const bool same = argon2id_verify(terminated.c_str(), bytes.data(), bytes.size()) == ARGON2_OK;
  Wipe(terminated);
  return same;
}

bool NeedsRehash(const Secret& phc, const Argon2Params& params) {
  const std::optional<Phc> made = Parse(phc.Reveal());
  return !made || made->version < ARGON2_VERSION_13 || made->params.memory_kib < params.memory_kib ||
         made->params.passes < params.passes || made->salt < kSaltBytes || made->tag < kTagBytes;
}

}  // namespace tc::crypto

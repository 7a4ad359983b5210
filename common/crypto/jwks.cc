// The key documents of JwtVerifier and JwtSigner (RFC 7517, RFC 8037).

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/jwt.h"
#include "common/crypto/strict_json.h"

namespace tc::crypto {
namespace {

using nlohmann::json;

constexpr size_t kMaxJwks = 64 * 1024;

absl::StatusOr<std::string> Coordinate(const json& entry, const char* name) {
  const std::optional<std::string> text = StringMember(entry, name);
  const std::optional<std::string> bytes = text ? FromBase64Url(*text) : std::nullopt;
  if (!bytes)
    return absl::InvalidArgumentError(absl::StrCat("member \"", name, "\" is missing or no base64url"));
  return *bytes;
}

absl::StatusOr<PublicKey> ParseKey(const json& entry) {
  const std::string type = StringMember(entry, "kty").value_or("");
  const std::string curve = StringMember(entry, "crv").value_or("");
  const bool ed25519 = type == "OKP" && curve == "Ed25519";
  const bool p256 = type == "EC" && curve == "P-256";
  if (!ed25519 && !p256) {
    return absl::InvalidArgumentError(
        absl::StrCat("kind \"", type, "\" \"", curve, "\" is not one of OKP Ed25519, EC P-256"));
  }
  if (entry.contains("d")) return absl::InvalidArgumentError("it is a private key");
  const absl::string_view algorithm = ed25519 ? "EdDSA" : "ES256";
  if (entry.contains("alg") && StringMember(entry, "alg").value_or("") != algorithm) {
    return absl::InvalidArgumentError(absl::StrCat("member \"alg\" is not ", algorithm));
  }
  if (entry.contains("use") && StringMember(entry, "use").value_or("") != "sig") {
    return absl::InvalidArgumentError("member \"use\" is not sig");
  }
  const std::string x = TRY(Coordinate(entry, "x"));
  return ed25519 ? PublicKey::Ed25519(x) : PublicKey::P256(x, TRY(Coordinate(entry, "y")));
}

}  // namespace

absl::StatusOr<JwtVerifier> JwtVerifier::FromJwks(absl::string_view jwks) {
  const std::optional<json> document = jwks.size() <= kMaxJwks ? ParseObject(jwks) : std::nullopt;
  if (!document || !document->contains("keys") || !document->at("keys").is_array() ||
      document->at("keys").empty()) {
    return absl::InvalidArgumentError("a JWKS document is an object with a list \"keys\" that is not empty");
  }
  JwtVerifier verifier;
  int number = 0;
  for (const json& entry : document->at("keys")) {
    ++number;
    const std::string kid = entry.is_object() ? StringMember(entry, "kid").value_or("") : "";
    const std::string name =
        absl::StrCat("JWKS key ", number, kid.empty() ? "" : absl::StrCat(" (kid \"", kid, "\")"));
    if (kid.empty()) return absl::InvalidArgumentError(absl::StrCat(name, ": it has no kid"));
    absl::StatusOr<PublicKey> key = ParseKey(entry);
    if (!key.ok()) return absl::InvalidArgumentError(absl::StrCat(name, ": ", key.status().message()));
    if (!verifier.keys_.emplace(kid, *std::move(key)).second) {
      return absl::InvalidArgumentError(absl::StrCat(name, ": another key has the same kid"));
    }
  }
  return verifier;
}

std::vector<std::string> JwtVerifier::Kids() const {
  std::vector<std::string> kids;
  for (const auto& [kid, key] : keys_) kids.push_back(kid);
  return kids;
}

std::string JwtSigner::Jwks() const {
  const json key = {{"kty", "OKP"}, {"crv", "Ed25519"}, {"alg", "EdDSA"},
                    {"use", "sig"}, {"kid", kid_},      {"x", ToBase64Url(key_.PublicBytes())}};
  return json{{"keys", json::array({key})}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace tc::crypto

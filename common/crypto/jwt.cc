#include "common/crypto/jwt.h"

#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"
#include "common/crypto/strict_json.h"

namespace tc::crypto {
namespace {

using nlohmann::json;

constexpr size_t kMaxToken = 4096;

absl::Status Invalid() {
  return Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid,
                "the credentials are not valid");
}

absl::Status Expired() {
  return Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsExpired,
                "the credentials have expired");
}

const std::set<std::string>& Registered() {
  static const auto& names = *new std::set<std::string>{"iss", "sub",       "aud", "exp", "nbf",   "iat",
                                                        "jti", "auth_time", "sid", "amr", "device"};
  return names;
}

struct Parts {
  absl::string_view signed_text;  // header.claims
  std::string header;
  std::string claims;
  std::string signature;
};

std::optional<Parts> Split(absl::string_view token) {
  if (token.size() > kMaxToken) return std::nullopt;
  const std::vector<absl::string_view> pieces = absl::StrSplit(token, '.');
  if (pieces.size() != 3) return std::nullopt;
  std::array<std::string, 3> decoded;
  for (size_t i = 0; i < 3; ++i) {
    const std::optional<std::string> bytes = FromBase64Url(pieces[i]);
    if (!bytes || bytes->empty()) return std::nullopt;
    decoded[i] = *bytes;
  }
  return Parts{token.substr(0, pieces[0].size() + 1 + pieces[1].size()), decoded[0], decoded[1], decoded[2]};
}

// The key decides which algorithm is right; the header may only agree with it.
bool Fits(absl::string_view algorithm, const PublicKey& key) {
  switch (key.kind()) {
    case PublicKey::Kind::kEd25519:
      return algorithm == "EdDSA";
    case PublicKey::Kind::kP256:
      return algorithm == "ES256";
  }
  return false;
}

bool Genuine(const Parts& parts, const std::map<std::string, PublicKey>& keys) {
  const std::optional<json> header = ParseObject(parts.header);
  // "crit" names extensions that a reader must understand; there are none that we do.
  if (!header || header->contains("crit")) return false;
  const auto key = keys.find(StringMember(*header, "kid").value_or(""));
  return key != keys.end() && Fits(StringMember(*header, "alg").value_or(""), key->second) &&
         key->second.Verify(parts.signed_text, parts.signature);
}

// The readers of one claim each: absent is good, of another type is not.
bool Read(const json& claims, const char* name, std::string& out) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return true;
  if (!claim->is_string()) return false;
  out = claim->get<std::string>();
  return true;
}

bool Read(const json& claims, const char* name, std::vector<std::string>& out) {
  const auto claim = claims.find(name);
  if (claim == claims.end()) return true;
  if (!claim->is_array()) return false;
  for (const json& item : *claim) {
    if (!item.is_string()) return false;
    out.push_back(item.get<std::string>());
  }
  return true;
}

bool Read(const json& claims, const char* name, std::optional<absl::Time>& out) {
  constexpr double kEndOfYear9999 = 253402300799.0;
  const auto claim = claims.find(name);
  if (claim == claims.end()) return true;
  if (!claim->is_number()) return false;
  const double seconds = claim->get<double>();
  if (!(seconds >= 0 && seconds <= kEndOfYear9999)) return false;
  out = claim->is_number_integer() ? absl::FromUnixSeconds(claim->get<int64_t>())
                                   : absl::UnixEpoch() + absl::Seconds(seconds);
  return true;
}

bool ReadAudience(const json& claims, std::vector<std::string>& out) {
  const std::optional<std::string> single = StringMember(claims, "aud");
  if (!single) return Read(claims, "aud", out);
  out = {*single};
  return true;
}

std::map<std::string, std::string> ReadExtra(const json& claims) {
  std::map<std::string, std::string> extra;
  for (const auto& [name, value] : claims.items()) {
    if (value.is_string() && Registered().count(name) == 0) extra.emplace(name, value.get<std::string>());
  }
  return extra;
}

struct Reading {
  Claims claims;
  std::optional<absl::Time> not_before;
};

std::optional<Reading> ReadClaims(absl::string_view text) {
  const std::optional<json> parsed = ParseObject(text);
  if (!parsed) return std::nullopt;
  Reading reading;
  Claims& claims = reading.claims;
  const bool good = Read(*parsed, "iss", claims.issuer) && Read(*parsed, "sub", claims.subject) &&
                    ReadAudience(*parsed, claims.audience) && Read(*parsed, "exp", claims.expires_at) &&
                    Read(*parsed, "nbf", reading.not_before) && Read(*parsed, "iat", claims.issued_at) &&
                    Read(*parsed, "auth_time", claims.auth_time) && Read(*parsed, "jti", claims.id) &&
                    Read(*parsed, "sid", claims.session) && Read(*parsed, "device", claims.device) &&
                    Read(*parsed, "amr", claims.methods);
  if (!good) return std::nullopt;
  claims.extra = ReadExtra(*parsed);
  return reading;
}

bool MeantFor(const Claims& claims, const JwtRules& rules) {
  if (rules.audience.empty() || (!rules.issuer.empty() && claims.issuer != rules.issuer)) return false;
  for (const std::string& audience : claims.audience) {
    if (audience == rules.audience) return true;
  }
  return false;
}

bool TimesMakeSense(const Reading& reading, const JwtRules& rules, absl::Time now) {
  const absl::Time latest = now + rules.leeway;
  for (const auto& time : {reading.not_before, reading.claims.issued_at, reading.claims.auth_time}) {
    if (time && *time > latest) return false;
  }
  return reading.claims.expires_at && *reading.claims.expires_at - now <= rules.max_lifetime + rules.leeway;
}

// RFC 7638 §3: these members, in this order.
std::string Thumbprint(const PrivateKey& key) {
  const json members = {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", ToBase64Url(key.PublicBytes())}};
  return ToBase64Url(Sha256(members.dump()));
}

absl::Status CheckKid(absl::string_view kid) {
  return kid.empty() ? absl::InvalidArgumentError("a signing key needs a kid") : absl::OkStatus();
}

std::string Encode(const json& object) {
  return ToBase64Url(object.dump(-1, ' ', false, json::error_handler_t::replace));
}

json ToJson(const Claims& claims) {
  json out = json::object();
  for (const auto& [name, value] : claims.extra) {
    if (Registered().count(name) == 0) out[name] = value;
  }
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  const auto time = [&](const char* name, const std::optional<absl::Time>& value) {
    if (value) out[name] = absl::ToUnixSeconds(*value);
  };
  text("iss", claims.issuer);
  text("sub", claims.subject);
  text("jti", claims.id);
  text("sid", claims.session);
  text("device", claims.device);
  time("exp", claims.expires_at);
  time("iat", claims.issued_at);
  time("auth_time", claims.auth_time);
  if (claims.audience.size() == 1) out["aud"] = claims.audience[0];
  if (claims.audience.size() > 1) out["aud"] = claims.audience;
  if (!claims.methods.empty()) out["amr"] = claims.methods;
  return out;
}

}  // namespace

absl::StatusOr<Claims> JwtVerifier::Verify(absl::string_view token, const JwtRules& rules,
                                           absl::Time now) const {
  const std::optional<Parts> parts = Split(token);
  if (!parts || !Genuine(*parts, keys_)) return Invalid();
  std::optional<Reading> reading = ReadClaims(parts->claims);
  if (!reading || !MeantFor(reading->claims, rules) || !TimesMakeSense(*reading, rules, now))
    return Invalid();
  if (now >= *reading->claims.expires_at) return Expired();
  return std::move(reading->claims);
}

JwtSigner JwtSigner::Generate() {
  PrivateKey key = PrivateKey::Generate();
  std::string kid = Thumbprint(key);
  return JwtSigner(std::move(kid), std::move(key));
}

absl::StatusOr<JwtSigner> JwtSigner::FromPem(absl::string_view pem) {
  PrivateKey key = TRY(PrivateKey::FromPem(pem));
  std::string kid = Thumbprint(key);
  return JwtSigner(std::move(kid), std::move(key));
}

absl::StatusOr<JwtSigner> JwtSigner::Generate(std::string kid) {
  TRY(CheckKid(kid));
  return JwtSigner(std::move(kid), PrivateKey::Generate());
}

absl::StatusOr<JwtSigner> JwtSigner::FromPem(absl::string_view pem, std::string kid) {
  TRY(CheckKid(kid));
  return JwtSigner(std::move(kid), TRY(PrivateKey::FromPem(pem)));
}

std::string JwtSigner::ToPem() const { return key_.ToPem(); }

std::string JwtSigner::Sign(const Claims& claims) const {
  const json header = {{"alg", "EdDSA"}, {"kid", kid_}, {"typ", "JWT"}};
  const std::string signed_text = absl::StrCat(Encode(header), ".", Encode(ToJson(claims)));
  return absl::StrCat(signed_text, ".", ToBase64Url(key_.Sign(signed_text)));
}

}  // namespace tc::crypto

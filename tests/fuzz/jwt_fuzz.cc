// Assertions and key documents. What verifies was signed by a key of the document, letter for letter, and
// says exactly what the signed text says; whatever else, and whatever was changed by one bit, is refused
// (SES-06).

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/crypto/jwt.h"
#include "common/crypto/signature.h"
#include "common/testing/noon.h"
#include "tests/fuzz/fuzz.h"

namespace tc::fuzz {
namespace {

using nlohmann::json;

enum class Form { kToken, kClaims, kHeader, kSignature, kDocument };
constexpr size_t kForms = 5;

constexpr char kKid[] = "fuzz";
// RFC 7517 appendix A.1: a public key on P-256.
constexpr char kP256[] =
    R"({"kty":"EC","crv":"P-256","kid":"p256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
    R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})";

std::string Url(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

// The same key in every run, so that a kept token stays a good one: PKCS#8 of RFC 8410 around 32 known bytes.
const std::string& Pem() {
  static const auto& pem = *new std::string(
      absl::StrCat("-----BEGIN PRIVATE KEY-----\n",
                   absl::Base64Escape(absl::StrCat(absl::HexStringToBytes("302e020100300506032b657004220420"),
                                                   std::string(32, 'f'))),
                   "\n-----END PRIVATE KEY-----\n"));
  return pem;
}
const crypto::PrivateKey& Key() {
  static const auto& key = *new crypto::PrivateKey(crypto::PrivateKey::FromPem(Pem()).value());
  return key;
}
const crypto::JwtSigner& Signer() {
  static const auto& signer = *new crypto::JwtSigner(crypto::JwtSigner::FromPem(Pem(), kKid).value());
  return signer;
}
std::string Document() {
  const std::string own = Signer().Jwks();
  return absl::StrCat(own.substr(0, own.size() - 2), ",", kP256, "]}");
}
const crypto::JwtVerifier& Verifier() {
  static const auto& verifier = *new crypto::JwtVerifier(crypto::JwtVerifier::FromJwks(Document()).value());
  return verifier;
}

const absl::Time kNow = testing::Noon();
crypto::JwtRules Rules() { return {.audience = "trusted-contact", .issuer = "portal"}; }

// What is well signed but says the same again is no forgery: these are the only tokens a run has given out.
std::set<std::string>& GivenOut() {
  static auto& tokens = *new std::set<std::string>;
  return tokens;
}

std::string Signed(absl::string_view header, absl::string_view claims) {
  const std::string text = absl::StrCat(Url(header), ".", Url(claims));
  return absl::StrCat(text, ".", Url(Key().Sign(text)));
}

std::string Header() { return R"({"alg":"EdDSA","kid":"fuzz","typ":"JWT"})"; }

json GoodClaims() {
  const int64_t now = absl::ToUnixSeconds(kNow);
  return {{"iss", "portal"},
          {"aud", {"trusted-contact", "other"}},
          {"sub", "alice"},
          {"exp", now + 50},
          {"iat", now - 1},
          {"nbf", now - 1},
          {"jti", "1"},
          {"auth_time", now - 30},
          {"sid", "session"},
          {"device", "d1"},
          {"peer", "portal/demo"},
          {"amr", {"pwd", "otp"}}};
}

std::string TextOf(const json& claims, const std::string& name) {
  return claims.contains(name) ? claims[name].get<std::string>() : "";
}
std::optional<double> SecondsOf(const json& claims, const char* name) {
  return claims.contains(name) ? std::optional(claims[name].get<double>()) : std::nullopt;
}
bool SameTime(const std::optional<absl::Time>& read, const std::optional<double>& said) {
  if (read.has_value() != said.has_value()) return false;
  return !read.has_value() ||
         absl::AbsDuration(*read - absl::UnixEpoch() - absl::Seconds(*said)) <= absl::Microseconds(1);
}

// How many members the outermost object has, those counted that stand there twice.
size_t MembersOf(absl::string_view text) {
  size_t members = 0;
  const auto count = [&](int depth, json::parse_event_t event, json&) {
    if (event == json::parse_event_t::key && depth == 1) ++members;
    return true;
  };
  const json ignored = json::parse(text.begin(), text.end(), count, /*allow_exceptions=*/false);
  return members;
}

// `text` was signed, and the verifier has taken it for `claims`: a second reader must find the same in it.
void CheckClaims(const crypto::Claims& claims, absl::string_view text) {
  const json said = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  Require(said.is_object(), "verified claims are an object");
  Require(MembersOf(text) == said.size(), "no claim stands there twice");
  Require(claims.subject == TextOf(said, "sub") && claims.issuer == TextOf(said, "iss") &&
              claims.id == TextOf(said, "jti") && claims.session == TextOf(said, "sid") &&
              claims.device == TextOf(said, "device"),
          "verified texts are those that were signed");
  Require(SameTime(claims.expires_at, SecondsOf(said, "exp")) &&
              SameTime(claims.issued_at, SecondsOf(said, "iat")) &&
              SameTime(claims.auth_time, SecondsOf(said, "auth_time")),
          "verified times are those that were signed");
  Require(claims.issuer == Rules().issuer, "the issuer is the one that is believed");
  Require(
      std::find(claims.audience.begin(), claims.audience.end(), Rules().audience) != claims.audience.end(),
      "the audience is this suite");
  Require(claims.expires_at > kNow && *claims.expires_at <= kNow + absl::Seconds(62),
          "it is in force, and for a minute at most");
  Require(claims.auth_time.value_or(kNow) <= kNow + absl::Seconds(2), "nobody signs in in the future");
  for (const auto& [name, value] : claims.extra) Require(TextOf(said, name) == value, "as signed");
}

void MustRefuse(const std::string& token, const char* promise) {
  const auto claims = Verifier().Verify(token, Rules(), kNow);
  Require(!claims.ok(), promise);
  Require(claims.status().code() == absl::StatusCode::kUnauthenticated, "a bad token is UNAUTHENTICATED");
}

void CheckToken(absl::string_view token) {
  const auto claims = Verifier().Verify(token, Rules(), kNow);
  if (!claims.ok()) {
    return Require(claims.status().code() == absl::StatusCode::kUnauthenticated,
                   "a bad token is UNAUTHENTICATED");
  }
  Require(GivenOut().count(std::string(token)) > 0, "what verifies was given out");
}

// The claims are the input's, the signature is good: what the verifier believes is what was signed.
void CheckClaims(Input input) {
  const size_t place = static_cast<size_t>(input.Number());
  const size_t bit = input.Choose(8);
  const absl::string_view text = input.Rest();
  std::string token = Signed(Header(), text);
  const auto claims = Verifier().Verify(token, Rules(), kNow);
  if (claims.ok()) CheckClaims(*claims, text);
  token[place % token.size()] = static_cast<char>(token[place % token.size()] ^ (1 << bit));
  MustRefuse(token, "a token that was changed by one bit is refused");
}

void CheckHeader(absl::string_view header) {
  const auto claims = Verifier().Verify(Signed(header, GoodClaims().dump()), Rules(), kNow);
  if (!claims.ok()) return;
  const json said = json::parse(header.begin(), header.end(), nullptr, /*allow_exceptions=*/false);
  Require(said.is_object() && said.value("alg", json()) == "EdDSA" && said.value("kid", json()) == kKid,
          "the header names the key and its algorithm");
  Require(!said.contains("crit"), "no extension is passed over that must be understood");
}

// Any signature but the one is refused, under either key.
void CheckSignature(Input input) {
  const bool ed25519 = input.Flag();
  const std::string header = ed25519 ? Header() : R"({"alg":"ES256","kid":"p256"})";
  const std::string text = absl::StrCat(Url(header), ".", Url(GoodClaims().dump()));
  const absl::string_view signature = input.Rest();
  if (ed25519 && signature == Key().Sign(text)) return;
  MustRefuse(absl::StrCat(text, ".", Url(signature)), "nobody else can sign");
}

void CheckDocument(absl::string_view text) {
  const auto verifier = crypto::JwtVerifier::FromJwks(text);
  if (!verifier.ok()) return Require(IsRefusal(verifier.status()), "a document is taken or refused");
  const json said = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  Require(said.is_object() && !said["keys"].empty(), "a document has keys");
  std::set<std::string> kids;
  bool ours = false;
  for (const json& key : said["keys"]) {
    Require(!key.contains("d"), "a document has no private key");
    Require(kids.insert(key["kid"].get<std::string>()).second, "each key has a kid of its own");
    ours = ours || (key["kid"] == kKid && key["x"] == Url(Key().PublicBytes()));
  }
  const auto claims = verifier->Verify(Signed(Header(), GoodClaims().dump()), Rules(), kNow);
  Require(claims.ok() == ours, "a token verifies under a document that has its key, and no other");
}

std::vector<std::string> Tokens() {
  std::vector<std::string> tokens = {Signed(Header(), GoodClaims().dump())};
  crypto::Claims claims;
  claims.issuer = "portal";
  claims.subject = "bob";
  claims.audience = {"trusted-contact"};
  claims.expires_at = kNow + absl::Seconds(60);
  claims.issued_at = kNow;
  tokens.push_back(Signer().Sign(claims));
  GivenOut().insert(tokens.begin(), tokens.end());
  return tokens;
}

}  // namespace

std::vector<std::string> Seeds() {
  const auto form = [](Form f, const std::string& rest) { return Byte(static_cast<size_t>(f)) + rest; };
  const auto claims = [&](const json& text) {
    return form(Form::kClaims, Number(30) + Byte(1) + text.dump());
  };
  std::vector<std::string> seeds;
  for (const std::string& token : Tokens()) seeds.push_back(form(Form::kToken, token));
  seeds.push_back(
      form(Form::kToken, absl::StrCat(Url(R"({"alg":"none"})"), ".", Url(GoodClaims().dump()), ".")));
  seeds.push_back(claims(GoodClaims()));
  for (const char* name : {"exp", "aud", "iss", "auth_time"}) {
    json less = GoodClaims();
    less.erase(name);
    seeds.push_back(claims(less));
    json other = GoodClaims();
    other[name] = 1.5e9;
    seeds.push_back(claims(other));
  }
  json single = GoodClaims();
  single["aud"] = "trusted-contact";
  single["exp"] = static_cast<double>(absl::ToUnixSeconds(kNow)) + 0.5;
  seeds.push_back(claims(single));
  seeds.push_back(form(Form::kClaims, Number(0) + Byte(0) + R"({"sub":"a","sub":"b"})"));
  // What two readers could read in two ways: a claim given twice, other spellings of one token.
  std::string twice = GoodClaims().dump();
  twice.insert(1, R"("sub":"mallory",)");
  seeds.push_back(form(Form::kClaims, Number(0) + Byte(0) + twice));
  const std::string good = Tokens().front();
  for (const std::string& other : {good + "==", " " + good, good.substr(0, good.size() - 1) + "z"})
    seeds.push_back(form(Form::kToken, other));
  seeds.push_back(form(Form::kHeader, Header()));
  seeds.push_back(form(Form::kHeader, R"({"alg":"HS256","kid":"fuzz"})"));
  seeds.push_back(form(Form::kHeader, R"({"alg":"EdDSA","kid":"fuzz","crit":["b64"]})"));
  seeds.push_back(form(Form::kSignature, Byte(1) + Key().Sign("another text")));
  seeds.push_back(form(Form::kSignature, Byte(0) + std::string(64, '\x01')));
  seeds.push_back(form(Form::kDocument, Signer().Jwks()));
  std::string secret = Signer().Jwks();
  secret.insert(secret.find("\"kty\""), "\"d\":\"AAAA\",");
  seeds.push_back(form(Form::kDocument, secret));
  seeds.push_back(form(Form::kDocument, absl::StrCat("{\"keys\":[", kP256, "]}")));
  seeds.push_back(form(Form::kDocument, Document()));
  return seeds;
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  static const std::vector<std::string> given_out = Tokens();
  Input input(data, size);
  switch (static_cast<Form>(input.Choose(kForms))) {
    case Form::kToken:
      CheckToken(input.Rest());
      break;
    case Form::kClaims:
      CheckClaims(input);
      break;
    case Form::kHeader:
      CheckHeader(input.Rest());
      break;
    case Form::kSignature:
      CheckSignature(input);
      break;
    case Form::kDocument:
      CheckDocument(input.Rest());
      break;
  }
  return 0;
}

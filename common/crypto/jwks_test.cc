#include "common/crypto/jwt.h"
#include "common/crypto/strict_json.h"
#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using nlohmann::json;
using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr char kEd25519X[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";  // RFC 8037, A.2
constexpr char kP256X[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";     // RFC 7515, A.3
constexpr char kP256Y[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

json Ed25519(const char* kid) { return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"kid", kid}, {"x", kEd25519X}}; }
json P256(const char* kid) {
  return {{"kty", "EC"}, {"crv", "P-256"}, {"kid", kid}, {"x", kP256X}, {"y", kP256Y}};
}
json With(json key, const char* name, const json& value) {
  key[name] = value;
  return key;
}
json Without(json key, const char* name) {
  key.erase(name);
  return key;
}
std::string Jwks(const std::vector<json>& keys) { return json{{"keys", keys}}.dump(); }

TEST(FromJwks, TakesBothKindsAndIgnoresWhatItDoesNotKnow) {
  json key = Ed25519("a");
  key.update({{"alg", "EdDSA"}, {"use", "sig"}, {"x5t", "ignored"}});
  EXPECT_THAT(JwtVerifier::FromJwks(Jwks({key, P256("b")})), IsOk());
}

struct BadJwks {
  const char* why;
  std::string jwks;
  const char* named;  // what the error must say
};

class RefusedJwks : public ::testing::TestWithParam<BadJwks> {};

TEST_P(RefusedJwks, IsNamed) {
  const absl::Status status = JwtVerifier::FromJwks(GetParam().jwks).status();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().named));
}

INSTANTIATE_TEST_SUITE_P(
    Jwks, RefusedJwks,
    ::testing::Values(
        BadJwks{"Empty", "", "JWKS"}, BadJwks{"NoJson", "keys", "JWKS"}, BadJwks{"NoObject", "[]", "JWKS"},
        BadJwks{"NoKeys", "{}", "keys"}, BadJwks{"KeysNoList", R"({"keys":{}})", "keys"},
        BadJwks{"NoKey", Jwks({}), "not empty"}, BadJwks{"EntryNoObject", R"({"keys":[1]})", "key 1"},
        BadJwks{"KeysTwice", R"({"keys":[],"keys":[]})", "JWKS"},
        BadJwks{"TooLarge", Jwks({With(Ed25519("a"), "pad", std::string(70000, 'x'))}), "JWKS"},
        BadJwks{"KidMissing", Jwks({P256("b"), Without(Ed25519("a"), "kid")}), "key 2: it has no kid"},
        BadJwks{"KidEmpty", Jwks({Ed25519("")}), "no kid"},
        BadJwks{"KidNumber", Jwks({With(Ed25519("a"), "kid", 1)}), "no kid"},
        BadJwks{"KidTwice", Jwks({Ed25519("same"), P256("same")}), "\"same\""},
        BadJwks{"Rsa", Jwks({Ed25519("a"), {{"kty", "RSA"}, {"kid", "rsa-1"}, {"n", "AQAB"}, {"e", "AQAB"}}}),
                "rsa-1"},
        BadJwks{"Symmetric", Jwks({{{"kty", "oct"}, {"kid", "hmac-1"}, {"k", "AQAB"}}}), "hmac-1"},
        BadJwks{"X25519", Jwks({With(Ed25519("dh-1"), "crv", "X25519")}), "dh-1"},
        BadJwks{"P384", Jwks({With(P256("big"), "crv", "P-384")}), "big"},
        BadJwks{"Secp256k1", Jwks({With(P256("koblitz"), "crv", "secp256k1")}), "koblitz"},
        BadJwks{"KindMissing", Jwks({Without(Ed25519("a"), "kty")}), "\"a\""},
        BadJwks{"PrivateKey", Jwks({With(Ed25519("a"), "d", "AQAB")}), "private"},
        BadJwks{"AlgorithmOfAnotherKind", Jwks({With(Ed25519("a"), "alg", "ES256")}), "alg"},
        BadJwks{"ForEncryption", Jwks({With(Ed25519("a"), "use", "enc")}), "use"},
        BadJwks{"XMissing", Jwks({Without(Ed25519("a"), "x")}), "\"x\""},
        BadJwks{"YMissing", Jwks({Without(P256("a"), "y")}), "\"y\""},
        BadJwks{"XPadded", Jwks({With(Ed25519("a"), "x", std::string(kEd25519X) + "=")}), "\"x\""},
        BadJwks{"XShort", Jwks({With(Ed25519("a"), "x", "AQAB")}), "Ed25519"},
        BadJwks{"NotOnTheCurve", Jwks({With(P256("a"), "y", kP256X)}), "P-256"}),
    [](const auto& test) { return test.param.why; });

TEST(FromBase64Url, KnowsOneSpellingOnly) {
  EXPECT_EQ(FromBase64Url(""), "");
  EXPECT_EQ(FromBase64Url("AQ"), "\x01");
  EXPECT_EQ(FromBase64Url("-_8"), "\xfb\xff");
  for (const char* text : {"AR", "AQ==", "A", "AQ ", "A\nQ", "+/8", "AQ.", "AQAB=", "\xc3\xa9"}) {
    EXPECT_EQ(FromBase64Url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tc::crypto

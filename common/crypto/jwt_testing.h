#pragma once

// Tokens good and bad: keys as a portal would have them, a verifier that knows them, and Token(), which signs
// whatever it is given. For tests.

#include <openssl/bn.h>
#include <openssl/ec.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/crypto/jwt.h"
#include "common/crypto/openssl.h"
#include "common/crypto/strict_json.h"
#include "common/testing/fakes.h"

namespace tc::crypto {

inline constexpr char kHeader[] = R"({"alg":"EdDSA","kid":"a"})";

// A P-256 key that signs as others do (JWA's r ‖ s).
class EcSigner {
 public:
  EcSigner() : key_(EVP_EC_gen("P-256")) {}

  std::string Coordinate(const char* name) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &number);
    return Padded(BigNumber(number).get());
  }
  std::string Sign(absl::string_view message) const {
    const DigestContext context(EVP_MD_CTX_new());
    std::string der(80, '\0');
    size_t size = der.size();
    EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key_.get(), nullptr);
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, Bytes(message),
                   message.size());
    const unsigned char* in = Bytes(der);
    const EcdsaSignature pair(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(size)));
    return Padded(ECDSA_SIG_get0_r(pair.get())) + Padded(ECDSA_SIG_get0_s(pair.get()));
  }

 private:
  static std::string Padded(const BIGNUM* number) {
    std::string bytes(32, '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
    return bytes;
  }
  KeyHandle key_;
};

// The Ed25519 keys "a" and "old" (removed: the verifier does not have it), and the P-256 key "e".
struct Keys {
  PrivateKey a = PrivateKey::Generate();
  PrivateKey old = PrivateKey::Generate();
  EcSigner e;

  nlohmann::json Jwks() const {
    return {{"keys",
             {{{"kty", "OKP"}, {"crv", "Ed25519"}, {"kid", "a"}, {"x", ToBase64Url(a.PublicBytes())}},
              {{"kty", "EC"},
               {"crv", "P-256"},
               {"kid", "e"},
               {"alg", "ES256"},
               {"use", "sig"},
               {"x", ToBase64Url(e.Coordinate(OSSL_PKEY_PARAM_EC_PUB_X))},
               {"y", ToBase64Url(e.Coordinate(OSSL_PKEY_PARAM_EC_PUB_Y))}}}}};
  }
};

inline const Keys& TheKeys() {
  static const Keys& keys = *new Keys;
  return keys;
}

inline const JwtVerifier& Verifier() {
  static const JwtVerifier& verifier = *new JwtVerifier(*JwtVerifier::FromJwks(TheKeys().Jwks().dump()));
  return verifier;
}

inline JwtRules Rules() {
  JwtRules rules;
  rules.audience = "trusted-contact";
  rules.issuer = "portal";
  return rules;
}

inline int64_t At(int64_t seconds) { return absl::ToUnixSeconds(testing::Noon()) + seconds; }

inline nlohmann::json GoodClaims() {
  return {{"iss", "portal"}, {"aud", "trusted-contact"}, {"sub", "alice"}, {"exp", At(60)}};
}

using Sign = std::function<std::string(absl::string_view)>;

inline std::string Token(
    absl::string_view header, absl::string_view claims,
    const Sign& sign = [](absl::string_view m) { return TheKeys().a.Sign(m); }) {
  const std::string message = absl::StrCat(ToBase64Url(header), ".", ToBase64Url(claims));
  return absl::StrCat(message, ".", ToBase64Url(sign(message)));
}

inline std::string TokenWith(const char* name, const nlohmann::json& value) {
  nlohmann::json claims = GoodClaims();
  claims[name] = value;
  return Token(kHeader, claims.dump());
}

inline std::string TokenWithout(const char* name) {
  nlohmann::json claims = GoodClaims();
  claims.erase(name);
  return Token(kHeader, claims.dump());
}

inline absl::StatusOr<Claims> Verify(absl::string_view token) {
  return Verifier().Verify(token, Rules(), testing::Noon());
}

}  // namespace tc::crypto

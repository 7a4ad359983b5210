// Every way in which a token is not good (SES-06): its form, its header, its claims.

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/crypto/jwt_testing.h"
#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using nlohmann::json;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

struct BadToken {
  const char* why;
  std::string token;
};

class InvalidToken : public ::testing::TestWithParam<BadToken> {};

TEST_P(InvalidToken, IsRefused) {
  EXPECT_THAT(Verify(GetParam().token),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid));
}

std::string Name(const ::testing::TestParamInfo<BadToken>& info) { return info.param.why; }

std::string Good() { return Token(kHeader, GoodClaims().dump()); }

std::string Unsigned(absl::string_view header) {
  return absl::StrCat(ToBase64Url(header), ".", ToBase64Url(GoodClaims().dump()), ".");
}

// HMAC under the public key, the classic confusion of algorithms.
std::string SignedWithThePublicKey() {
  return Token(R"({"alg":"HS256","kid":"a"})", GoodClaims().dump(), [](absl::string_view m) {
    unsigned char tag[32];
    unsigned int size = sizeof tag;
    const std::string key = TheKeys().a.PublicBytes();
    EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), Bytes(m), m.size(), tag,
              sizeof tag, nullptr);
    return std::string(reinterpret_cast<char*>(tag), size);
  });
}

std::vector<BadToken> BadForms() {
  const std::string good = Good();
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  return {
      {"Empty", ""},
      {"Dots", ".."},
      {"OnePart", parts[0]},
      {"TwoParts", absl::StrCat(parts[0], ".", parts[1])},
      {"FourParts", absl::StrCat(good, ".")},
      {"NoSignature", absl::StrCat(parts[0], ".", parts[1], ".")},
      {"Padding", absl::StrCat(good, "==")},
      {"Space", absl::StrCat(good, " ")},
      {"LeadingSpace", absl::StrCat(" ", good)},
      {"LineEnd", absl::StrCat(good, "\n")},
      {"StandardAlphabet", absl::StrReplaceAll(good, {{".", "+."}})},
      {"Nul", absl::StrCat(good, std::string(1, '\0'))},
      {"TooLong", TokenWith("pad", std::string(4096, 'x'))},
      {"HeaderNoJson", Token("alg", GoodClaims().dump())},
      {"HeaderNoObject", Token(R"(["EdDSA","a"])", GoodClaims().dump())},
      {"HeaderTrailing", Token(absl::StrCat(kHeader, "{}"), GoodClaims().dump())},
      {"ClaimsNoJson", Token(kHeader, "claims")},
      {"ClaimsNoObject", Token(kHeader, "[]")},
      {"ClaimsNotUtf8",
       Token(kHeader, absl::StrReplaceAll(GoodClaims().dump(), {{"alice", "al\xc3\x28ice"}}))},
      {"ClaimsWithComment", Token(kHeader, absl::StrCat("/* */", GoodClaims().dump()))},
      {"ClaimsDeep", Token(kHeader, absl::StrCat("{\"deep\":", std::string(500, '['), std::string(500, ']'),
                                                 ",", GoodClaims().dump().substr(1)))}};
}
INSTANTIATE_TEST_SUITE_P(Form, InvalidToken, ::testing::ValuesIn(BadForms()), Name);

std::vector<BadToken> BadHeaders() {
  const std::string claims = GoodClaims().dump();
  const auto old = [](absl::string_view m) { return TheKeys().old.Sign(m); };
  const auto ec = [](absl::string_view m) { return TheKeys().e.Sign(m); };
  return {{"AlgorithmNone", Token(R"({"alg":"none","kid":"a"})", claims)},
          {"AlgorithmNoneUnsigned", Unsigned(R"({"alg":"none","kid":"a"})")},
          {"AlgorithmNoneInCapitals", Unsigned(R"({"alg":"NONE","kid":"a"})")},
          {"AlgorithmMissing", Token(R"({"kid":"a"})", claims)},
          {"AlgorithmNoString", Token(R"({"alg":["EdDSA"],"kid":"a"})", claims)},
          {"AlgorithmInSmallLetters", Token(R"({"alg":"eddsa","kid":"a"})", claims)},
          {"AlgorithmOfTheOtherKey", Token(R"({"alg":"ES256","kid":"a"})", claims)},
          {"AlgorithmRsa", Token(R"({"alg":"RS256","kid":"a"})", claims)},
          {"HmacUnderThePublicKey", SignedWithThePublicKey()},
          {"EcKeyAsEdDsa", Token(R"({"alg":"EdDSA","kid":"e"})", claims, ec)},
          {"KidMissing", Token(R"({"alg":"EdDSA"})", claims)},
          {"KidNoString", Token(R"({"alg":"EdDSA","kid":1})", claims)},
          {"KidUnknown", Token(R"({"alg":"EdDSA","kid":"b"})", claims)},
          {"KidEmpty", Token(R"({"alg":"EdDSA","kid":""})", claims)},
          {"KidTwice", Token(R"({"alg":"EdDSA","kid":"b","kid":"a"})", claims)},
          {"AlgorithmTwice", Token(R"({"alg":"none","alg":"EdDSA","kid":"a"})", claims)},
          {"AlgorithmTwiceEscaped", Token(R"({"alg":"none","\u0061lg":"EdDSA","kid":"a"})", claims)},
          {"Critical", Token(R"({"alg":"EdDSA","kid":"a","crit":["exp"]})", claims)},
          {"SignedByARemovedKey", Token(kHeader, claims, old)},
          {"SignedByTheOtherKey", Token(kHeader, claims, ec)},
          {"SignatureOfAnother",
           Token(kHeader, claims, [](absl::string_view) { return TheKeys().a.Sign("x"); })}};
}
INSTANTIATE_TEST_SUITE_P(Header, InvalidToken, ::testing::ValuesIn(BadHeaders()), Name);

std::vector<BadToken> BadClaims() {
  const std::string claims = GoodClaims().dump();
  const auto twice = [&](absl::string_view member) {
    return Token(kHeader, absl::StrCat("{", member, ",", claims.substr(1)));
  };
  return {{"SubjectTwice", twice(R"("sub":"mallory")")},
          {"SubjectTwiceTheSame", twice(R"("sub":"alice")")},
          {"ExpiryTwice", twice(R"("exp":99999999999)")},
          {"DuplicateInside", twice(R"("extra":{"a":1,"a":2})")},
          {"AudienceMissing", TokenWithout("aud")},
          {"AudienceOfAnother", TokenWith("aud", "linking")},
          {"AudienceOfOthers", TokenWith("aud", {"linking", "otp"})},
          {"AudienceLonger", TokenWith("aud", "trusted-contact2")},
          {"AudienceEmptyList", TokenWith("aud", json::array())},
          {"AudienceMixed", TokenWith("aud", {"trusted-contact", 1})},
          {"AudienceNumber", TokenWith("aud", 1)},
          {"IssuerMissing", TokenWithout("iss")},
          {"IssuerOfAnother", TokenWith("iss", "mallory")},
          {"SubjectNumber", TokenWith("sub", 42)},
          {"SubjectNull", TokenWith("sub", nullptr)},
          {"ExpiryMissing", TokenWithout("exp")},
          {"ExpiryText", TokenWith("exp", "99999999999")},
          {"ExpiryNull", TokenWith("exp", nullptr)},
          {"ExpiryHuge", TokenWith("exp", 1e300)},
          {"ExpiryNegative", TokenWith("exp", -1)},
          {"ExpiryAnHourAhead", TokenWith("exp", At(3600))},
          {"ExpiryJustTooFar", TokenWith("exp", At(63))},
          {"IssuedInTheFuture", TokenWith("iat", At(3))},
          {"NotBeforeInTheFuture", TokenWith("nbf", At(3))},
          {"NotBeforeText", TokenWith("nbf", "0")},
          {"SignedInInTheFuture", TokenWith("auth_time", At(3))},
          {"SignInTimeText", TokenWith("auth_time", "0")},
          {"MethodsText", TokenWith("amr", "pwd")},
          {"SessionNumber", TokenWith("sid", 1)},
          {"ExpiredForAnother", [] {
             json expired = GoodClaims();
             expired.update({{"exp", At(-1)}, {"aud", "linking"}});
             return Token(kHeader, expired.dump());
           }()}};
}
INSTANTIATE_TEST_SUITE_P(Claims, InvalidToken, ::testing::ValuesIn(BadClaims()), Name);

TEST(VerifyJwt, RefusesATokenWithAnyCharacterChanged) {
  const std::string good = Good();
  ASSERT_THAT(Verify(good), IsOk());
  for (size_t i = 0; i < good.size(); ++i) {
    std::string tampered = good;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(Verify(tampered), Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid))
        << i;
  }
}

TEST(VerifyJwt, RefusesEverythingWhereNoAudienceIsConfigured) {
  JwtRules rules = Rules();
  rules.audience = "";
  EXPECT_THAT(Verifier().Verify(TokenWith("aud", ""), rules, Noon()),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST(VerifyJwt, NeverSaysMoreThanThatATokenIsInvalid) {
  EXPECT_EQ(Verify("").status(), Verify(TokenWith("aud", "linking")).status());
  EXPECT_EQ(Verify("").status(), Verify(Token(R"({"alg":"none","kid":"a"})", GoodClaims().dump())).status());
}

}  // namespace
}  // namespace tc::crypto

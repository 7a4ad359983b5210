#include "common/crypto/jwt.h"
#include "absl/strings/escaping.h"

#include "common/crypto/jwt_testing.h"
#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

TEST(VerifyJwt, ReadsEveryClaim) {
  json claims = GoodClaims();
  claims.update({{"aud", {"other", "trusted-contact"}},
                 {"iat", At(-1)},
                 {"nbf", At(-1)},
                 {"auth_time", At(-100)},
                 {"jti", "id-1"},
                 {"sid", "session-1"},
                 {"device", "device-1"},
                 {"amr", {"pwd", "otp"}},
                 {"peer", "portal/demo"},
                 {"ignored", {{"nested", 1}}}});
  ASSERT_OK_AND_ASSIGN(const Claims read, Verify(Token(kHeader, claims.dump())));
  EXPECT_EQ(read.issuer, "portal");
  EXPECT_EQ(read.subject, "alice");
  EXPECT_THAT(read.audience, ElementsAre("other", "trusted-contact"));
  EXPECT_EQ(read.expires_at, Noon() + absl::Seconds(60));
  EXPECT_EQ(read.issued_at, Noon() - absl::Seconds(1));
  EXPECT_EQ(read.auth_time, Noon() - absl::Seconds(100));
  EXPECT_EQ(read.id, "id-1");
  EXPECT_EQ(read.session, "session-1");
  EXPECT_EQ(read.device, "device-1");
  EXPECT_THAT(read.methods, ElementsAre("pwd", "otp"));
  EXPECT_THAT(read.extra, ElementsAre(std::pair<const std::string, std::string>("peer", "portal/demo")));
}

TEST(VerifyJwt, TakesEs256) {
  EXPECT_THAT(Verify(Token(R"({"alg":"ES256","kid":"e"})", GoodClaims().dump(),
                           [](absl::string_view m) { return TheKeys().e.Sign(m); })),
              IsOk());
}

TEST(VerifyJwt, NeedsNoSubject) {
  ASSERT_OK_AND_ASSIGN(const Claims read, Verify(TokenWithout("sub")));
  EXPECT_EQ(read.subject, "");
  EXPECT_FALSE(read.auth_time.has_value());
}

TEST(VerifyJwt, TakesAnyIssuerWhereNoneIsDemanded) {
  JwtRules rules = Rules();
  rules.issuer = "";
  EXPECT_THAT(Verifier().Verify(TokenWith("iss", "another"), rules, Noon()), IsOk());
}

TEST(VerifyJwt, AllowsTheLeewayAheadButNeverAfterTheEnd) {
  EXPECT_THAT(Verify(TokenWith("exp", At(62))), IsOk());
  EXPECT_THAT(Verify(TokenWith("iat", At(2))), IsOk());
  EXPECT_THAT(Verify(TokenWith("nbf", At(2))), IsOk());
  EXPECT_THAT(Verify(TokenWith("auth_time", At(2))), IsOk());
  EXPECT_THAT(Verify(TokenWith("exp", At(1))), IsOk());
  EXPECT_THAT(Verify(TokenWith("exp", static_cast<double>(At(0)) + 0.5)), IsOk());
}

TEST(VerifyJwt, SaysThatAGenuineTokenHasExpired) {
  for (const int64_t seconds : {0, -1, -3600}) {
    EXPECT_THAT(Verify(TokenWith("exp", At(seconds))),
                Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsExpired))
        << seconds;
  }
}

TEST(VerifyJwt, TakesATokenOf4096CharactersAndNoneThatIsLonger) {
  size_t pad = 2700;
  while (TokenWith("pad", std::string(pad + 1, 'x')).size() <= 4096) ++pad;
  EXPECT_THAT(Verify(TokenWith("pad", std::string(pad, 'x'))), IsOk());
  EXPECT_THAT(Verify(TokenWith("pad", std::string(pad + 1, 'x'))),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid));
}

TEST(VerifyJwt, TakesNestedClaimsOfAModestDepth) {
  EXPECT_THAT(Verify(TokenWith("nested", json::parse("[[[[[[1]]]]]]"))), IsOk());
}

TEST(SignJwt, IsVerifiedWithItsOwnJwks) {
  ASSERT_OK_AND_ASSIGN(const JwtSigner signer, JwtSigner::Generate("dev"));
  ASSERT_OK_AND_ASSIGN(const JwtVerifier verifier, JwtVerifier::FromJwks(signer.Jwks()));
  Claims claims;
  claims.issuer = "portal";
  claims.subject = "alice";
  claims.audience = {"trusted-contact"};
  claims.expires_at = Noon() + absl::Seconds(60);
  claims.issued_at = Noon();
  claims.auth_time = Noon() - absl::Seconds(5);
  claims.id = "jti";
  claims.session = "sid";
  claims.device = "device";
  claims.methods = {"pwd"};
  claims.extra = {{"peer", "portal/demo"}, {"sub", "mallory"}, {"exp", "never"}};
  ASSERT_OK_AND_ASSIGN(const Claims read, verifier.Verify(signer.Sign(claims), Rules(), Noon()));
  EXPECT_EQ(read.subject, "alice");
  EXPECT_EQ(read.audience, claims.audience);
  EXPECT_EQ(read.expires_at, claims.expires_at);
  EXPECT_EQ(read.issued_at, claims.issued_at);
  EXPECT_EQ(read.auth_time, claims.auth_time);
  EXPECT_EQ(read.id, "jti");
  EXPECT_EQ(read.session, "sid");
  EXPECT_EQ(read.device, "device");
  EXPECT_EQ(read.methods, claims.methods);
  EXPECT_EQ(read.extra.size(), 1u) << "extra never replaces a registered claim";
}

TEST(SignJwt, SurvivesAPemFile) {
  ASSERT_OK_AND_ASSIGN(const JwtSigner signer, JwtSigner::Generate("dev"));
  ASSERT_OK_AND_ASSIGN(const JwtSigner again, JwtSigner::FromPem(signer.ToPem(), "dev"));
  EXPECT_EQ(again.Jwks(), signer.Jwks());
  EXPECT_EQ(again.kid(), "dev");
  EXPECT_EQ(again.Sign(Claims{}), signer.Sign(Claims{}));
}

TEST(SignJwt, NamesAKeyByItsThumbprint) {
  // The key of RFC 8037 A.1 and its thumbprint of A.3.
  ASSERT_OK_AND_ASSIGN(const PrivateKey key,
                       PrivateKey::FromSeed(absl::HexStringToBytes(
                           "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")));
  ASSERT_OK_AND_ASSIGN(const JwtSigner signer, JwtSigner::FromPem(key.ToPem()));
  EXPECT_EQ(signer.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  EXPECT_NE(JwtSigner::Generate().kid(), JwtSigner::Generate().kid());
  EXPECT_FALSE(JwtSigner::FromPem("no PEM").ok());
}

TEST(SignJwt, NeedsAKid) {
  EXPECT_FALSE(JwtSigner::Generate("").ok());
  EXPECT_FALSE(JwtSigner::FromPem(JwtSigner::Generate("x")->ToPem(), "").ok());
  EXPECT_FALSE(JwtSigner::FromPem("no PEM", "dev").ok());
}

}  // namespace
}  // namespace tc::crypto

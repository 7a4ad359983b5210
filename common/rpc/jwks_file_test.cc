// Keys of issuers change while the service runs (SES-06, C-W 25).

#include "common/rpc/jwks_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "common/rpc/authenticator.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::rpc {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::Refused;
using testing::TempDir;

class JwksFileTest : public ::testing::Test {
 protected:
  JwksFileTest() {
    jwks_ = *JwksFile::Open("--jwks", file_, /*guarded=*/true);
    crypto::JwtRules rules;
    rules.audience = "a";
    authenticator_ = MutualTlsAuthenticator("example.org", {jwks_->keys(), rules});
  }
  std::string TokenBy(const crypto::JwtSigner& signer) const {
    crypto::Claims claims;
    claims.audience = {"a"};
    claims.subject = "anna";
    claims.expires_at = now_ + absl::Seconds(50);
    return signer.Sign(claims);
  }
  absl::Status SignIn(const std::string& token) {
    Credentials credentials;
    credentials.authorization = {"Bearer " + token};
    return authenticator_->WhoIsSignedIn(credentials, now_).status();
  }
  std::string Refusal(const std::string& content) {
    dir_.Write("jwks.json", content, 0644);
    return std::string(jwks_->Reload().message());
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  TempDir dir_;
  const crypto::JwtSigner old_ = *crypto::JwtSigner::Generate("old");
  const crypto::JwtSigner new_ = *crypto::JwtSigner::Generate("new");
  const std::string file_ = dir_.Write("jwks.json", old_.Jwks(), 0644);
  std::unique_ptr<JwksFile> jwks_;
  std::unique_ptr<Authenticator> authenticator_;
};

TEST_F(JwksFileTest, PutsNewKeysInForceAndOldOnesOut) {
  const std::string by_old = TokenBy(old_);
  EXPECT_THAT(SignIn(by_old), IsOk());
  EXPECT_THAT(SignIn(TokenBy(new_)),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid));
  dir_.Write("jwks.json", new_.Jwks(), 0644);
  EXPECT_THAT(jwks_->Reload(), IsOk());
  EXPECT_THAT(SignIn(TokenBy(new_)), IsOk());
  EXPECT_THAT(SignIn(by_old), Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid))
      << "though it was verified before";
}

TEST_F(JwksFileTest, KeepsTheLastGoodKeys) {
  for (const char* bad : {"", "garbage", R"({"keys": []})"})
    EXPECT_THAT(Refusal(bad), HasSubstr("jwks.json"));
  EXPECT_THAT(Refusal(R"({"keys": [{"kty": "oct", "kid": "s", "k": "c2VjcmV0"}]})"),
              HasSubstr("is not one of"));
  std::string with_private = old_.Jwks();
  with_private.insert(with_private.find("\"kty\""), "\"d\":\"c2VjcmV0\",");
  EXPECT_THAT(Refusal(with_private), HasSubstr("private key"));
  EXPECT_THAT(SignIn(TokenBy(old_)), IsOk());
}

TEST_F(JwksFileTest, TakesNoFileThatEverybodyMayWrite) {
  dir_.Write("jwks.json", new_.Jwks(), 0666);
  EXPECT_THAT(std::string(jwks_->Reload().message()), HasSubstr("everybody may write it"));
  EXPECT_THAT(SignIn(TokenBy(old_)), IsOk());
  EXPECT_THAT(std::string(JwksFile::Open("--jwks", file_, true).status().message()),
              HasSubstr("everybody may write it"));
  EXPECT_THAT(JwksFile::Open("--jwks", file_, /*guarded=*/false).status(), IsOk()) << "in development";
}

// What is judged is what is read: a pipe in its place would keep whoever looks at it waiting.
TEST_F(JwksFileTest, TakesNoPipe) {
  ASSERT_EQ(::unlink(file_.c_str()), 0);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0644), 0);
  EXPECT_THAT(std::string(jwks_->Reload().message()), HasSubstr("is not a file"));
  EXPECT_THAT(SignIn(TokenBy(old_)), IsOk());
}

TEST_F(JwksFileTest, KeepsTheKeysWhileTheFileIsAway) {
  ASSERT_EQ(::unlink(file_.c_str()), 0);
  EXPECT_THAT(std::string(jwks_->Reload().message()), HasSubstr("cannot be read"));
  for (int look = 0; look < 3; ++look) jwks_->Look();
  EXPECT_THAT(SignIn(TokenBy(old_)), IsOk());
}

}  // namespace
}  // namespace tc::rpc

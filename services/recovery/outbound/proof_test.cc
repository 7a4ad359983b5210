#include "services/recovery/outbound/proof.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"

namespace tc::recovery {
namespace {

using tc::testing::HasCode;
using tc::testing::IsOk;
using tc::testing::Noon;

const AccountId kAlice = AccountId::FromTrusted("alice");
const PublicId kId = PublicId::FromTrusted("recovery-1");
const crypto::JwtRules kRules = {.audience = "identity", .issuer = "recovery"};

std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Sign, SaysWhatIdentityWantsToHear) {
  const crypto::JwtSigner signer = *crypto::JwtSigner::Generate("proof");
  const std::string proof = ProofSigner(signer).Sign(kAlice, kId, Noon() + absl::Milliseconds(700));
  const auto verifier = crypto::JwtVerifier::FromJwks(signer.Jwks());
  const auto claims = verifier->Verify(proof, kRules, Noon() + absl::Seconds(1));
  ASSERT_THAT(claims, IsOk());
  EXPECT_EQ(claims->subject, "alice");
  EXPECT_EQ(claims->id, "recovery-1");
  EXPECT_EQ(claims->extra.at("purpose"), "PASSWORD_RECOVERY");
  EXPECT_EQ(claims->expires_at, Noon() + absl::Seconds(60));
  EXPECT_THAT(verifier->Verify(proof, kRules, Noon() + absl::Seconds(60)),
              HasCode(absl::StatusCode::kUnauthenticated));
}

TEST(Sign, GivesTheSameBytesForTheSameThing) {
  const ProofSigner signer(*crypto::JwtSigner::Generate("proof"));
  EXPECT_EQ(signer.Sign(kAlice, kId, Noon()), signer.Sign(kAlice, kId, Noon()));
  EXPECT_NE(signer.Sign(kAlice, kId, Noon()), signer.Sign(kAlice, kId, Noon() + absl::Seconds(1)));
}

TEST(LoadProofSigner, MakesAKeyOnlyWhenAsked) {
  const tc::testing::TempDir dir;
  const std::string path = dir.path() + "/proof.pem";
  EXPECT_THAT(LoadProofSigner(path, false), HasCode(absl::StatusCode::kFailedPrecondition));
  const auto made = LoadProofSigner(path, true);
  ASSERT_THAT(made, IsOk());
  const auto again = LoadProofSigner(path, false);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(made->Sign(kAlice, kId, Noon()), again->Sign(kAlice, kId, Noon()));
  const auto verifier = crypto::JwtVerifier::FromJwks(ReadFile(dir.path() + "/proof.jwks"));
  ASSERT_THAT(verifier, IsOk());
  EXPECT_THAT(verifier->Verify(again->Sign(kAlice, kId, Noon()), kRules, Noon()), IsOk());
}

TEST(LoadProofSigner, RefusesAKeyThatOthersMayReadOrThatIsNone) {
  const tc::testing::TempDir dir;
  const std::string path = dir.path() + "/proof.pem";
  ASSERT_THAT(LoadProofSigner(path, true), IsOk());
  std::filesystem::permissions(path, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_THAT(LoadProofSigner(path, true), HasCode(absl::StatusCode::kFailedPrecondition));
  std::ofstream(dir.path() + "/other.pem") << "no key";
  std::filesystem::permissions(dir.path() + "/other.pem", std::filesystem::perms::owner_read);
  EXPECT_THAT(LoadProofSigner(dir.path() + "/other.pem", true),
              HasCode(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace tc::recovery

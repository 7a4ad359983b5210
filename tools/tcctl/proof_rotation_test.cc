#include "tools/tcctl/proof_rotation.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "common/crypto/jwt.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::ctl {
namespace {

using testing::HasCode;
using testing::IsOk;

class ProofKeys : public ::testing::Test {
 protected:
  static std::string Read(const std::string& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  // Whether identity would take what is signed now.
  bool Accepted(const crypto::JwtSigner& signer) const {
    crypto::Claims claims;
    claims.issuer = "recovery";
    claims.audience = {"identity"};
    claims.expires_at = absl::FromUnixSeconds(60);
    const auto verifier = crypto::JwtVerifier::FromJwks(Read(files_.jwks));
    return verifier->Verify(signer.Sign(claims), {.audience = "identity"}, absl::FromUnixSeconds(1)).ok();
  }
  crypto::JwtSigner Signing() const { return *crypto::JwtSigner::FromPem(Read(files_.key)); }

  const tc::testing::TempDir dir_;
  const ProofFiles files_ = {dir_.path() + "/proof.pem", dir_.path() + "/proof.jwks"};
  const crypto::JwtSigner first_ = crypto::JwtSigner::Generate();

  void SetUp() override {
    std::ofstream(files_.key) << first_.ToPem();
    std::ofstream(files_.jwks) << first_.Jwks();
  }
};

TEST_F(ProofKeys, ChangeWithoutAMomentInWhichAProofIsRefused) {  // CFG-03
  const auto rotation = ProofRotation::Begin(files_);
  ASSERT_THAT(rotation, IsOk());
  ASSERT_THAT(rotation->Publish(), IsOk());
  EXPECT_EQ(Signing().kid(), first_.kid());
  EXPECT_TRUE(Accepted(Signing()));
  ASSERT_THAT(rotation->Use(), IsOk());
  EXPECT_EQ(Signing().kid(), rotation->kid());
  EXPECT_TRUE(Accepted(Signing()));
  EXPECT_TRUE(Accepted(first_)) << "a proof that is under way";
  struct stat info {};
  ASSERT_EQ(::stat(files_.key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(ProofKeys, ThatSignNoMoreAreTakenOut) {
  const auto rotation = ProofRotation::Begin(files_);
  ASSERT_THAT(rotation, IsOk());
  ASSERT_THAT(rotation->Publish(), IsOk());
  ASSERT_THAT(rotation->Use(), IsOk());
  EXPECT_EQ(*PruneProofKeys(files_), 1);
  EXPECT_TRUE(Accepted(Signing()));
  EXPECT_FALSE(Accepted(first_));
  EXPECT_EQ(*PruneProofKeys(files_), 0);
}

TEST_F(ProofKeys, OfAnotherSuiteAreNotTouched) {
  const std::string foreign = crypto::JwtSigner::Generate().Jwks();
  std::ofstream(files_.jwks) << foreign;
  EXPECT_THAT(ProofRotation::Begin(files_), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(PruneProofKeys(files_), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Read(files_.jwks), foreign);
}

TEST_F(ProofKeys, MustBeThere) {
  EXPECT_THAT(ProofRotation::Begin({files_.key + "x", files_.jwks}),
              HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(ProofRotation::Begin({files_.key, files_.jwks + "x"}),
              HasCode(absl::StatusCode::kFailedPrecondition));
  std::ofstream(files_.jwks) << "{}";
  EXPECT_THAT(ProofRotation::Begin(files_), HasCode(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace tc::ctl

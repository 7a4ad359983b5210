#include "services/recovery/outbound/proof_key.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "common/crypto/jwt.h"
#include "common/testing/noon.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::recovery {
namespace {

using testing::HasCode;
using testing::IsOk;
using testing::Noon;

const AccountId kAlice = AccountId::FromTrusted("alice");
const PublicId kId = PublicId::FromTrusted("recovery-1");
const crypto::JwtRules kRules = {.audience = "identity", .issuer = "recovery"};

std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class ProofKeyFile : public ::testing::Test {
 protected:
  // As an operator does it: whole, and not readable by others.
  void Put(const std::string& pem) const {
    std::ofstream(dir_.path() + "/next") << pem;
    std::filesystem::permissions(dir_.path() + "/next", std::filesystem::perms::owner_read);
    std::filesystem::rename(dir_.path() + "/next", path_);
  }
  bool Verifies(const ProofKey& key, const crypto::JwtVerifier& verifier) const {
    return verifier.Verify(key.signer().Sign(kAlice, kId, Noon()), kRules, Noon()).ok();
  }

  const tc::testing::TempDir dir_;
  const std::string path_ = dir_.path() + "/proof.pem";
};

TEST_F(ProofKeyFile, IsMadeOnlyWhenAsked) {
  EXPECT_THAT(ProofKey::Open(path_, false), HasCode(absl::StatusCode::kFailedPrecondition));
  ASSERT_THAT(ProofKey::Open(path_, true), IsOk());
  const auto again = ProofKey::Open(path_, false);
  ASSERT_THAT(again, IsOk());
  const auto verifier = crypto::JwtVerifier::FromJwks(ReadFile(dir_.path() + "/proof.jwks"));
  ASSERT_THAT(verifier, IsOk());
  EXPECT_TRUE(Verifies(**again, *verifier));
}

TEST_F(ProofKeyFile, IsRefusedWhenOthersMayReadItOrItIsNoKey) {
  ASSERT_THAT(ProofKey::Open(path_, true), IsOk());
  std::filesystem::permissions(path_, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(ProofKey::Open(path_, true), HasCode(absl::StatusCode::kFailedPrecondition));
  Put("no key");
  EXPECT_THAT(ProofKey::Open(path_, true), HasCode(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ProofKeyFile, MayBeReadByAGroupOfOurOwnAsAMountedSecretIs) {
  ASSERT_THAT(ProofKey::Open(path_, true), IsOk());
  std::filesystem::permissions(path_,
                               std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
  EXPECT_THAT(ProofKey::Open(path_, false), IsOk());
}

TEST_F(ProofKeyFile, IsTakenAnewWhenItChangesAndStaysWhenItIsSpoilt) {  // CFG-03
  const auto key = ProofKey::Open(path_, true);
  ASSERT_THAT(key, IsOk());
  const crypto::JwtSigner fresh = crypto::JwtSigner::Generate();
  const auto verifier = crypto::JwtVerifier::FromJwks(fresh.Jwks());
  (*key)->Look(Noon());
  EXPECT_FALSE(Verifies(**key, *verifier));
  Put(fresh.ToPem());
  (*key)->Look(Noon());
  EXPECT_TRUE(Verifies(**key, *verifier));
  Put("spoilt");
  (*key)->Look(Noon());
  std::filesystem::remove(path_);
  (*key)->Look(Noon());
  EXPECT_TRUE(Verifies(**key, *verifier));
}

TEST_F(ProofKeyFile, IsToldOfBeforeItSigns) {
  std::vector<std::string> told;
  bool refuses = false;
  const auto key = ProofKey::Open(path_, true, [&](const std::string& what, const auto& particulars) {
    if (refuses) return absl::UnavailableError("not now");
    told.push_back(what + " " + particulars.at("kid"));
    return absl::OkStatus();
  });
  ASSERT_THAT(key, IsOk());
  ASSERT_EQ(told.size(), 1U);
  const crypto::JwtSigner fresh = crypto::JwtSigner::Generate();
  const auto verifier = crypto::JwtVerifier::FromJwks(fresh.Jwks());
  Put(fresh.ToPem());
  refuses = true;
  (*key)->Look(Noon());
  EXPECT_FALSE(Verifies(**key, *verifier)) << "what cannot be told is not taken";
  refuses = false;
  (*key)->Look(Noon());
  EXPECT_TRUE(Verifies(**key, *verifier));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1], "key of proofs " + fresh.kid());
}

}  // namespace
}  // namespace tc::recovery

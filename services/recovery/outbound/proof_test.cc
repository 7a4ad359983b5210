#include "services/recovery/outbound/proof.h"

#include <gtest/gtest.h>

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

TEST(Sign, RepeatsWhatWasMadeBeforeTheKeyWasReplaced) {
  const crypto::JwtSigner old_key = crypto::JwtSigner::Generate();
  const crypto::JwtSigner new_key = crypto::JwtSigner::Generate();
  ProofSigner signer(old_key);
  const std::string before = signer.Sign(kAlice, kId, Noon());
  signer.Replace(new_key, Noon() + absl::Seconds(1));
  EXPECT_EQ(signer.Sign(kAlice, kId, Noon()), before);
  const auto verifier = crypto::JwtVerifier::FromJwks(new_key.Jwks());
  const absl::Time now = Noon() + absl::Seconds(1);
  EXPECT_THAT(verifier->Verify(signer.Sign(kAlice, kId, now), kRules, now), IsOk());
}

}  // namespace
}  // namespace tc::recovery

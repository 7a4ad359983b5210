// What is kept of a code, and how its key is changed while the service runs (OTP-15, CRY-05).

#include "services/otp/rpc/codes.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/crypto/hmac.h"
#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/tries_testing.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::Refused;

std::string KidOf(Bench& bench, const std::string& id) {
  std::string kid;
  EXPECT_TRUE(bench.database
                  ->View([&](kv::ReadTxn& txn) -> absl::Status {
                    kid = TRY(FindVerification(txn, VerificationId::FromTrusted(id)))->code.kid;
                    return absl::OkStatus();
                  })
                  .ok());
  return kid;
}

TEST(Pepper, OfACodeThatIsOutIsThatOfItsMaking) {
  Bench bench(Spacious());
  const auto before = OwnRequest("v1"), after = OwnRequest("v2");
  const std::string old_code = MadeIn(bench, before);
  const std::string old_kid = KidOf(bench, "v1");
  const std::string new_kid = bench.keys.AddForTest(kCodeKey, bench.random);
  const std::string new_code = MadeIn(bench, after);
  EXPECT_EQ(KidOf(bench, "v2"), new_kid);
  EXPECT_NE(new_kid, old_kid);
  EXPECT_FALSE(CheckIn(bench, before, WrongFor(old_code))->matched());
  EXPECT_TRUE(CheckIn(bench, before, old_code)->matched());
  EXPECT_TRUE(CheckIn(bench, after, new_code)->matched());
}

TEST(Pepper, ThatIsGoneMakesNoCodeRight) {
  Bench bench(Spacious());
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  bench.keys.AddForTest(kCodeKey, bench.random);
  bench.keys.RemoveForTest(kCodeKey, KidOf(bench, "v1"));
  EXPECT_FALSE(CheckIn(bench, request, code)->matched());
}

TEST(Pepper, ThatIsNewForgetsNoSendOfANumber) {
  Bench bench;
  for (int i = 0; i < bench.desk.policy.sends_per_number_without_sign_in; ++i) {
    auto request = OwnRequest(absl::StrCat("v", i));
    ASSERT_THAT(bench.Create(request), testing::IsOk());
    bench.keys.AddForTest(kIndexKey, bench.random);
  }
  EXPECT_THAT(bench.Create(OwnRequest("more")), Refused(kResourceExhausted, Reason::kNumberLimitReached));
}

// Whoever has the database alone cannot try the few codes that there are.
TEST(Store, HoldsNeitherACodeNorABareHashOfIt) {
  Bench bench;
  ASSERT_THAT(bench.Create(), testing::IsOk());
  const std::string code = bench.LastCode();
  std::string all;
  ASSERT_THAT(bench.database->View([&](kv::ReadTxn& txn) {
    return txn.Scan("", "\xff", [&](absl::string_view key, absl::string_view value) {
      absl::StrAppend(&all, key, value);
      return true;
    });
  }),
              testing::IsOk());
  const std::string hash = crypto::Sha256(code);
  for (const std::string& form : {code, absl::BytesToHexString(code), hash, absl::BytesToHexString(hash)}) {
    EXPECT_FALSE(absl::StrContains(all, form));
  }
  EXPECT_TRUE(absl::StrContains(all, "accounts/alice")) << "what was looked through is the store";
}

}  // namespace
}  // namespace tc::otp

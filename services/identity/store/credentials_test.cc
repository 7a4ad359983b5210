// Passwords in the store, as many as the policy wants, and proofs, each used once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/store/store_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kAlreadyExists;
using testing::HasCode;
using ::testing::IsEmpty;
using testing::IsOk;

TEST_F(Store, KeepsAsManyPasswordsAsThePolicyWants) {
  StoredCredential credential;
  credential.account = AccountId::FromTrusted("ivan");
  for (int i = 1; i <= 7; ++i)
    credential = credential.WithPassword(Secret(std::string(1, static_cast<char>('0' + i))), 5, TestNow());
  ASSERT_THAT(Update([&](kv::Txn& txn) { return credentials_.Put(txn, credential); }), IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                const StoredCredential read = TRY(credentials_.Get(txn, credential.account));
                EXPECT_EQ(read.phc.Reveal(), "7");
                EXPECT_EQ(read.history.size(), 4U);
                EXPECT_EQ(read.history.front().Reveal(), "6");
                EXPECT_EQ(read.history.back().Reveal(), "3");
                EXPECT_EQ(read.version, 7);
                EXPECT_EQ(read.set_at, TestNow());
                EXPECT_FALSE(TRY(credentials_.Get(txn, AccountId::FromTrusted("oleg"))).has_password());
                return absl::OkStatus();
              }),
              IsOk());
}

TEST(WithPassword, KeepsNoHistoryWhereThePolicyWantsNone) {
  StoredCredential credential;
  EXPECT_THAT(
      credential.WithPassword(Secret("1"), 0, TestNow()).WithPassword(Secret("2"), 0, TestNow()).history,
      IsEmpty());
}

TEST_F(Store, UsesAProofOnce) {
  const AccountId ivan = AccountId::FromTrusted("ivan");
  ASSERT_THAT(Update([&](kv::Txn& txn) { return credentials_.UseProof(txn, "r1", ivan, TestNow()); }),
              IsOk());
  EXPECT_THAT(Update([&](kv::Txn& txn) { return credentials_.UseProof(txn, "r1", ivan, TestNow()); }),
              HasCode(kAlreadyExists));
}

}  // namespace
}  // namespace tc::identity

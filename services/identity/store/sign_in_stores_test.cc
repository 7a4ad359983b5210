#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"
#include "services/identity/store/credentials.h"
#include "services/identity/store/device_books.h"
#include "services/identity/store/preferences.h"
#include "services/identity/store/second_factor_keys.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kDataLoss;
using testing::HasCode;
using testing::IsOk;

std::vector<std::string> Purposes() {
  std::vector<std::string> purposes = Vault::Purposes();
  purposes.emplace_back(Vault::kWrapping);
  return purposes;
}

class SignInStores : public ::testing::Test {
 protected:
  SignInStores() { EXPECT_THAT(people_.Ensure(ivan_), IsOk()); }

  template <typename Fn>
  absl::Status Update(Fn fn) {
    return database_->Update([&](kv::Txn& txn) -> absl::Status { return fn(txn); }).status();
  }
  // Every byte of the store.
  std::string Dump() {
    std::string dump;
    EXPECT_THAT(Update([&](kv::Txn& txn) {
                  return txn.Scan("", std::string(8, '\xff'),
                                  [&](absl::string_view key, absl::string_view value) {
                                    absl::StrAppend(&dump, key, "\n", value, "\n");
                                    return true;
                                  });
                }),
                IsOk());
    return dump;
  }

  const AccountId ivan_ = AccountId::FromTrusted("ivan");
  testing::FakeRandom random_;
  std::unique_ptr<kv::Database> database_ = kv::InMemory();
  crypto::Keyring keys_ = crypto::Keyring::ForTest(Purposes(), random_);
  std::unique_ptr<kv::Database> key_store_ = kv::InMemory();
  std::unique_ptr<crypto::KeyWrapper> wrapper_ = crypto::LocalKeyWrapper(keys_, Vault::kWrapping, random_);
  PersonKeys people_{*key_store_, *wrapper_, random_};
  Vault vault_ = *Vault::Open(keys_, people_, random_);
  Credentials credentials_{vault_};
  SecondFactorKeys second_factors_{vault_};
  DeviceBooks device_books_{vault_};
  Preferences preferences_{vault_};
};

SecondFactors FullFactors() {
  SecondFactors factors;
  factors.enrolment = TotpEnrolment{Secret("enrolled-key"), TestNow() + absl::Minutes(10), 3};
  factors.totp = TotpInUse{Secret("key-in-use"), 12345678};
  factors.sms = SmsUnderWay{VerificationId::FromTrusted("v1"), PhoneId::FromTrusted("p1")};
  return factors;
}

DeviceBook FullBook() {
  DeviceBook book;
  book.signed_in = true;
  book.devices = {{"mark-1", TestNow(), 2}, {"mark-2", TestNow() - absl::Hours(1), 0}};
  book.places = {{"Казань", TestNow()}};
  return book;
}

SecuritySettings OtherSettings() {
  return {SecondFactor::kTotp, {CodeChannel::kPush}, 0, 24, Importance::kLow, false, "Asia/Kamchatka"};
}

TEST_F(SignInStores, GiveBackWhatTheyTook) {
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                EXPECT_EQ(TRY(second_factors_.Get(txn, ivan_)), SecondFactors());
                EXPECT_EQ(TRY(device_books_.Get(txn, ivan_)), DeviceBook());
                EXPECT_EQ(TRY(preferences_.Get(txn, ivan_)), SecuritySettings());
                TRY(second_factors_.Put(txn, ivan_, FullFactors()));
                TRY(device_books_.Put(txn, ivan_, FullBook()));
                return preferences_.Put(txn, ivan_, OtherSettings());
              }),
              IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                EXPECT_EQ(TRY(second_factors_.Get(txn, ivan_)), FullFactors());
                EXPECT_EQ(TRY(device_books_.Get(txn, ivan_)), FullBook());
                EXPECT_EQ(TRY(preferences_.Get(txn, ivan_)), OtherSettings());
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(SignInStores, RememberWhatASignInWaitsFor) {
  StoredCredential credential;
  credential.account = ivan_;
  credential = credential.WithPassword(Secret("phc"), 5, TestNow());
  credential.change_required = true;
  credential.passed_at = TestNow();
  ASSERT_THAT(Update([&](kv::Txn& txn) { return credentials_.Put(txn, credential); }), IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                const StoredCredential read = TRY(credentials_.Get(txn, ivan_));
                EXPECT_TRUE(read.change_required);
                EXPECT_TRUE(read.AwaitsSecondFactorAt(TestNow() + absl::Minutes(10) - absl::Microseconds(1)));
                EXPECT_FALSE(read.AwaitsSecondFactorAt(TestNow() + absl::Minutes(10)));
                // A new password begins anew.
                const StoredCredential next = read.WithPassword(Secret("other"), 5, TestNow());
                EXPECT_FALSE(next.change_required);
                EXPECT_FALSE(next.AwaitsSecondFactorAt(TestNow()));
                return absl::OkStatus();
              }),
              IsOk());
}

// CRY-01
TEST_F(SignInStores, SealKeysDevicesAndPlaces) {
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                TRY(second_factors_.Put(txn, ivan_, FullFactors()));
                TRY(preferences_.Put(txn, ivan_, OtherSettings()));
                return device_books_.Put(txn, ivan_, FullBook());
              }),
              IsOk());
  for (const char* secret : {"enrolled-key", "key-in-use", "mark-1", "Казань", "Kamchatka"})
    EXPECT_EQ(Dump().find(secret), std::string::npos) << secret;
}

TEST_F(SignInStores, EraseEverything) {
  const std::string before = Dump();
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                TRY(second_factors_.Put(txn, ivan_, FullFactors()));
                TRY(device_books_.Put(txn, ivan_, FullBook()));
                return preferences_.Put(txn, ivan_, OtherSettings());
              }),
              IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                TRY(second_factors_.Erase(txn, ivan_));
                TRY(device_books_.Erase(txn, ivan_));
                return preferences_.Erase(txn, ivan_);
              }),
              IsOk());
  EXPECT_EQ(Dump().find("ivan"), std::string::npos);
}

// CRY-06
TEST_F(SignInStores, ForgetWhereSomebodyLivesWithHisKey) {
  ASSERT_THAT(Update([&](kv::Txn& txn) { return preferences_.Put(txn, ivan_, OtherSettings()); }), IsOk());
  ASSERT_THAT(people_.Destroy(ivan_, TestNow()), IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {  // a copy from before has been restored
                SecuritySettings left = OtherSettings();
                left.time_zone.clear();
                EXPECT_EQ(TRY(preferences_.Get(txn, ivan_)), left);
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(SignInStores, DoNotTakeUnreadableBytesForNoSecondFactor) {
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                for (const char* table : {"settings", "devices", "second-factor"})
                  TRY(txn.Put(kv::Key(table).Str("ivan").bytes(), "\x0a\x02?!"));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_THAT(Update([&](kv::Txn& txn) { return preferences_.Get(txn, ivan_).status(); }),
              HasCode(kDataLoss));
  EXPECT_THAT(Update([&](kv::Txn& txn) { return device_books_.Get(txn, ivan_).status(); }),
              HasCode(kDataLoss));
  EXPECT_THAT(Update([&](kv::Txn& txn) { return second_factors_.Get(txn, ivan_).status(); }),
              HasCode(kDataLoss));
}

}  // namespace
}  // namespace tc::identity

// Rotation without downtime (CRY-05): everybody is found before, during and after it, and then the older keys
// are needed no more.

#include "services/identity/rpc/key_rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using testing::IsOk;

constexpr int kPeople = 40;

class Rotation : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int n = 1; n <= kPeople; ++n) ASSERT_THAT(world_.Citizen(absl::StrCat("a", n), n), IsOk());
  }

  static std::vector<std::string> Rotated() {
    return {Vault::kWrapping, "index-phone", "index-email", "index-snils", "index-passport"};
  }
  // A newer key of each purpose; gives the older kids.
  std::vector<std::string> Rotate() {
    std::vector<std::string> old;
    for (const std::string& purpose : Rotated()) {
      old.push_back(world_.keyring().Newest(purpose)->kid);
      world_.keyring().AddForTest(purpose, world_.random());
    }
    return old;
  }
  void RemoveOld(const std::vector<std::string>& kids) {
    for (size_t i = 0; i < kids.size(); ++i) world_.keyring().RemoveForTest(Rotated()[i], kids[i]);
  }
  void Pass() {
    std::string cursor;
    do {
      ASSERT_THAT(world_.vault().people().Rewrap(7, cursor), IsOk());
    } while (!cursor.empty());
    do {
      const absl::StatusOr<Reindexed> some = ReindexSome(world_.handlers().desk, 7, cursor);
      ASSERT_THAT(some, IsOk());
      ASSERT_EQ(some->failed, 0U);
    } while (!cursor.empty());
  }
  // By everything that a person is found by.
  void ExpectFound(int n) {
    const std::string name = absl::StrCat("accounts/a", n);
    pb::LookupAccountRequest in;
    in.set_phone(PhoneNumber(n));
    EXPECT_EQ(Lookup(in), name);
    in.set_email(absl::StrCat("a", n, "@example.org"));
    EXPECT_EQ(Lookup(in), name);
    in.set_snils(SnilsNumber(n));
    EXPECT_EQ(Lookup(in), name);
  }
  std::string Lookup(const pb::LookupAccountRequest& in) {
    const absl::StatusOr<pb::LookupAccountResponse> found =
        world_.handlers().eligibility.LookupAccount(world_.Service(), in);
    return found.ok() ? found->account() : found.status().ToString();
  }

  World world_;
};

TEST_F(Rotation, BetweenTheNewKeyAndThePassEverybodyIsFound) {
  Rotate();
  for (int n = 1; n <= kPeople; ++n) ExpectFound(n);
}

TEST_F(Rotation, BetweenTheNewKeyAndThePassANumberHasStillOneOwner) {
  Rotate();
  pb::CreateAccountRequest in = Registration("thief", 99);
  in.set_verified_phone(PhoneNumber(7));
  EXPECT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), in),
              testing::Refused(absl::StatusCode::kFailedPrecondition, Reason::kPhoneBusy));
  in = Registration("thief", 99);
  in.set_verified_email("a7@example.org");
  EXPECT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), in),
              testing::Refused(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists));
}

TEST_F(Rotation, AfterThePassTheOlderKeysAreNeededNoMore) {
  const std::vector<std::string> old = Rotate();
  Pass();
  RemoveOld(old);
  for (int n = 1; n <= kPeople; ++n) ExpectFound(n);
  const auto wrapper = crypto::LocalKeyWrapper(world_.keyring(), Vault::kWrapping, world_.random());
  const PersonKeys fresh(world_.key_store(), *wrapper, world_.random());  // remembers nothing
  for (int n = 1; n <= kPeople; ++n)
    EXPECT_THAT(fresh.Get(AccountId::FromTrusted(absl::StrCat("a", n))), IsOk());
}

TEST_F(Rotation, WithoutThePassTheyAre) {
  RemoveOld(Rotate());
  pb::LookupAccountRequest in;
  in.set_phone(PhoneNumber(1));
  EXPECT_NE(Lookup(in), "accounts/a1");
}

TEST_F(Rotation, FindsReleasedNumbersInTheirQuarantineAsWell) {
  ASSERT_THAT(world_.Move("a1", "+79990000001"), IsOk());
  const std::vector<std::string> old = Rotate();
  Pass();
  RemoveOld(old);
  pb::CreateAccountRequest in = Registration("other", 99);
  in.set_verified_phone(PhoneNumber(1));
  EXPECT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), in),
              testing::Refused(absl::StatusCode::kFailedPrecondition, Reason::kPhoneQuarantined));
}

TEST_F(Rotation, RunsWhileTheServiceServes) {
  std::atomic<bool> stop = false;
  std::atomic<int> changes = 0;
  std::thread busy([&] {
    for (int n = 1; !stop; n = n % kPeople + 1) {
      pb::UpdateAccountRequest in;
      in.mutable_account()->set_name(absl::StrCat("accounts/a", n));
      in.mutable_account()->set_locale(changes % 2 == 0 ? "en" : "ru");
      in.mutable_update_mask()->add_paths("locale");
      rpc::Call call = world_.Idp();
      EXPECT_THAT(world_.handlers().accounts.UpdateAccount(call, in), IsOk());
      ++changes;
    }
  });
  KeyRotation rotation(world_.handlers().desk, world_.clock());
  const std::vector<std::string> old = Rotate();
  rotation.Start();
  while (!rotation.progress().ended_at.has_value()) std::this_thread::yield();
  stop = true;
  busy.join();
  const rpc::ReencryptionProgress progress = rotation.progress();
  EXPECT_FALSE(progress.running);
  EXPECT_EQ(progress.failed, 0U);
  EXPECT_EQ(progress.done, 2U * kPeople);
  EXPECT_EQ(progress.total, 2U * kPeople);
  EXPECT_GT(changes, 0);
  RemoveOld(old);
  for (int n = 1; n <= kPeople; ++n) ExpectFound(n);
}

TEST_F(Rotation, CoversEveryPurposeOfTheVaultThatLasts) {
  const KeyRotation rotation(world_.handlers().desk, world_.clock());
  EXPECT_EQ(rotation.purposes(), Rotated());
}

}  // namespace
}  // namespace tc::identity

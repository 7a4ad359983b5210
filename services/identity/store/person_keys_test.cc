// Keys of people: one each, wrapped from outside, destroyed for ever (CRY-02, CRY-05, CRY-06).

#include "services/identity/store/person_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/noon.h"
#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"
#include "services/identity/store/accounts.h"
#include "services/identity/store/journal.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kAlreadyExists;
using absl::StatusCode::kDataLoss;
using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;

std::vector<std::string> Purposes() {
  std::vector<std::string> purposes = Vault::Purposes();
  purposes.push_back(Vault::kWrapping);
  return purposes;
}

// Whoever holds the wrapping key does not answer.
class DeafWrapper final : public crypto::KeyWrapper {
 public:
  absl::StatusOr<std::string> Wrap(const Secret&, absl::string_view) override { return Deaf(); }
  absl::StatusOr<Secret> Unwrap(absl::string_view, absl::string_view) override { return Deaf(); }
  absl::StatusOr<bool> IsCurrent(absl::string_view) override { return Deaf(); }

 private:
  static absl::Status Deaf() { return absl::UnavailableError("no answer"); }
};

class Keys : public ::testing::Test {
 protected:
  PersonKeys Fresh() { return PersonKeys(*key_store_, *wrapper_, random_); }  // remembers nothing
  static Secret BytesOf(const PersonKeys& keys, const AccountId& id) { return (*keys.Get(id))->bytes; }

  const AccountId ivan_ = AccountId::FromTrusted("ivan");
  const AccountId oleg_ = AccountId::FromTrusted("oleg");
  testing::FakeRandom random_;
  crypto::Keyring ring_ = crypto::Keyring::ForTest(Purposes(), random_);
  std::unique_ptr<kv::Database> key_store_ = kv::InMemory();
  std::unique_ptr<crypto::KeyWrapper> wrapper_ = crypto::LocalKeyWrapper(ring_, Vault::kWrapping, random_);
  PersonKeys keys_{*key_store_, *wrapper_, random_};
};

TEST_F(Keys, GiveEachPersonHisOwn) {
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  ASSERT_THAT(keys_.Ensure(oleg_), IsOk());
  EXPECT_FALSE(BytesOf(keys_, ivan_) == BytesOf(keys_, oleg_));
}

TEST_F(Keys, StayTheSameForEver) {
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  const Secret first = BytesOf(keys_, ivan_);
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  EXPECT_TRUE(BytesOf(keys_, ivan_) == first);
  EXPECT_TRUE(BytesOf(Fresh(), ivan_) == first);
}

TEST_F(Keys, AreMadeOnceAlsoWhenEverybodyAsksAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] { EXPECT_THAT(keys_.Ensure(ivan_), IsOk()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(key_store_->revision(), 1U);
  EXPECT_THAT(keys_.Get(ivan_), IsOk());
}

// Rotates the keys between the wrapping and the commit.
class RotatingWrapper final : public crypto::KeyWrapper {
 public:
  RotatingWrapper(crypto::Keyring& ring, crypto::KeyWrapper& wrapper, Random& random)
      : ring_(ring), wrapper_(wrapper), random_(random) {}
  absl::StatusOr<std::string> Wrap(const Secret& key, absl::string_view context) override {
    absl::StatusOr<std::string> wrapped = wrapper_.Wrap(key, context);
    ring_.AddForTest(Vault::kWrapping, random_);
    return wrapped;
  }
  absl::StatusOr<Secret> Unwrap(absl::string_view wrapped, absl::string_view context) override {
    return wrapper_.Unwrap(wrapped, context);
  }
  absl::StatusOr<bool> IsCurrent(absl::string_view wrapped) override { return wrapper_.IsCurrent(wrapped); }

 private:
  crypto::Keyring& ring_;
  crypto::KeyWrapper& wrapper_;
  Random& random_;
};

TEST_F(Keys, AreNotStoredUnderAKeyThatHasJustBeenReplaced) {
  RotatingWrapper rotating(ring_, *wrapper_, random_);
  PersonKeys keys(*key_store_, rotating, random_);
  EXPECT_THAT(keys.Ensure(ivan_), Refused(absl::StatusCode::kAborted, Reason::kConflict));
  EXPECT_THAT(keys_.Ensure(ivan_), IsOk());
}

// Something happens while the wrapping key works.
class InterruptedWrapper final : public crypto::KeyWrapper {
 public:
  InterruptedWrapper(crypto::KeyWrapper& wrapper, std::function<void()> meanwhile)
      : wrapper_(wrapper), meanwhile_(std::move(meanwhile)) {}
  absl::StatusOr<std::string> Wrap(const Secret& key, absl::string_view context) override {
    meanwhile_();
    return wrapper_.Wrap(key, context);
  }
  absl::StatusOr<Secret> Unwrap(absl::string_view wrapped, absl::string_view context) override {
    meanwhile_();
    return wrapper_.Unwrap(wrapped, context);
  }
  absl::StatusOr<bool> IsCurrent(absl::string_view wrapped) override { return wrapper_.IsCurrent(wrapped); }

 private:
  crypto::KeyWrapper& wrapper_;
  std::function<void()> meanwhile_;
};

TEST_F(Keys, DestroyedWhileTheyAreUnwrappedAreNotAtHandAfterwards) {
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  std::function<void()> destroy;
  InterruptedWrapper slow(*wrapper_, [&] { destroy(); });
  PersonKeys keys(*key_store_, slow, random_);
  destroy = [&] { ASSERT_THAT(keys.Destroy(ivan_, testing::Noon()), IsOk()); };
  (void)keys.Get(ivan_);  // it may still have the key: it began before
  EXPECT_THAT(keys.Get(ivan_), Refused(kFailedPrecondition, Reason::kAccountDeleted));
}

TEST_F(Keys, DestroyedWhileTheyAreWrappedAnewStayDestroyed) {
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  ring_.AddForTest(Vault::kWrapping, random_);
  std::function<void()> destroy;
  InterruptedWrapper slow(*wrapper_, [&] { destroy(); });
  PersonKeys keys(*key_store_, slow, random_);
  destroy = [&] { ASSERT_THAT(keys.Destroy(ivan_, testing::Noon()), IsOk()); };
  std::string cursor;
  ASSERT_THAT(keys.Rewrap(10, cursor), IsOk());
  EXPECT_THAT(Fresh().Get(ivan_), Refused(kFailedPrecondition, Reason::kAccountDeleted));
}

TEST_F(Keys, RefuseWhoHasNone) { EXPECT_THAT(keys_.Get(ivan_), HasCode(kDataLoss)); }

TEST_F(Keys, RefuseWhenTheWrappingKeyCannotBeReached) {
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  DeafWrapper deaf;
  PersonKeys cut_off(*key_store_, deaf, random_);
  EXPECT_THAT(cut_off.Get(ivan_), HasCode(kUnavailable));
  EXPECT_THAT(cut_off.Ensure(oleg_), HasCode(kUnavailable));
}

TEST_F(Keys, AreUnreadableWithoutTheWrappingKey) {
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  const crypto::Keyring other = crypto::Keyring::ForTest(Purposes(), random_);
  const auto wrapper = crypto::LocalKeyWrapper(other, Vault::kWrapping, random_);
  EXPECT_THAT(PersonKeys(*key_store_, *wrapper, random_).Get(ivan_), HasCode(kDataLoss));
}

TEST_F(Keys, OnceDestroyedNeverComeBack) {
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  ASSERT_THAT(keys_.Get(ivan_), IsOk());  // at hand
  ASSERT_THAT(keys_.Destroy(ivan_, testing::Noon()), IsOk());
  ASSERT_THAT(keys_.Destroy(ivan_, testing::Noon()), IsOk());
  EXPECT_THAT(keys_.Get(ivan_), Refused(kFailedPrecondition, Reason::kAccountDeleted));
  EXPECT_THAT(Fresh().Get(ivan_), Refused(kFailedPrecondition, Reason::kAccountDeleted));
  EXPECT_THAT(keys_.Ensure(ivan_), Refused(kAlreadyExists, Reason::kAlreadyExists));
}

TEST_F(Keys, AreWrappedAnewAfterARotationAndNeedTheOldKeyNoMore) {
  std::vector<AccountId> people;
  for (int i = 0; i < 25; ++i) people.push_back(AccountId::FromTrusted(absl::StrCat("a", i)));
  for (const AccountId& id : people) ASSERT_THAT(keys_.Ensure(id), IsOk());
  ASSERT_THAT(keys_.Destroy(people[3], testing::Noon()), IsOk());
  const Secret before = BytesOf(keys_, people[7]);
  const std::string old_kid = ring_.Newest(Vault::kWrapping)->kid;
  ring_.AddForTest(Vault::kWrapping, random_);

  std::string cursor;
  size_t seen = 0;
  do {
    const absl::StatusOr<size_t> some = keys_.Rewrap(10, cursor);
    ASSERT_THAT(some, IsOk());
    seen += *some;
  } while (!cursor.empty());
  EXPECT_EQ(seen, people.size());
  EXPECT_EQ(*keys_.Count(), people.size());

  ring_.RemoveForTest(Vault::kWrapping, old_kid);
  const PersonKeys fresh = Fresh();
  EXPECT_TRUE(BytesOf(fresh, people[7]) == before);
  for (size_t i = 0; i < people.size(); ++i) EXPECT_EQ(fresh.Get(people[i]).ok(), i != 3) << i;
}

TEST_F(Keys, RestoredRecordsOfAnErasedPersonBringNobodyBack) {
  const std::unique_ptr<kv::Database> database = kv::InMemory();
  const Vault vault = *Vault::Open(ring_, keys_, random_);
  const Accounts accounts(vault);
  const Journal journal(vault);
  ASSERT_THAT(keys_.Ensure(ivan_), IsOk());
  const Account account = GoodAccount("ivan");
  JournalEntry entry;
  entry.type = "PasswordSet";
  entry.at = testing::Noon();
  entry.circumstances.client.address = "192.0.2.1";
  ASSERT_THAT(database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(accounts.Insert(txn, account, testing::Noon()));
    return journal.Append(txn, ivan_, entry);
  }),
              IsOk());
  // The records are those from before, the keys are today's.
  ASSERT_THAT(keys_.Destroy(ivan_, testing::Noon()), IsOk());
  ASSERT_THAT(database->View([&](kv::ReadTxn& txn) -> absl::Status {
    const Account found = TRY(accounts.Get(txn, ivan_));
    EXPECT_TRUE(found.deleted);
    EXPECT_EQ(found.person, Person());
    std::string last;
    const auto all = [](const JournalEntry&) { return true; };
    const std::vector<JournalEntry> entries = TRY(journal.List(txn, ivan_, "", 10, all, last));
    EXPECT_EQ(entries.size(), 1U);
    EXPECT_TRUE(entries.front().circumstances.empty());
    return absl::OkStatus();
  }),
              IsOk());
}

}  // namespace
}  // namespace tc::identity

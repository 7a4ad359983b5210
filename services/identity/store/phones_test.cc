// Phones in the store, oldest first, and who holds which number.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/store/store_testing.h"

namespace tc::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;

TEST_F(Store, KeepsPhonesOldestFirstAndTheirHolders) {
  const Account account = GoodAccount();
  OwnedPhone old = BoundPhone(account);
  OwnedPhone fresh = BoundPhone(account, "+79160000002");
  fresh.id = PhoneId::FromTrusted("a0");
  fresh.created_at += absl::Hours(1);
  fresh.title = "Бухгалтерия";
  old.released_at = TestNow();
  const Holder holder{account.id, old.id, TestNow()};
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                TRY(phones_.Put(txn, fresh));
                TRY(phones_.Put(txn, old));
                return phones_.SetHolder(txn, old.number, holder);
              }),
              IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                EXPECT_THAT(TRY(phones_.List(txn, account.id)), ElementsAre(old, fresh));
                EXPECT_EQ(TRY(phones_.FindHolder(txn, old.number)), holder);
                EXPECT_EQ(TRY(phones_.FindHolder(txn, fresh.number)), std::nullopt);
                TRY(phones_.Delete(txn, fresh));
                EXPECT_EQ(TRY(phones_.Find(txn, {account.id, fresh.id})), std::nullopt);
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Store, KnowsWhetherThereIsABoundMainPhoneAsItsListDoes) {
  const Account account = GoodAccount();
  OwnedPhone old = BoundPhone(account);
  OwnedPhone fresh = BoundPhone(account, "+79160000002");
  fresh.id = PhoneId::FromTrusted("a0");
  const auto expect = [&](bool wanted) {
    EXPECT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                  EXPECT_EQ(TRY(phones_.HasMain(txn, account.id)), wanted);
                  EXPECT_EQ(MainPhone(TRY(phones_.List(txn, account.id))) != nullptr, wanted);
                  return absl::OkStatus();
                }),
                IsOk());
  };
  const auto put = [&](std::vector<OwnedPhone> phones) {
    EXPECT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                  for (const OwnedPhone& phone : phones) TRY(phones_.Put(txn, phone));
                  return absl::OkStatus();
                }),
                IsOk());
  };
  expect(false);
  old.state = PhoneState::kPending;
  put({old});
  expect(false);
  old.state = PhoneState::kBound;
  put({old});
  expect(true);
  old.state = PhoneState::kReleased;
  put({fresh, old});  // the new one first: the old one's end must not take its place away
  expect(true);
  fresh.kind = PhoneKind::kAdditional;
  put({fresh});
  expect(false);
  fresh.kind = PhoneKind::kMain;
  put({fresh});
  EXPECT_THAT(Update([&](kv::Txn& txn) { return phones_.Delete(txn, fresh); }), IsOk());
  expect(false);
}

TEST_F(Store, DoesNotMixUpAccountsWhoseIdsBeginAlike) {
  ASSERT_THAT(Update([&](kv::Txn& txn) { return phones_.Put(txn, BoundPhone(GoodAccount("ivan2"))); }),
              IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                EXPECT_THAT(TRY(phones_.List(txn, AccountId::FromTrusted("ivan"))), IsEmpty());
                return absl::OkStatus();
              }),
              IsOk());
}

}  // namespace
}  // namespace tc::identity

// Accounts in the store, and the indexes by which they are found.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/kv/key.h"
#include "services/identity/store/store_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kAborted;
using absl::StatusCode::kAlreadyExists;
using absl::StatusCode::kDataLoss;
using absl::StatusCode::kNotFound;
using ::testing::ElementsAre;
using testing::HasCode;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;

// Every field set.
Account FullAccount() {
  Account account = GoodAccount();
  account.type = AccountType::kSoleProprietor;
  account.organization = "ИП";
  account.locale = "en";
  account.email = Email::FromTrusted("ivan@example.org");
  account.lock = Lock{TestNow() + absl::Minutes(1), "12345678"};
  account.owner_freeze_until = absl::InfiniteFuture();
  account.danger_freeze_until = TestNow() + absl::Hours(24);
  account.block_reason = "fraud";
  account.had_main_phone = true;
  account.restricted_until = TestNow() + absl::Hours(72);
  account.phone_permit_until = TestNow() + absl::Minutes(15);
  account.main_phone_changed_at = TestNow() - absl::Hours(3);
  return account;
}

TEST_F(Store, KnowsAnAccountNearEveryText) {
  const auto near = [&](const std::string& text) {
    std::optional<AccountId> id;
    EXPECT_THAT(database_->View([&](kv::ReadTxn& txn) -> absl::Status {
      id = TRY(accounts_.Near(txn, text));
      return absl::OkStatus();
    }),
                IsOk());
    return id.has_value() ? id->text() : "";
  };
  EXPECT_EQ(near("x"), "");
  for (const char* id : {"b", "i"}) {
    Account account = GoodAccount(id);
    ASSERT_THAT(Insert(account), IsOk());
  }
  EXPECT_EQ(near(""), "b");
  EXPECT_EQ(near("b"), "b");
  EXPECT_EQ(near("c"), "i");
  EXPECT_EQ(near("x"), "b");
}

TEST_F(Store, GivesBackWhatItTook) {
  Account account = FullAccount();
  ASSERT_THAT(Insert(account), IsOk());
  account.version = 1;
  account.created_at = account.updated_at = TestNow();
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                EXPECT_EQ(TRY(accounts_.Get(txn, account.id)), account);
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Store, TellsAbsentFromUnreadable) {
  const Account account = GoodAccount();
  EXPECT_THAT(Update([&](kv::Txn& txn) { return accounts_.Get(txn, account.id).status(); }),
              Refused(kNotFound, Reason::kNotFound));
  ASSERT_THAT(Update([&](kv::Txn& txn) {
                return txn.Put(kv::Key("account").Str("ivan").bytes(), "\x01\x02rubbish");
              }),
              IsOk());
  EXPECT_THAT(Update([&](kv::Txn& txn) { return accounts_.Get(txn, account.id).status(); }),
              HasCode(kDataLoss));
}

TEST_F(Store, RefusesAnUpdateOfAnOldVersion) {
  ASSERT_OK_AND_ASSIGN(const Account first, Insert(GoodAccount()));
  ASSERT_OK_AND_ASSIGN(const Account second, Change(first));
  EXPECT_EQ(second.version, 2);
  EXPECT_THAT(Change(first), Refused(kAborted, Reason::kConflict));
}

TEST_F(Store, MovesIndexesWithTheirValues) {
  Account account = GoodAccount();
  account.email = Email::FromTrusted("Ivan@example.org");
  ASSERT_OK_AND_ASSIGN(Account changed, Insert(account));
  changed.email = Email::FromTrusted("new@example.org");
  changed.person.snils = "12345678964";
  changed.person.document->number = "654321";
  ASSERT_THAT(Change(changed), IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                EXPECT_EQ(TRY(accounts_.FindByEmail(txn, account.email)), std::nullopt);
                EXPECT_EQ(TRY(accounts_.FindByEmail(txn, changed.email)), account.id);
                EXPECT_THAT(TRY(accounts_.FindBySnils(txn, account.person.snils)), IsEmpty());
                EXPECT_THAT(TRY(accounts_.FindBySnils(txn, "12345678964")), ElementsAre(account.id));
                EXPECT_THAT(TRY(accounts_.FindByDocument(txn, *account.person.document)), IsEmpty());
                EXPECT_THAT(TRY(accounts_.FindByDocument(txn, *changed.person.document)),
                            ElementsAre(account.id));
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Store, FindsAllAccountsOfOnePerson) {
  ASSERT_THAT(Insert(GoodAccount("a")), IsOk());
  ASSERT_THAT(Insert(GoodAccount("b")), IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                EXPECT_EQ(TRY(accounts_.FindBySnils(txn, IvanPetrov().snils)).size(), 2U);
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Store, GivesAnEmailToOneAccount) {
  Account account = GoodAccount("a");
  account.email = Email::FromTrusted("ivan@example.org");
  ASSERT_THAT(Insert(account), IsOk());
  account.id = AccountId::FromTrusted("b");
  account.email = Email::FromTrusted("IVAN@example.org");
  EXPECT_THAT(Insert(account), Refused(kAlreadyExists, Reason::kAlreadyExists));
}

}  // namespace
}  // namespace tc::identity

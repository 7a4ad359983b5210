#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"
#include "services/identity/store/accounts.h"
#include "services/identity/store/credentials.h"
#include "services/identity/store/journal.h"
#include "services/identity/store/notices.h"
#include "services/identity/store/phones.h"

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

std::vector<std::string> TestPurposes() {
  std::vector<std::string> purposes = Vault::Purposes();
  purposes.push_back(Vault::kWrapping);
  return purposes;
}

class Store : public ::testing::Test {
 protected:
  Store() {
    for (const char* id : {"ivan", "ivan2", "oleg", "b", "a", "i"})
      EXPECT_THAT(people_.Ensure(AccountId::FromTrusted(id)), IsOk());
  }

  // One transaction; its status.
  template <typename Fn>
  absl::Status Update(Fn fn) {
    return database_->Update([&](kv::Txn& txn) -> absl::Status { return fn(txn); }).status();
  }
  absl::StatusOr<Account> Insert(const Account& account) {
    TRY(people_.Ensure(account.id));
    absl::StatusOr<Account> inserted = absl::InternalError("not run");
    TRY(Update([&](kv::Txn& txn) -> absl::Status {
      inserted = accounts_.Insert(txn, account, TestNow());
      return inserted.status();
    }));
    return inserted;
  }
  absl::StatusOr<Account> Change(const Account& account) {
    absl::StatusOr<Account> changed = absl::InternalError("not run");
    TRY(Update([&](kv::Txn& txn) -> absl::Status {
      changed = accounts_.Update(txn, account, TestNow() + absl::Hours(1));
      return changed.status();
    }));
    return changed;
  }

  testing::FakeRandom random_;
  std::unique_ptr<kv::Database> database_ = kv::InMemory();
  crypto::Keyring keys_ = crypto::Keyring::ForTest(TestPurposes(), random_);
  std::unique_ptr<kv::Database> key_store_ = kv::InMemory();
  std::unique_ptr<crypto::KeyWrapper> wrapper_ = crypto::LocalKeyWrapper(keys_, Vault::kWrapping, random_);
  PersonKeys people_{*key_store_, *wrapper_, random_};
  Vault vault_ = *Vault::Open(keys_, people_, random_);
  Accounts accounts_{vault_};
  Phones phones_{vault_};
  Credentials credentials_{vault_};
  Journal journal_{vault_};
};

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

TEST_F(Store, SealsANoticeOnItsWay) {
  Account account = GoodAccount();
  account.email = Email::FromTrusted("ivan@example.org");
  Notice notice = NoticeTo(NoticeKind::kPhoneChanged, account, {BoundPhone(account)});
  notice.masked_address = "+7 9** ***-**-67";
  ASSERT_THAT(Update([&](kv::Txn& txn) { return EnqueueNotice(txn, vault_, notice, TestNow()); }), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::OutboxRow> rows,
                       database_->DueOutbox(TestNow() + absl::Hours(1), 10));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].payload.find("9161234567"), std::string::npos);
  EXPECT_EQ(NoticeFrom(rows[0], vault_).value(), notice);
}

TEST_F(Store, EnqueuesNoNoticeToNobody) {
  const Notice notice = NoticeTo(NoticeKind::kPhoneChanged, GoodAccount(), {});
  ASSERT_THAT(Update([&](kv::Txn& txn) { return EnqueueNotice(txn, vault_, notice, TestNow()); }), IsOk());
  EXPECT_THAT(database_->DueOutbox(TestNow(), 10).value(), IsEmpty());
}

TEST_F(Store, ListsTheJournalNewestFirstInPages) {
  const AccountId ivan = AccountId::FromTrusted("ivan");
  for (int i = 0; i < 3; ++i) {
    JournalEntry entry;
    entry.type = std::string(1, static_cast<char>('a' + i));
    entry.at = TestNow() + absl::Seconds(i);
    entry.actor = "owner";
    entry.circumstances.client.place = "Москва";
    ASSERT_THAT(Update([&](kv::Txn& txn) { return journal_.Append(txn, ivan, entry); }), IsOk());
  }
  std::string types;
  std::string after;
  do {
    ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                  std::string last;
                  for (const JournalEntry& e : TRY(journal_.List(
                           txn, ivan, after, 2, [](const JournalEntry&) { return true; }, last))) {
                    types += e.type;
                    EXPECT_EQ(e.circumstances.client.place, "Москва");
                  }
                  after = last;
                  return absl::OkStatus();
                }),
                IsOk());
  } while (!after.empty());
  EXPECT_EQ(types, "cba");
}

}  // namespace
}  // namespace tc::identity

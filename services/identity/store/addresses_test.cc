// Phones and e-mail addresses in the store: what comes back, what an erased account leaves, what a change of
// keys keeps.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"
#include "services/identity/store/pending_emails.h"
#include "services/identity/store/phones.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kDataLoss;
using ::testing::ElementsAre;
using testing::HasCode;
using ::testing::IsEmpty;
using testing::IsOk;

std::vector<std::string> KeyPurposes() {
  std::vector<std::string> purposes = Vault::Purposes();
  purposes.push_back(Vault::kWrapping);
  return purposes;
}

class Addresses : public ::testing::Test {
 protected:
  Addresses() {
    for (const Account& account : {ivan_, oleg_}) EXPECT_THAT(people_.Ensure(account.id), IsOk());
  }

  void In(absl::FunctionRef<absl::Status(kv::Txn&)> work) {
    EXPECT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status { return work(txn); }).status(), IsOk());
  }
  // Every key of the store.
  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    In([&](kv::Txn& txn) {
      return txn.Scan("", std::string(8, '\xff'), [&](absl::string_view key, absl::string_view) {
        keys.emplace_back(key);
        return true;
      });
    });
    return keys;
  }
  PendingEmail Pending(const Account& account) {
    return {account.id, VerificationId::FromTrusted("v1"), Email::FromTrusted("ivan@example.org"), TestNow()};
  }

  const Account ivan_ = GoodAccount("ivan");
  const Account oleg_ = GoodAccount("oleg");
  testing::FakeRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::ForTest(KeyPurposes(), random_);
  std::unique_ptr<kv::Database> database_ = kv::InMemory();
  std::unique_ptr<kv::Database> key_store_ = kv::InMemory();
  std::unique_ptr<crypto::KeyWrapper> wrapper_ = crypto::LocalKeyWrapper(keys_, Vault::kWrapping, random_);
  PersonKeys people_{*key_store_, *wrapper_, random_};
  Vault vault_ = *Vault::Open(keys_, people_, random_);
  Phones phones_{vault_};
  PendingEmails emails_{vault_};
};

TEST_F(Addresses, GiveBackAScheduledNumber) {
  OwnedPhone phone = BoundPhone(ivan_);
  phone.state = PhoneState::kScheduled;
  phone.bound_at.reset();
  phone.effective_at = TestNow() + absl::Hours(24);
  phone.proved_at = TestNow() - absl::Hours(2);
  In([&](kv::Txn& txn) { return phones_.Put(txn, phone); });
  In([&](kv::Txn& txn) -> absl::Status {
    EXPECT_THAT(TRY(phones_.List(txn, ivan_.id)), ElementsAre(phone));
    EXPECT_FALSE(TRY(phones_.HasMain(txn, ivan_.id)));  // not before its time
    return absl::OkStatus();
  });
}

TEST_F(Addresses, RefuseAScheduledNumberWithoutATime) {
  OwnedPhone phone = BoundPhone(ivan_);
  phone.state = PhoneState::kScheduled;
  In([&](kv::Txn& txn) { return phones_.Put(txn, phone); });
  In([&](kv::Txn& txn) {
    EXPECT_THAT(phones_.List(txn, ivan_.id), HasCode(kDataLoss));
    return absl::OkStatus();
  });
}

TEST_F(Addresses, GiveBackAPendingEmailAndReplaceIt) {
  PendingEmail pending = Pending(ivan_);
  In([&](kv::Txn& txn) { return emails_.Put(txn, pending); });
  pending.id = VerificationId::FromTrusted("v2");
  pending.email = Email::FromTrusted("other@example.org");
  In([&](kv::Txn& txn) -> absl::Status {
    EXPECT_EQ(TRY(emails_.Find(txn, ivan_.id)), Pending(ivan_));
    EXPECT_EQ(TRY(emails_.Find(txn, oleg_.id)), std::nullopt);
    TRY(emails_.Put(txn, pending));
    EXPECT_EQ(TRY(emails_.Find(txn, ivan_.id)), pending);
    return absl::OkStatus();
  });
}

TEST_F(Addresses, OfAnErasedAccountLeaveNothing) {
  In([&](kv::Txn& txn) { return emails_.Put(txn, Pending(oleg_)); });
  const std::vector<std::string> before = Keys();
  OwnedPhone second = BoundPhone(ivan_, "+79160000002");
  second.id = PhoneId::FromTrusted("p2");
  second.state = PhoneState::kReleased;
  In([&](kv::Txn& txn) -> absl::Status {
    TRY(phones_.Put(txn, BoundPhone(ivan_)));
    TRY(phones_.Put(txn, second));
    TRY(phones_.SetHolder(txn, second.number, {ivan_.id, second.id, TestNow()}));
    TRY(phones_.SetHolder(txn, BoundPhone(ivan_).number, {ivan_.id, PhoneId::FromTrusted("p1"), {}}));
    return emails_.Put(txn, Pending(ivan_));
  });
  ASSERT_EQ(Keys().size(), before.size() + 6);
  In([&](kv::Txn& txn) -> absl::Status {
    TRY(phones_.Erase(txn, ivan_.id));
    return emails_.Erase(txn, ivan_.id);
  });
  EXPECT_EQ(Keys(), before);
}

TEST_F(Addresses, OfOthersStayWhenAnAccountIsErased) {
  const OwnedPhone released = [&] {
    OwnedPhone phone = BoundPhone(ivan_);
    phone.state = PhoneState::kReleased;
    return phone;
  }();
  const Holder holder{oleg_.id, PhoneId::FromTrusted("p1"), std::nullopt};  // who has it today
  In([&](kv::Txn& txn) -> absl::Status {
    TRY(phones_.Put(txn, released));
    TRY(phones_.Put(txn, BoundPhone(oleg_)));
    TRY(phones_.SetHolder(txn, released.number, holder));
    TRY(emails_.Put(txn, Pending(oleg_)));
    TRY(phones_.Erase(txn, ivan_.id));
    return emails_.Erase(txn, ivan_.id);
  });
  In([&](kv::Txn& txn) -> absl::Status {
    EXPECT_THAT(TRY(phones_.List(txn, ivan_.id)), IsEmpty());
    EXPECT_EQ(TRY(phones_.FindHolder(txn, released.number)), holder);
    EXPECT_TRUE(TRY(phones_.HasMain(txn, oleg_.id)));
    EXPECT_EQ(TRY(emails_.Find(txn, oleg_.id)), Pending(oleg_));
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace tc::identity

#pragma once

// Store: the stores of accounts over a database in memory, with keys for some people.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"
#include "services/identity/store/accounts.h"
#include "services/identity/store/credentials.h"
#include "services/identity/store/journal.h"
#include "services/identity/store/phones.h"

namespace tc::identity {

inline std::vector<std::string> TestPurposes() {
  std::vector<std::string> purposes = Vault::Purposes();
  purposes.emplace_back(Vault::kWrapping);
  return purposes;
}

class Store : public ::testing::Test {
 protected:
  Store() {
    for (const char* id : {"ivan", "ivan2", "oleg", "b", "a", "i"})
      EXPECT_THAT(people_.Ensure(AccountId::FromTrusted(id)), testing::IsOk());
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

}  // namespace tc::identity

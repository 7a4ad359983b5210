// A decoy leaves as many rows as a real recovery, at every step, and none when it is gone (REC-01).

#include <gtest/gtest.h>

#include "common/crypto/hmac.h"
#include "common/crypto/keyring.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "services/recovery/domain/recovery_testing.h"
#include "services/recovery/store/recovery_store.h"

namespace tc::recovery {
namespace {

using testing::Begun;
using testing::IsOk;
using testing::Noon;

class Rows {
 public:
  Recovery Insert(Recovery recovery) {
    recovery.capability_hash = crypto::Sha256("capability");
    recovery.not_me_hash = recovery.decoy ? "" : crypto::Sha256("not me");
    return Do([&](kv::Txn& txn) { return store_.Insert(txn, recovery); });
  }
  Recovery Save(const Recovery& before, const Recovery& after) {
    return Do([&](kv::Txn& txn) { return store_.Save(txn, before, after); });
  }
  void Remove(const Recovery& recovery) {
    EXPECT_THAT(db_->Update([&](kv::Txn& txn) { return store_.Remove(txn, recovery); }), IsOk());
  }
  void Withdraw(const Recovery& recovery) {
    EXPECT_THAT(db_->Update([&](kv::Txn& txn) { return store_.Withdraw(txn, recovery); }), IsOk());
  }
  int count() {
    int rows = 0;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) {
      rows = 0;
      return txn.Scan("", "\xff", [&](absl::string_view, absl::string_view) {
        ++rows;
        return true;
      });
    }),
                IsOk());
    return rows;
  }

 private:
  template <typename F>
  Recovery Do(F write) {
    Recovery written;
    EXPECT_THAT(db_->Update([&](kv::Txn& txn) -> absl::Status {
      written = TRY(write(txn));
      return absl::OkStatus();
    }),
                IsOk());
    return written;
  }

  tc::testing::FakeRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::ForTest({"seal"}, random_);
  RecoveryStore store_{*crypto::Sealer::Create(keys_, "seal", random_)};
  std::unique_ptr<kv::Database> db_ = kv::InMemory();
};

Recovery Decoy() { return TurnIntoDecoy(Begun()); }
Recovery Cancelled(const Recovery& recovery) { return *Cancel(recovery, Canceller::kClaimant, Noon()); }

TEST(DecoyRows, AreAsManyAsRealOnesAtTheStartAndAtTheEnd) {
  Rows real, decoy;
  const Recovery first = real.Insert(Begun());
  const Recovery other = decoy.Insert(Decoy());
  EXPECT_EQ(decoy.count(), real.count());
  real.Save(first, Cancelled(first));
  decoy.Save(other, Cancelled(other));
  EXPECT_EQ(decoy.count(), real.count());
}

TEST(DecoyRows, GoWithTheDecoyOfARealOneTheLedgerStays) {
  Rows real, decoy;
  const Recovery first = real.Insert(Begun());
  const Recovery other = decoy.Insert(Decoy());
  real.Remove(real.Save(first, Cancelled(first)));
  decoy.Remove(decoy.Save(other, Cancelled(other)));
  EXPECT_EQ(decoy.count(), real.count() - 1);
}

TEST(DecoyRows, GoWithAWithdrawnDecoy) {
  Rows real, decoy;
  real.Withdraw(real.Insert(Begun()));
  decoy.Withdraw(decoy.Insert(Decoy()));
  EXPECT_EQ(decoy.count(), real.count() - 1);
}

TEST(DecoyRows, TakeThePlaceOfRealOnes) {
  Rows real, turned;
  const Recovery first = real.Insert(Begun());
  const Recovery other = turned.Insert(Begun());
  real.Remove(real.Save(first, Cancelled(first)));
  const Recovery decoy = turned.Save(other, TurnIntoDecoy(other));
  turned.Remove(turned.Save(decoy, Cancelled(decoy)));
  EXPECT_EQ(turned.count(), real.count());
}

}  // namespace
}  // namespace tc::recovery

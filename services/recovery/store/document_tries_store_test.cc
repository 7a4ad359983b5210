#include "services/recovery/store/document_tries_store.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/kv/rocks_database.h"
#include "common/kv/testing.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::IsOk;
using testing::Noon;

constexpr char kSubject[] = "accounts/alice";

class TriesTest : public ::testing::Test {
 protected:
  DocumentTries Read(const char* subject = kSubject) {
    DocumentTries tries;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) -> absl::Status {
      tries = TRY(TriesOf(txn, subject));
      return absl::OkStatus();
    }),
                IsOk());
    return tries;
  }
  void Write(const DocumentTries& after) {
    EXPECT_THAT(db_->Update([&](kv::Txn& txn) -> absl::Status {
      return PutTries(txn, kSubject, TRY(TriesOf(txn, kSubject)), after);
    }),
                IsOk());
  }
  size_t Timers() { return db_->DueTimers(absl::InfiniteFuture(), 100)->size(); }

  std::unique_ptr<kv::Database> db_ = kv::InMemoryForTest({});
};

TEST_F(TriesTest, KeepsThemWithATimerEach) {
  const DocumentTries two = {{"a\xff", Noon()}, {"b", Noon() + absl::Hours(1)}};
  Write(two);
  EXPECT_EQ(Read(), two);
  EXPECT_TRUE(Read("accounts/bob").empty());
  const auto timers = db_->DueTimers(Noon() + absl::Hours(25), 100);
  ASSERT_EQ(timers->size(), 2U);
  EXPECT_EQ(timers->front().kind, kForgetTriesTimer);
  EXPECT_EQ(timers->front().subject, kSubject);
  EXPECT_EQ(timers->front().fire_at, Noon() + absl::Hours(24));
}

TEST_F(TriesTest, LeavesNothingBehind) {
  // Finer than what is stored: its timer must be found again.
  Write({{"a", Noon() + absl::Nanoseconds(1234567)}, {"b", Noon()}});
  Write(GiveBack(Read(), "a"));
  EXPECT_EQ(Timers(), 1U);
  Write(GiveBack(Read(), "b"));
  EXPECT_EQ(Timers(), 0U);
  EXPECT_TRUE(Read().empty());
}

}  // namespace
}  // namespace tc::recovery

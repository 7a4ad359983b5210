// Answers that were kept long enough go.

#include "common/rpc/once_testing.h"
#include "common/testing/call.h"

namespace tc::rpc {
namespace {

using testing::As;
using testing::IsOk;

TEST_F(OnceTest, SweepsWhatIsOlderThan24HoursInPassesOfSteps) {
  const absl::Time start = testing::Noon();
  for (int i = 0; i < 5; ++i) ASSERT_THAT(Count(As("alice", start + absl::Hours(i))), IsOk());
  const absl::Time now = start + absl::Hours(24 + 3);
  std::string cursor;
  int removed = 0;
  int steps = 0;
  do {
    ASSERT_OK_AND_ASSIGN(const int here, once_.Sweep(now, 2, cursor));
    EXPECT_LE(here, 2);
    removed += here;
    ++steps;
  } while (!cursor.empty());
  EXPECT_EQ(removed, 3);  // the one of exactly 24 hours stays
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(Records(), 2u);
}

TEST_F(OnceTest, EndsAPassWhoseLastStepIsExactlyFull) {
  for (int i = 0; i < 2; ++i) ASSERT_THAT(Count(As("alice")), IsOk());
  std::string cursor;
  ASSERT_THAT(once_.Sweep(testing::Noon(), 2, cursor), IsOk());
  EXPECT_EQ(cursor, "");
}

TEST_F(OnceTest, SweepsNoRecordThatCannotBeRead) {
  ASSERT_THAT(Count(As("alice")), IsOk());
  for (const auto& [key, value] : Everything()) {
    if (!IsRecord(key)) continue;
    ASSERT_THAT(db_->Update([&, k = key](kv::Txn& txn) -> absl::Status { return txn.Put(k, "garbage"); }),
                IsOk());
  }
  std::string cursor;
  ASSERT_OK_AND_ASSIGN(const int removed, once_.Sweep(testing::Noon() + absl::Hours(48), 10, cursor));
  EXPECT_EQ(removed, 0);
}

TEST_F(OnceTest, SweepsNoRecordThatWasMadeAnew) {
  Call call = As("alice");
  ASSERT_THAT(Count(call), IsOk());
  call.now += absl::Hours(25);
  ASSERT_THAT(Count(call), IsOk());
  std::string cursor;
  ASSERT_OK_AND_ASSIGN(const int removed, once_.Sweep(call.now, 10, cursor));
  EXPECT_EQ(removed, 0);
  ASSERT_OK_AND_ASSIGN(const std::string answer, Count(call));
  EXPECT_EQ(answer, "answer II");
}

TEST_F(OnceTest, LeavesNothingBehindWhenEverythingIsSwept) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(Count(As("alice")), IsOk());
  std::string cursor;
  ASSERT_THAT(once_.Sweep(testing::Noon() + absl::Hours(48), 100, cursor), IsOk());
  for (const auto& [key, value] : Everything()) {
    EXPECT_EQ(key.find("once"), std::string::npos);
  }
}

}  // namespace
}  // namespace tc::rpc

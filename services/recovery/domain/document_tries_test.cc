#include "services/recovery/domain/document_tries.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::IsOk;
using testing::Noon;
using testing::Refused;

// `n` tries, an hour apart, the first at noon.
DocumentTries Made(int n) {
  DocumentTries tries;
  for (int i = 0; i < n; ++i) tries.push_back({absl::StrCat("check-", i), Noon() + i * absl::Hours(1)});
  return tries;
}

TEST(Charge, AllowsAsManyAsTheLimit) {
  EXPECT_EQ(Charge(Made(4), "another", 5, Noon() + absl::Hours(4))->size(), 5U);
  const auto refused = Charge(Made(5), "another", 5, Noon() + absl::Hours(5));
  EXPECT_THAT(refused, Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(19));
}

TEST(Charge, SaysWhenTheNextIsFreeAlsoWhereMoreCountThanTheLimit) {
  const auto refused = Charge(Made(7), "another", 5, Noon() + absl::Hours(7));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(24 + 2 - 7));
}

TEST(Charge, CountsTheSameCheckOnce) {
  const DocumentTries five = Made(5);
  EXPECT_EQ(*Charge(five, "check-3", 5, Noon() + absl::Hours(5)), five);
}

TEST(Charge, ForgetsWhatIsADayOld) {
  const absl::Time tomorrow = Noon() + absl::Hours(24);
  EXPECT_THAT(Charge(Made(5), "another", 5, tomorrow - absl::Microseconds(1)).status(),
              Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
  EXPECT_EQ(Charge(Made(5), "another", 5, tomorrow)->size(), 5U);
  EXPECT_EQ(Counting(Made(5), tomorrow).size(), 4U);
}

TEST(GiveBack, TakesBackThatCheckOnly) {
  EXPECT_EQ(GiveBack(Made(3), "check-2"), Made(2));
  EXPECT_EQ(GiveBack(Made(3), "unknown"), Made(3));
}

}  // namespace
}  // namespace tc::recovery

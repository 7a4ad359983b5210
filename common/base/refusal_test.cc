#include "common/base/refusal.h"

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/testing/status.h"

namespace tc {
namespace {

using ::testing::ElementsAre;
using testing::HasCode;
using testing::IsOk;
using ::testing::Pair;
using testing::Refused;

TEST(Refusal, CarriesReasonMetadataAndAllViolationsInOrder) {
  const absl::Status status = Refuse(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid, "mistakes")
                                  .With("attempts_left", "3")
                                  .Violation("b", "SECOND", "mend b")
                                  .Violation("a", "FIRST", "mend a")
                                  .RetryAfter(absl::Milliseconds(1500));
  EXPECT_THAT(status, Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(MetadataOf(status), ElementsAre(Pair("attempts_left", "3")));
  EXPECT_THAT(ViolationsOf(status),
              ElementsAre(FieldViolation{"b", "SECOND", "mend b"}, FieldViolation{"a", "FIRST", "mend a"}));
  EXPECT_EQ(RetryAfterOf(status), absl::Milliseconds(1500));
}

// A request of 16 KiB may have eight thousand mistakes; looking each up among all others took a tenth of a
// second.
TEST(Refusal, CarriesNoMoreViolationsThanAnAnswerCould) {
  Refusal refusal = Refuse(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid, "mistakes");
  for (int i = 0; i < 8000; ++i) refusal.Violation(absl::StrCat("f", i), "R", "mend it");
  const std::vector<FieldViolation> violations = ViolationsOf(refusal);
  ASSERT_EQ(violations.size(), 500u);
  EXPECT_EQ(violations.front().field, "f0");
  EXPECT_EQ(violations.back().field, "f499");
}

TEST(Refusal, IsRebuiltEqualFromTheWire) {
  const absl::Status status = Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNotEligible, "unmet")
                                  .Unmet("AGE_BELOW_MINIMUM", "accounts/1", "too young")
                                  .With("k", "v");
  const absl::Status again =
      RefusalFromWire(status.code(), *ReasonOf(status), status.message(), MetadataOf(status),
                      ViolationsOf(status), UnmetOf(status), RetryAfterOf(status));
  EXPECT_EQ(status, again);
}

TEST(Refusal, HasNoReasonWhenMadeByAnotherHand) {
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), std::nullopt);
  EXPECT_FALSE(HasReason(absl::InternalError("x"), Reason::kInternal));
}

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) return absl::InvalidArgumentError("odd");
  return n / 2;
}
absl::StatusOr<int> Quarter(int n) { return TRY(Half(TRY(Half(n)))); }

TEST(Try, YieldsTheValueOrReturnsTheStatus) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_THAT(Quarter(6), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST(Secret, ComparesByContentAndForgetsWhenMovedFrom) {
  Secret a("1234");
  EXPECT_TRUE(a == Secret("1234"));
  EXPECT_FALSE(a == Secret("1235"));
  EXPECT_FALSE(a == Secret("123"));
  const Secret b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT: that is what is tested
  EXPECT_EQ(b.Reveal(), "1234");
}

}  // namespace
}  // namespace tc

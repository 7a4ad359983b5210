#include "common/base/mistakes.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc {
namespace {

using absl::StatusCode::kInvalidArgument;
using testing::IsOk;
using testing::Refused;

TEST(Mistakes, AreToldAllTogetherInTheirOrder) {
  Mistakes mistakes;
  mistakes.Add("a", "A_MISSING", "say a");
  EXPECT_EQ(mistakes.Take(absl::StatusOr<int>(InvalidField("b", "B_RANGE", "1 to 3"))), 0);
  mistakes.Add(InvalidField("c", "C_INVALID", "no such c"));
  const absl::Status status = mistakes.status();
  EXPECT_THAT(status, Refused(kInvalidArgument, Reason::kFieldInvalid));
  std::string fields;
  for (const FieldViolation& v : ViolationsOf(status)) fields += v.field + " " + v.reason + "; ";
  EXPECT_EQ(fields, "a A_MISSING; b B_RANGE; c C_INVALID; ");
  EXPECT_THAT(mistakes.Or(7), Refused(kInvalidArgument, Reason::kFieldInvalid));
}

TEST(Mistakes, LetARightRequestPass) {
  Mistakes mistakes;
  EXPECT_EQ(mistakes.Take(absl::StatusOr<int>(5)), 5);
  EXPECT_THAT(mistakes.status(), IsOk());
  EXPECT_EQ(mistakes.Or(std::string("whole")).value(), "whole");
}

}  // namespace
}  // namespace tc

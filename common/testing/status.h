#pragma once

// Matchers for statuses: EXPECT_THAT(status, IsOk()); EXPECT_THAT(result, Refused(kNotFound,
// Reason::kNotFound)).

#include <gmock/gmock.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P(HasCode, code, "has code " + absl::StatusCodeToString(code)) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

MATCHER_P2(Refused, code, reason,
           "is refused with " + absl::StatusCodeToString(code) + " / " + std::string(ReasonName(reason))) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code && HasReason(StatusOf(arg), reason);
}

// One of the field violations has this reason.
MATCHER_P(Violates, reason, std::string("violates ") + reason) {
  *result_listener << StatusOf(arg).ToString();
  for (const FieldViolation& v : ViolationsOf(StatusOf(arg))) {
    if (v.reason == reason) return true;
  }
  return false;
}

// Unwraps a StatusOr, failing the test loudly when it is not OK.
#define ASSERT_OK_AND_ASSIGN(lhs, ...) \
  ASSERT_OK_AND_ASSIGN_(TC_JOIN_(assigned_, __COUNTER__), lhs, __VA_ARGS__)
#define ASSERT_OK_AND_ASSIGN_(result, lhs, ...)           \
  auto result = (__VA_ARGS__);                            \
  ASSERT_TRUE(result.ok()) << result.status().ToString(); \
  lhs = *std::move(result)

}  // namespace tc::testing

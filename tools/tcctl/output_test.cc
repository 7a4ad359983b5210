#include "tools/tcctl/output.h"

#include <gmock/gmock.h>

#include "common/base/refusal.h"

namespace tc::ctl {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;

absl::Status Rich() {
  return Refuse(StatusCode::kFailedPrecondition, Reason::kNotEligible, "requirements are unmet")
      .With("state", "PENDING")
      .Violation("contact_phone", "PHONE_TOO_SHORT", "the number is too short")
      .Unmet("AGE_BELOW_MINIMUM", "contact", "too young")
      .RetryAfter(absl::Seconds(5));
}

struct ExitCase {
  absl::Status status;
  int exit_code;
};
class ExitCodeTest : public ::testing::TestWithParam<ExitCase> {};

TEST_P(ExitCodeTest, TellsAScriptWhatToDo) { EXPECT_EQ(ExitCodeOf(GetParam().status), GetParam().exit_code); }

INSTANTIATE_TEST_SUITE_P(
    , ExitCodeTest,
    ::testing::Values(ExitCase{absl::OkStatus(), 0}, ExitCase{absl::InternalError(""), 1},
                      ExitCase{InvalidField("name", "NAME_INVALID", ""), 1},
                      ExitCase{absl::InvalidArgumentError(""), 2}, ExitCase{absl::NotFoundError(""), 3},
                      ExitCase{absl::PermissionDeniedError(""), 4},
                      ExitCase{absl::UnauthenticatedError(""), 4},
                      ExitCase{absl::FailedPreconditionError(""), 5}, ExitCase{absl::AbortedError(""), 5},
                      ExitCase{absl::AlreadyExistsError(""), 5}, ExitCase{absl::UnavailableError(""), 69},
                      ExitCase{absl::ResourceExhaustedError(""), 75},
                      ExitCase{absl::DeadlineExceededError(""), 75}));

TEST(RenderError, ShowsEveryDetailAsText) {
  const std::string text = RenderError(Rich(), Format::kTable);
  for (const char* part :
       {"FAILED_PRECONDITION", "requirements are unmet", "reason: NOT_ELIGIBLE", "state: PENDING",
        "contact_phone: PHONE_TOO_SHORT", "AGE_BELOW_MINIMUM", "try again after 5s"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(RenderError, ShowsEveryDetailAsJson) {
  EXPECT_EQ(
      RenderError(Rich(), Format::kJson),
      R"({"code":"FAILED_PRECONDITION","message":"requirements are unmet","reason":"NOT_ELIGIBLE",)"
      R"("metadata":{"state":"PENDING"},)"
      R"("fields":[{"field":"contact_phone","reason":"PHONE_TOO_SHORT","description":"the number is too short"}],)"
      R"("unmet":[{"type":"AGE_BELOW_MINIMUM","subject":"contact","description":"too young"}],"retry_after":"5s"})"
      "\n");
}

TEST(Render, LeavesJsonAsItIs) { EXPECT_EQ(Render("{\"a\":1}", Format::kJson), "{\"a\":1}\n"); }

TEST(Render, MakesARowOfEachElement) {
  EXPECT_EQ(
      Render(R"({"links":[{"name":"links/1","state":"ACTIVE"},{"name":"links/22"}],"next_page_token":""})",
             Format::kTable),
      "name      state\n"
      "links/1   ACTIVE\n"
      "links/22  -\n");
}

TEST(Render, MakesARowOfEachField) {
  EXPECT_EQ(Render(R"({"name":"links/1","who":{"first":"Anna"},"n":[1,2]})", Format::kTable),
            "name       links/1\n"
            "who.first  Anna\n"
            "n          [1,2]\n");
}

TEST(Render, SaysThatThereIsNothing) { EXPECT_EQ(Render("{}", Format::kTable), "(empty)\n"); }

}  // namespace
}  // namespace tc::ctl

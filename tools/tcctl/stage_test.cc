#include "tools/tcctl/stage.h"

#include <sstream>

#include "common/base/refusal.h"
#include "common/testing/status.h"

namespace tc::ctl {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;

class StageTest : public ::testing::Test {
 protected:
  static absl::StatusOr<int> Expired() {
    return Refuse(StatusCode::kFailedPrecondition, Reason::kInvitationExpired, "too late")
        .With("state", "EXPIRED");
  }

  std::ostringstream out_;
  Stage stage_{out_, false};
};

TEST_F(StageTest, PassesOnWhatWorked) {
  EXPECT_EQ(stage_.Works("Anna", "counts", absl::StatusOr<int>(7)).value(), 7);
  EXPECT_THAT(out_.str(), HasSubstr("Anna     counts"));
}

TEST_F(StageTest, FailsWhenWhatMustWorkIsRefused) {
  const auto result = stage_.Works("Anna", "accepts", Expired());
  EXPECT_THAT(result, Not(IsOk()));
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("INVITATION_EXPIRED"));
}

TEST_F(StageTest, ShowsCodeReasonAndParticularsOfARefusal) {
  EXPECT_THAT(
      stage_.Refused("Anna", "accepts", Expired(), StatusCode::kFailedPrecondition, {"INVITATION_EXPIRED"}),
      IsOk());
  EXPECT_THAT(out_.str(), HasSubstr("refused: FAILED_PRECONDITION / INVITATION_EXPIRED (state=EXPIRED)"));
  EXPECT_EQ(stage_.refusals(), 1);
}

TEST_F(StageTest, FailsWhenWhatMustBeRefusedWorks) {
  EXPECT_THAT(
      stage_.Refused("Anna", "accepts", absl::StatusOr<int>(1), StatusCode::kFailedPrecondition, {"X"}),
      Not(IsOk()));
}

TEST_F(StageTest, FailsWhenTheRefusalHasAnotherReason) {
  EXPECT_THAT(stage_.Refused("Anna", "accepts", Expired(), StatusCode::kFailedPrecondition,
                             {"CONTACT_ALREADY_LINKED"}),
              Not(IsOk()));
}

TEST_F(StageTest, FailsWhenTheRefusalHasAnotherCode) {
  EXPECT_THAT(stage_.Refused("Anna", "accepts", Expired(), StatusCode::kNotFound, {"INVITATION_EXPIRED"}),
              Not(IsOk()));
}

TEST_F(StageTest, FailsWhenAFactDoesNotHold) {
  EXPECT_THAT(stage_.Holds("one and one is two", true), IsOk());
  EXPECT_THAT(stage_.Holds("one and one is three", false), Not(IsOk()));
}

}  // namespace
}  // namespace tc::ctl

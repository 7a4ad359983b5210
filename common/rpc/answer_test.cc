#include "common/rpc/answer.h"

#include <optional>
#include <string>
#include <vector>

#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using testing::HasCode;
using testing::IsOk;

struct Given {
  Answer<std::string> Answerer() {
    return Answer<std::string>([this](absl::StatusOr<std::string> a) { answers.push_back(std::move(a)); });
  }
  std::vector<absl::StatusOr<std::string>> answers;
};

TEST(Answer, IsGivenOnce) {
  Given given;
  {
    Answer<std::string> answer = given.Answerer();
    Answer<std::string> moved = std::move(answer);
    moved.Give("yes");
  }
  ASSERT_EQ(given.answers.size(), 1u);
  EXPECT_EQ(*given.answers[0], "yes");
}

TEST(Answer, ThatIsDroppedIsAFaultNotSilence) {
  Given given;
  { const Answer<std::string> dropped = given.Answerer(); }
  ASSERT_EQ(given.answers.size(), 1u);
  EXPECT_THAT(given.answers[0], HasCode(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace tc::rpc

#include "services/linking/domain/first_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc::linking {
namespace {

using testing::IsOk;
using testing::Violates;

std::string Times(int n, const std::string& text) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

class GoodName : public ::testing::TestWithParam<const char*> {};

TEST_P(GoodName, IsTakenAsTyped) {
  const auto name = FirstName::Parse(GetParam(), "contact_first_name");
  ASSERT_THAT(name, IsOk());
  EXPECT_EQ(name->text(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Names, GoodName,
                         ::testing::Values("Мария", "МАРИЯ", "алёна", "Анна-Мария", "Анна Мария", "О'Генри",
                                           "Ян", "Айгүл", "Dmitri", "\u0418\u0306горь", "Д’Артаньян", "Я"));

struct Bad {
  std::string text;
  const char* reason;
};
class BadName : public ::testing::TestWithParam<Bad> {};

TEST_P(BadName, IsToldWhatToMend) {
  const auto name = FirstName::Parse(GetParam().text, "contact_first_name");
  ASSERT_EQ(name.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(name.status(), Violates(GetParam().reason));
  EXPECT_EQ(ViolationsOf(name.status()).front().field, "contact_first_name");
}

INSTANTIATE_TEST_SUITE_P(
    Names, BadName,
    ::testing::Values(Bad{"", "NAME_EMPTY"}, Bad{"   ", "NAME_EMPTY"}, Bad{"Маша1", "NAME_CHARACTERS"},
                      Bad{"Маша\nМаша", "NAME_CHARACTERS"}, Bad{"<b>Маша</b>", "NAME_CHARACTERS"},
                      Bad{"-", "NAME_CHARACTERS"}, Bad{"\xff\xfe", "NAME_CHARACTERS"},
                      Bad{"Маша\xd0", "NAME_CHARACTERS"}, Bad{"Маша\u200b", "NAME_CHARACTERS"},
                      Bad{"Маша👍", "NAME_CHARACTERS"}, Bad{Times(65, "я"), "NAME_TOO_LONG"}));

TEST(FirstName, DropsTheSpacesAround) { EXPECT_EQ(FirstName::Parse("  Мария ", "f")->text(), "Мария"); }

TEST(FirstName, HasAtMostSixtyFourCharactersWhateverTheirBytes) {
  EXPECT_THAT(FirstName::Parse(Times(64, "я"), "f"), IsOk());
}

}  // namespace
}  // namespace tc::linking

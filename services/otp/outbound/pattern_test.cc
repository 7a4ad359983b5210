#include "services/otp/outbound/pattern.h"

#include <gmock/gmock.h>

#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kInvalidArgument;
using ::testing::ElementsAre;
using testing::HasCode;

TEST(Pattern, FillsItsPlaceholders) {
  const Pattern pattern = *Pattern::Parse("to={to}&text={text}!");
  EXPECT_THAT(pattern.names(), ElementsAre("to", "text"));
  EXPECT_EQ(pattern.Fill({{"to", "+7"}, {"text", "a b"}}), "to=+7&text=a b!");
  EXPECT_EQ(pattern.Fill({}), "to=&text=!");
}

TEST(Pattern, EncodesValuesOnly) {
  const Pattern pattern = *Pattern::Parse("https://h/{a}?q={b}");
  EXPECT_EQ(pattern.Fill({{"a", "../x?y"}, {"b", "й&c=d#"}}, Pattern::Escape::kUrl),
            "https://h/..%2Fx%3Fy?q=%D0%B9%26c%3Dd%23");
}

TEST(Pattern, NeverLooksIntoWhatItHasFilledIn) {
  EXPECT_EQ(Pattern::Parse("{text}")->Fill({{"text", "{secret}"}, {"secret", "s"}}), "{secret}");
  const Pattern filled = Pattern::Parse("{a}{b}")->With({{"a", "{b}"}});
  EXPECT_THAT(filled.names(), ElementsAre("b"));
  EXPECT_EQ(filled.Fill({{"b", "x"}}), "{b}x");
}

TEST(Pattern, TellsALonePlaceholder) {
  EXPECT_EQ(Pattern::Parse("{to}")->OnlyName(), "to");
  EXPECT_EQ(Pattern::Parse("{to} ")->OnlyName(), "");
  EXPECT_EQ(Pattern::Parse("to")->OnlyName(), "");
  EXPECT_EQ(Pattern::Parse("")->OnlyName(), "");
}

TEST(Pattern, HasBracesOfItsOwn) {
  EXPECT_EQ(Pattern::Parse("{{\"a\": {{}}}}")->Fill({}), "{\"a\": {}}");
  EXPECT_EQ(Pattern::Parse("{{{to}}}")->Fill({{"to", "x"}}), "{x}");
}

TEST(Pattern, RefusesWhatIsNoPattern) {
  for (const char* text : {"{", "}", "{to", "to}", "{}", "{To}", "{a b}", "{a{b}}"})
    EXPECT_THAT(Pattern::Parse(text), HasCode(kInvalidArgument)) << text;
}

}  // namespace
}  // namespace tc::otp

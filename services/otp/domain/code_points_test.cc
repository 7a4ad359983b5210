#include "services/otp/domain/code_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tc::otp {
namespace {

TEST(CodePoints, ReadsSequencesOfEveryLength) {
  const std::vector<char32_t> expected = {'a', 0x429, 0x2026, 0x1f600, 0x10ffff};
  EXPECT_EQ(CodePoints("aЩ…\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf"), expected);
  EXPECT_THAT(CodePoints(""), ::testing::Optional(::testing::IsEmpty()));
}

TEST(CodePoints, RefusesWhatIsNotUtf8) {  // SND-19
  for (const char* bad : {
           "\x80",              // no beginning
           "\xd0",              // cut off
           "\xd0z",             // goes on as something else
           "\xc1\x81",          // an overlong 'A'
           "\xe0\x80\x8a",      // an overlong line feed
           "\xf0\x80\x80\xaf",  // an overlong '/'
           "\xed\xa0\x80",      // a surrogate
           "\xf4\x90\x80\x80",  // past the last code point
           "\xff",
       }) {
    EXPECT_EQ(CodePoints(bad), std::nullopt) << ::testing::PrintToString(bad);
  }
}

TEST(Utf16Units, CountsSurrogatesTwice) { EXPECT_EQ(Utf16Units("aЩ\xf0\x9f\x98\x80"), 4u); }

}  // namespace
}  // namespace tc::otp

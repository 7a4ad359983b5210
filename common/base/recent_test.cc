#include "common/base/recent.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace tc {
namespace {

TEST(Recent, GivesWhatWasKept) {
  Recent<int> recent(4);
  recent.Keep("a", 1);
  EXPECT_EQ(recent.Find("a"), 1);
  EXPECT_EQ(recent.Find("b"), std::nullopt);
}

TEST(Recent, TakesTheNewValueInPlaceOfTheOldOneInEitherGeneration) {
  Recent<int> recent(4);
  recent.Keep("a", 1);
  recent.Keep("a", 2);
  EXPECT_EQ(recent.Find("a"), 2);
  recent.Keep("b", 1);
  recent.Keep("c", 1);  // "a" is old now
  recent.Keep("a", 3);
  EXPECT_EQ(recent.Find("a"), 3);
  EXPECT_EQ(recent.size(), 3U);
}

TEST(Recent, ForgetsWhatItIsToldTo) {
  Recent<int> recent(2);
  recent.Keep("a", 1);
  recent.Keep("b", 2);  // "a" is old now
  recent.Forget("a");
  recent.Forget("b");
  EXPECT_EQ(recent.Find("a"), std::nullopt);
  EXPECT_EQ(recent.Find("b"), std::nullopt);
}

TEST(Recent, NeverKeepsMoreThanItMay) {
  Recent<int> recent(8);
  for (int i = 0; i < 1000; ++i) {
    recent.Keep(absl::StrCat(i), i);
    ASSERT_LE(recent.size(), 8U);
  }
}

TEST(Recent, KeepsWhatIsAskedForAllTheTime) {
  Recent<int> recent(8);
  recent.Keep("mine", 7);
  for (int i = 0; i < 1000; ++i) {
    recent.Keep(absl::StrCat(i), i);
    ASSERT_EQ(recent.Find("mine"), 7);
  }
}

}  // namespace
}  // namespace tc

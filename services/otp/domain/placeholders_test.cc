#include "services/otp/domain/placeholders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tc::otp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Fill, PutsValuesIntoTheirPlaces) {
  EXPECT_EQ(Fill("Code {code}: sign-in{person}.", {{"code", "0123"}, {"person", ", Ivan"}}),
            "Code 0123: sign-in, Ivan.");
  EXPECT_EQ(Fill("{code}, {code}", {{"code", "7"}}), "7, 7");
  EXPECT_EQ(Fill("nothing", {{"code", "7"}}), "nothing");
  EXPECT_EQ(Fill("", {}), "");
}

TEST(Fill, LeavesAPlaceWithoutAValueEmpty) { EXPECT_EQ(Fill("changed{address}.", {}), "changed."); }

TEST(Fill, EndsASentenceOnce) {
  EXPECT_EQ(Fill("Linked{person}. Open it.", {{"person", ": Ivan P."}}), "Linked: Ivan P. Open it.");
  EXPECT_EQ(Fill("Is it{person}?", {{"person", ": Ivan P."}}), "Is it: Ivan P.?");
  EXPECT_EQ(Fill("Linked{person}{address}.", {{"person", ": Ivan P."}, {"address", ""}}), "Linked: Ivan P.");
  EXPECT_EQ(Fill("{person}{address}. a..b", {{"person", "P."}, {"address", "x"}}), "P.x. a..b");
}

TEST(Fill, DoesNotLookIntoValues) { EXPECT_EQ(Fill("{a}", {{"a", "{b}"}, {"b", "no"}}), "{b}"); }

TEST(PlaceholdersOf, NamesThemInOrder) {
  EXPECT_THAT(PlaceholdersOf("{code}: {person} {code}"), ElementsAre("code", "person", "code"));
  EXPECT_THAT(PlaceholdersOf("none"), IsEmpty());
}

TEST(PlaceholdersOf, NamesABraceWithoutItsOtherHalf) {
  EXPECT_THAT(PlaceholdersOf("a { b"), ElementsAre("{"));
  EXPECT_THAT(PlaceholdersOf("a } b"), ElementsAre("{"));
  EXPECT_THAT(PlaceholdersOf("{{code}}"), ElementsAre("{", "code", "{"));
}

}  // namespace
}  // namespace tc::otp

#include "services/identity/domain/name_matching.h"

#include <gtest/gtest.h>

#include "services/identity/domain/text.h"

namespace tc::identity {
namespace {

struct Pair {
  const char* a;
  const char* b;
  bool same;
};

class FirstNames : public ::testing::TestWithParam<Pair> {};

TEST_P(FirstNames, AreComparedByL1) {
  EXPECT_EQ(SameFirstName(GetParam().a, GetParam().b), GetParam().same);
  EXPECT_EQ(SameFirstName(GetParam().b, GetParam().a), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    L1, FirstNames,
    ::testing::Values(Pair{"Иван", "Иван", true}, Pair{"Иван", "иван", true}, Pair{"ИВАН", "иВаН", true},
                      Pair{"Пётр", "Петр", true}, Pair{"ПЁТР", "петр", true},
                      Pair{"Пе\u0308тр", "Петр", true},           // ё in two pieces
                      Pair{"Сергей", "Серге\u0438\u0306", true},  // й in two pieces
                      Pair{"Сергей", "Сергеи", false},            // й is not и
                      Pair{"Анна Мария", "Анна  Мария", true}, Pair{"Анна Мария", "анна\tмария", true},
                      Pair{"Анна Мария", " Анна Мария ", true}, Pair{"Анна Мария", "Анна\u00A0Мария", true},
                      Pair{"Анна Мария", "АннаМария", false}, Pair{"Анна-Мария", "Анна Мария", false},
                      Pair{"José", "JOSE\u0301", true}, Pair{"José", "Jose", false},
                      Pair{"Strauß", "STRAUSS", true}, Pair{"Иван", "Ивана", false},
                      Pair{"Иван", "Bван", false},
                      Pair{"Анна", "Aннa", false},  // Latin letters that look alike
                      Pair{"", "", false}, Pair{" ", " ", false}, Pair{"Иван", "", false}));

TEST(MaskedName, KeepsTheFirstNameAndOneLetter) {
  EXPECT_EQ(MaskedName("Иван", "Петров"), "Иван П.");
  EXPECT_EQ(MaskedName("Иван", "и\u0306од"), "Иван й.");
  EXPECT_EQ(MaskedName("Иван", ""), "Иван");
}

// otp refuses every other mask, and with it the message (SND-19).
TEST(MaskedName, HoldsOnlyWhatAMessageMayHold) {
  EXPECT_EQ(MaskedName("José", "Ñandú"), "José Ñ.");
  EXPECT_EQ(MaskedName("Анна-Мария", "О’Нил"), "Анна-Мария О.");
  EXPECT_EQ(MaskedName("გია", "ა"), "*** *.");         // Georgian
  EXPECT_EQ(MaskedName("Ѝван", "Петров"), "Ѝван П.");  // composed
  EXPECT_EQ(MaskedName("А̕ва", "Петров"), "А*ва П.");   // a mark that stays apart
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += "Ж";
  const std::string mask = MaskedName(longest, longest);
  EXPECT_EQ(CodePoints(mask).size(), kLongestMaskedName);
  EXPECT_EQ(mask.substr(mask.size() - 4), " Ж.");
}

TEST(Text, MeasuresCodePointsAndRoundTrips) {
  EXPECT_EQ(CodePoints("яz😀").size(), 3U);
  EXPECT_EQ(FromCodePoints(CodePoints("яz😀")), "яz😀");
  EXPECT_EQ(CodePoints("\xff").front(), U'\uFFFD');
}

}  // namespace
}  // namespace tc::identity

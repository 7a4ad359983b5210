#include "common/kv/overlay.h"

#include <gtest/gtest.h>

#include <random>

namespace tc::kv {
namespace {

TEST(Overlay, TellsDeletedFromNotWritten) {
  Overlay overlay;
  overlay.Set("a", std::nullopt);
  ASSERT_NE(overlay.Find("a"), nullptr);
  EXPECT_FALSE(overlay.Find("a")->has_value());
  EXPECT_EQ(overlay.Find("b"), nullptr);
}

TEST(Overlay, KnowsTheNeighboursOfAKey) {
  Overlay overlay;
  overlay.Set("b", "1");
  overlay.Set("d", "2");
  EXPECT_EQ(overlay.AtOrAfter("b")->first, "b");
  EXPECT_EQ(overlay.After("b")->first, "d");
  EXPECT_EQ(overlay.After("d"), nullptr);
  EXPECT_EQ(overlay.Before("d")->first, "b");
  EXPECT_EQ(overlay.Before("b"), nullptr);
}

TEST(Overlay, FindsTheFirstThatIsPutIntoARange) {
  Overlay overlay;
  overlay.Set("b", std::nullopt);
  overlay.Set("d", "1");
  overlay.Set("e", "2");
  EXPECT_EQ(overlay.FirstPut("a", "f")->first, "d");
  EXPECT_EQ(overlay.FirstPut("d", "e")->first, "d");
  EXPECT_EQ(overlay.FirstPut("a", "d"), nullptr) << "a deletion puts nothing, and the end is outside";
}

TEST(Overlay, RollsBackToExactlyWhatItWas) {
  std::mt19937 random(1);
  Overlay overlay;
  for (int round = 0; round < 2'000; ++round) {
    const Overlay::Entries before = overlay.entries();
    const size_t mark = overlay.Mark();
    for (auto n = random() % 6; n > 0; --n) {
      const std::string key(1, static_cast<char>('a' + random() % 8));
      overlay.Set(key, random() % 3 == 0 ? std::nullopt : Overlay::Value(std::to_string(random())));
    }
    if (random() % 2 == 0) continue;
    overlay.Rollback(mark);
    ASSERT_EQ(overlay.entries(), before) << round;
  }
}

}  // namespace
}  // namespace tc::kv

#include "tools/tcctl/key_inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tc::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

void Add(KeyInventory& inventory, const char* purpose, const char* kid, bool newest, bool needed) {
  KeyInfo& key = *inventory.add_keys();
  key.set_purpose(purpose);
  key.set_kid(kid);
  key.set_newest(newest);
  key.set_needed(needed);
}

KeyInventory Rotated(bool needed) {
  KeyInventory inventory;
  Add(inventory, "page", "k000001", true, true);
  Add(inventory, "seal", "k000001", false, needed);
  Add(inventory, "seal", "k000002", true, true);
  return inventory;
}

TEST(Removable, IsWhatIsNotNeeded) {
  const std::vector<KeyInfo> keys = Removable(Rotated(false));
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(FileOf(keys[0]), "seal.k000001.key");
  EXPECT_THAT(Removable(Rotated(true)), IsEmpty());
}

TEST(Removable, IsNeverTheNewest) {
  KeyInventory inventory;
  Add(inventory, "seal", "k000001", true, false);
  EXPECT_THAT(Removable(inventory), IsEmpty());
}

TEST(KeyInventory, NamesPurposesAndTheirNewestKeys) {
  EXPECT_EQ(PurposesOf(Rotated(true)), "page, seal");
  EXPECT_EQ(NewestOf(Rotated(true), "seal"), "k000002");
  EXPECT_TRUE(HasPurpose(Rotated(true), "page"));
  EXPECT_FALSE(HasPurpose(Rotated(true), "sael"));
}

TEST(RotationSentence, NamesTheFilesThatMayGo) {
  const std::string text = RotationSentence(Rotated(false), "seal");
  EXPECT_THAT(text, HasSubstr("seal.k000002 is the key that makes"));
  EXPECT_THAT(text, HasSubstr("may be removed (tcctl keys prune): seal.k000001.key\n"));
}

TEST(RotationSentence, SaysWhenNoneMayGo) {
  KeyInventory inventory = Rotated(true);
  inventory.mutable_reencryption()->set_failed(2);
  const std::string text = RotationSentence(inventory, "seal");
  EXPECT_THAT(text, HasSubstr("2 records could not be written anew"));
  EXPECT_THAT(text, HasSubstr("No key file may be removed"));
  EXPECT_THAT(text, Not(HasSubstr("prune")));
}

TEST(ProgressLine, CountsFailuresOnlyWhereThereAreAny) {
  KeyInventory inventory;
  inventory.mutable_reencryption()->set_done(12);
  inventory.mutable_reencryption()->set_total(40);
  EXPECT_EQ(ProgressLine(inventory), "written anew: 12 of 40");
  inventory.mutable_reencryption()->set_failed(1);
  EXPECT_EQ(ProgressLine(inventory), "written anew: 12 of 40, 1 failed");
}

}  // namespace
}  // namespace tc::ctl

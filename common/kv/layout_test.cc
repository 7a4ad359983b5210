#include "common/kv/layout.h"

#include <gtest/gtest.h>

#include "common/kv/key.h"
#include "common/testing/noon.h"

namespace tc::kv {
namespace {

TEST(Layout, ReadsThePlaceAtTheEndOfEveryKeyThatHasOne) {
  const Place place{77, 3};
  for (const std::string& key : {EventKey(place), OutboxKey(place), OutboxDueKey(testing::Noon(), place),
                                 OutboxOrderKey("alice", place)}) {
    Place read;
    EXPECT_TRUE(ReadPlace(key, read));
    EXPECT_EQ(read, place);
  }
}

// An index has 32 bits; what is cut off would make one place of two.
TEST(Layout, ReadsNoPlaceBeyondThoseThatThereAre) {
  Place read;
  EXPECT_TRUE(ReadPlace(Key().U64(1).U64((uint64_t{1} << 32) - 1).bytes(), read));
  EXPECT_FALSE(ReadPlace(Key().U64(1).U64(uint64_t{1} << 32).bytes(), read));
  EXPECT_FALSE(ReadPlace(Key().U64(1).bytes(), read));
  EXPECT_FALSE(ReadPlace("", read));
}

TEST(Layout, ReadsATimersKeyAndNothingElse) {
  const Timer timer{testing::Noon(), "expire_invitation", "42"};
  const std::string key = TimerKey(timer);
  Timer read;
  ASSERT_TRUE(ReadTimerKey(key, read));
  EXPECT_EQ(read.fire_at, timer.fire_at);
  EXPECT_EQ(read.kind, timer.kind);
  EXPECT_EQ(read.subject, timer.subject);
  for (size_t size = 0; size < key.size(); ++size)
    EXPECT_FALSE(ReadTimerKey(key.substr(0, size), read)) << size;
  EXPECT_FALSE(ReadTimerKey(key + '\0', read));
  EXPECT_FALSE(ReadTimerKey(EventKey({77, 3}), read));
}

TEST(Layout, GivesEachRowOneId) {
  Place read;
  EXPECT_TRUE(ParseRowId(RowId({77, 3}), read));
  EXPECT_EQ(read, (Place{77, 3}));
  for (const char* id : {"", "-", "4d-3", "000000000000004d-0000000G", "+00000000000004d-00000003",
                         "000000000000004d-100000003", "000000000000004D-00000003"}) {
    EXPECT_FALSE(ParseRowId(id, read)) << id;
  }
}

}  // namespace
}  // namespace tc::kv

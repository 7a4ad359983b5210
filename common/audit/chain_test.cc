#include "common/audit/chain.h"

#include <gtest/gtest.h>

#include "common/audit/entry.h"
#include "common/testing/status.h"

namespace tc::audit {
namespace {

using testing::HasCode;
using testing::IsOk;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

pb::AuditEntry EntryOf(uint64_t number, const Hash& previous, uint64_t revision = 5) {
  pb::AuditEntry entry;
  entry.set_number(number);
  entry.set_type("LinkCreated");
  entry.set_revision(revision);
  entry.set_previous_hash(previous);
  return entry;
}

class ChainTest : public ::testing::Test {
 protected:
  ChainTest() { EXPECT_THAT(chain_.Add(Encode(EntryOf(0, ""))), IsOk()); }
  Chain chain_;
};

TEST_F(ChainTest, TakesTheNextEntryAndGivesItsNodes) {
  std::vector<Node> nodes;
  const std::string leaf = Encode(EntryOf(1, chain_.last_leaf()));
  ASSERT_OK_AND_ASSIGN(const pb::AuditEntry entry, chain_.Add(leaf, &nodes));
  EXPECT_EQ(entry.number(), 1U);
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_EQ(nodes[0].hash, LeafHash(leaf));
  EXPECT_EQ(nodes[1].hash, chain_.Root());
  EXPECT_EQ(chain_.size(), 2U);
}

TEST_F(ChainTest, RefusesAnotherNumber) {
  EXPECT_THAT(chain_.Add(Encode(EntryOf(2, chain_.last_leaf()))), HasCode(kDataLoss));
  EXPECT_EQ(chain_.size(), 1U);
}

TEST_F(ChainTest, RefusesAnEntryThatDoesNotNameTheOneBefore) {
  EXPECT_THAT(chain_.Add(Encode(EntryOf(1, ""))), HasCode(kDataLoss));
  EXPECT_THAT(chain_.Add(Encode(EntryOf(1, LeafHash("other")))), HasCode(kDataLoss));
}

TEST_F(ChainTest, RefusesAnEarlierCommit) {
  EXPECT_THAT(chain_.Add(Encode(EntryOf(1, chain_.last_leaf(), 4))), HasCode(kDataLoss));
  EXPECT_THAT(chain_.Add(Encode(EntryOf(1, chain_.last_leaf(), 5))), IsOk());
}

// One entry has one form: nothing can be hidden in a leaf.
TEST_F(ChainTest, RefusesAnEntryInAnotherForm) {
  const std::string leaf = Encode(EntryOf(1, chain_.last_leaf()));
  const std::string unknown("\xfa\x01\x01x", 4);  // field 31
  EXPECT_THAT(chain_.Add(leaf + unknown), HasCode(kDataLoss));
  EXPECT_THAT(chain_.Add(unknown + leaf), HasCode(kDataLoss));
  EXPECT_THAT(chain_.Add(leaf + leaf), HasCode(kDataLoss)) << "protobuf would merge them";
  EXPECT_THAT(chain_.Add("\xff"), HasCode(kDataLoss));
}

// Whoever shows or compares it reckons with it.
TEST_F(ChainTest, RefusesATimeThatIsNone) {
  const auto at = [this](int64_t seconds, int32_t nanos) {
    pb::AuditEntry entry = EntryOf(1, chain_.last_leaf());
    entry.mutable_time()->set_seconds(seconds);
    entry.mutable_time()->set_nanos(nanos);
    return Encode(entry);
  };
  for (const int64_t seconds : {INT64_MIN, int64_t{-62135596801}, int64_t{253402300800}, INT64_MAX}) {
    EXPECT_THAT(chain_.Add(at(seconds, 0)), HasCode(kDataLoss)) << seconds;
  }
  EXPECT_THAT(chain_.Add(at(0, -1)), HasCode(kDataLoss));
  EXPECT_THAT(chain_.Add(at(0, 1000000000)), HasCode(kDataLoss));
  EXPECT_THAT(chain_.Add(at(253402300799, 999999999)), IsOk());
}

kv::Event LinkCreated() {
  kv::Event event;
  event.type = "LinkCreated";
  event.resource = "links/1";
  event.attributes = {{"principal", "alice"}, {"contact", "bob"}};
  event.at = absl::FromUnixMicros(1234567);
  event.persons = {"alice", "bob"};
  return event;
}

TEST(Agrees, LooksAtEverythingThatIsOpen) {
  const kv::Event event = LinkCreated();
  const Particulars parts = TakeApart(event, {});
  pb::AuditEntry entry;
  entry.set_type(event.type);
  entry.set_resource(parts.resource);
  entry.mutable_time()->set_seconds(1);
  entry.mutable_time()->set_nanos(234567000);
  EXPECT_TRUE(Agrees(event, entry, parts.persons, true));
  EXPECT_FALSE(Agrees(event, entry, {parts.persons[0]}, true)) << "an attribute that nobody tells of";
  EXPECT_TRUE(Agrees(event, entry, {parts.persons[0]}, false)) << "unless its owner was erased";
  kv::Event other = event;
  other.type = "LinkRemoved";
  EXPECT_FALSE(Agrees(other, entry, parts.persons, true));
  other = event;
  other.resource = "links/2";
  EXPECT_FALSE(Agrees(other, entry, parts.persons, true));
  other = event;
  other.at += absl::Microseconds(1);
  EXPECT_FALSE(Agrees(other, entry, parts.persons, true));
  other = event;
  other.attributes["contact"] = "rob";
  EXPECT_FALSE(Agrees(other, entry, parts.persons, false));
  other = event;
  other.attributes["more"] = "x";
  EXPECT_FALSE(Agrees(other, entry, parts.persons, true));
}

}  // namespace
}  // namespace tc::audit

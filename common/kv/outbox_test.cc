// Outbox rows in the store: which are due, in which order, under which id.

#include <random>
#include <set>

#include "common/base/refusal.h"
#include "common/kv/conformance.h"
#include "common/kv/layout.h"

namespace tc::kv {
namespace {

using testing::HasCode;
using testing::IsOk;
using testing::Noon;

class OutboxTest : public ConformanceTest {};
TC_FOR_EVERY_ENGINE(OutboxTest);

// The payloads of the due rows, one after the other.
std::string Due(Database& db, absl::Time now, size_t limit = 100) {
  std::string payloads;
  for (const OutboxRow& row : DueRows(db, now, limit)) payloads += row.payload;
  return payloads;
}

OutboxRow RowOf(Database& db, const std::string& payload) {
  for (const OutboxRow& row : AllRows(db)) {
    if (row.payload == payload) return row;
  }
  return {};
}

absl::Status Remove(Database& db, const std::string& payload) {
  const std::string id = RowOf(db, payload).id;
  return db.Update([&](Txn& txn) -> absl::Status { return RemoveOutboxRow(txn, id); }).status();
}

absl::Status Reschedule(Database& db, const OutboxRow& row) {
  return db.Update([&](Txn& txn) -> absl::Status { return RescheduleOutboxRow(txn, row); }).status();
}

TEST_P(OutboxTest, KeepsEverythingOfARow) {
  const auto db = Fresh();
  ASSERT_THAT(Enqueue(*db, {.kind = "send",
                            .payload = std::string("\0\xff", 2),
                            .order_key = "alice",
                            .not_before = Noon(),
                            .expire_at = Noon() + absl::Hours(1)}),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<OutboxRow> rows, db->DueOutbox(Noon(), 10));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].kind, "send");
  EXPECT_EQ(rows[0].payload, std::string("\0\xff", 2));
  EXPECT_EQ(rows[0].order_key, "alice");
  EXPECT_EQ(rows[0].not_before, Noon());
  EXPECT_EQ(rows[0].expire_at, Noon() + absl::Hours(1));
  EXPECT_EQ(rows[0].id, "0000000000000001-00000000");
  EXPECT_EQ(rows[0].request_id.size(), 36u);
  EXPECT_EQ(rows[0].attempts, 0);
  EXPECT_FALSE(rows[0].dead);
}

TEST_P(OutboxTest, GivesEveryRowItsOwnRequestId) {
  const auto db = Fresh();
  ASSERT_THAT(db->Update([](Txn& txn) -> absl::Status {
    TRY(txn.Enqueue({.kind = "send", .payload = "a"}));
    return txn.Enqueue({.kind = "send", .payload = "b"});
  }),
              IsOk());
  EXPECT_NE(RowOf(*db, "a").request_id, RowOf(*db, "b").request_id);
  EXPECT_LT(RowOf(*db, "a").id, RowOf(*db, "b").id);
}

TEST_P(OutboxTest, IsDueFromItsTimeOn) {
  const auto db = Fresh();
  ASSERT_THAT(Enqueue(*db, {.payload = "a", .not_before = Noon() + absl::Nanoseconds(1)}), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "");
  EXPECT_EQ(Due(*db, Noon() + absl::Microseconds(1)), "a");
}

TEST_P(OutboxTest, NamesTheOldestFirstAndAtMostSoMany) {
  const auto db = Fresh();
  ASSERT_THAT(Enqueue(*db, {.payload = "b", .not_before = Noon()}), IsOk());
  ASSERT_THAT(Enqueue(*db, {.payload = "c", .not_before = Noon()}), IsOk());
  ASSERT_THAT(Enqueue(*db, {.payload = "a", .not_before = Noon() - absl::Hours(1)}), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "abc");
  EXPECT_EQ(Due(*db, Noon(), 2), "ab");
  EXPECT_EQ(Due(*db, Noon(), 0), "");
}

TEST_P(OutboxTest, NamesOnlyTheFirstRowOfAnOrder) {
  const auto db = Fresh();
  for (const char* payload : {"1", "2", "3"}) {
    ASSERT_THAT(Enqueue(*db, {.payload = payload, .order_key = "alice"}), IsOk());
  }
  ASSERT_THAT(Enqueue(*db, {.payload = "x", .order_key = "bob"}), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "1x");
  ASSERT_THAT(Remove(*db, "1"), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "2x");
}

TEST_P(OutboxTest, KeepsLaterRowsOfAnOrderBehindOneThatMustWait) {
  const auto db = Fresh();
  ASSERT_THAT(Enqueue(*db, {.payload = "1", .order_key = "alice", .not_before = Noon() + absl::Hours(1)}),
              IsOk());
  ASSERT_THAT(Enqueue(*db, {.payload = "2", .order_key = "alice"}), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "");
  OutboxRow row = RowOf(*db, "1");
  row.not_before = Noon();
  row.attempts = 3;
  row.last_error = "UNAVAILABLE";
  ASSERT_THAT(Reschedule(*db, row), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "1");
  EXPECT_EQ(RowOf(*db, "1").attempts, 3);
  EXPECT_EQ(RowOf(*db, "1").last_error, "UNAVAILABLE");
  EXPECT_EQ(RowOf(*db, "1").request_id, row.request_id);
}

TEST_P(OutboxTest, LetsADeadRowHoldUpNobodyAndPutsARevivedOneInFront) {
  const auto db = Fresh();
  ASSERT_THAT(Enqueue(*db, {.payload = "1", .order_key = "alice"}), IsOk());
  ASSERT_THAT(Enqueue(*db, {.payload = "2", .order_key = "alice"}), IsOk());
  OutboxRow row = RowOf(*db, "1");
  row.dead = true;
  ASSERT_THAT(Reschedule(*db, row), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "2");
  EXPECT_TRUE(RowOf(*db, "1").dead);
  row.dead = false;
  ASSERT_THAT(Reschedule(*db, row), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "1");
  ASSERT_THAT(Remove(*db, "1"), IsOk());
  EXPECT_EQ(Due(*db, Noon()), "2");
}

TEST_P(OutboxTest, NamesAnExpiredRowSoThatItIsDropped) {
  const auto db = Fresh();
  ASSERT_THAT(
      Enqueue(*db,
              {.payload = "a", .not_before = Noon() + absl::Hours(2), .expire_at = Noon() + absl::Hours(1)}),
      IsOk());
  EXPECT_EQ(Due(*db, Noon()), "");
  EXPECT_EQ(Due(*db, Noon() + absl::Hours(1)), "a");
}

TEST_P(OutboxTest, ListsFromAPlaceOn) {
  const auto db = Fresh();
  for (const char* payload : {"a", "b", "c"}) ASSERT_THAT(Enqueue(*db, {.payload = payload}), IsOk());
  const std::string after = RowOf(*db, "a").id;
  ASSERT_OK_AND_ASSIGN(const std::vector<OutboxRow> rows, db->ListOutbox(after, 1));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].payload, "b");
  for (const char* id : {"x", "1-0", "0000000000000001-0000000", "-0000000000000001-00000000",
                         "0x00000000000001-00000000", "000000000000000A-00000000"}) {
    EXPECT_THAT(db->ListOutbox(id, 1), HasCode(absl::StatusCode::kInvalidArgument)) << id;
  }
}

TEST_P(OutboxTest, TakesARowThatIsGoneAsDone) {
  const auto db = Fresh();
  OutboxRow row;
  row.id = RowId({7, 0});
  EXPECT_THAT(db->Update([&](Txn& txn) -> absl::Status { return RemoveOutboxRow(txn, row.id); }), IsOk());
  EXPECT_THAT(Reschedule(*db, row), HasCode(absl::StatusCode::kNotFound));
  row.id = "no id";
  EXPECT_THAT(Reschedule(*db, row), HasCode(absl::StatusCode::kInvalidArgument));
}

// Any sequence of changes, against the rule itself: due = alive, its time come, and no earlier living row of
// its order.
TEST_P(OutboxTest, AgreesWithTheRuleAfterAnyChanges) {
  std::mt19937 random(11);
  const auto db = Fresh();
  const std::vector<std::string> orders = {"", "a", "b"};
  const auto any_time = [&] { return Noon() + absl::Minutes(static_cast<int>(random() % 5)); };
  for (int step = 0; step < 600; ++step) {
    std::vector<OutboxRow> all = AllRows(*db);
    if (all.size() < 4 || random() % 3 == 0) {
      ASSERT_THAT(Enqueue(*db, {.payload = std::to_string(step),
                                .order_key = orders[random() % 3],
                                .not_before = any_time()}),
                  IsOk());
    } else {
      OutboxRow row = all[random() % all.size()];
      row.not_before = any_time();
      row.dead = random() % 3 == 0;
      ASSERT_THAT(random() % 3 == 0 ? Remove(*db, row.payload) : Reschedule(*db, row), IsOk());
    }
    const absl::Time now = any_time();
    std::set<std::string> expected, blocked, found;
    for (const OutboxRow& row : AllRows(*db)) {
      if (row.dead) continue;
      const bool first = row.order_key.empty() || blocked.insert(row.order_key).second;
      if (first && row.not_before <= now) expected.insert(row.id);
    }
    for (const OutboxRow& row : DueRows(*db, now)) found.insert(row.id);
    ASSERT_EQ(found, expected) << step;
  }
}

}  // namespace
}  // namespace tc::kv

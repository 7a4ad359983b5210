// Events: in commit order, complete, from any place on; and waiting for them.

#include <future>

#include "common/kv/change_signal.h"
#include "common/kv/conformance.h"
#include "common/obs/metrics.h"

namespace tc::kv {
namespace {

using testing::IsOk;
using testing::Noon;

class EventTest : public ConformanceTest {};
TC_FOR_EVERY_ENGINE(EventTest);

TEST_P(EventTest, KeepsEverythingOfAnEvent) {
  const auto db = Fresh();
  ASSERT_OK_AND_ASSIGN(const uint64_t revision, db->Update([](Txn& txn) -> absl::Status {
    TRY(txn.Emit(
        {.type = "LinkCreated", .resource = "links/1", .attributes = {{"by", "alice"}}, .at = Noon()}));
    return txn.Emit({.type = "InvitationAccepted", .resource = "invitations/1", .at = Noon()});
  }));
  ASSERT_OK_AND_ASSIGN(const std::vector<Event> events, db->Changes(0, 0, 10));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].type, "LinkCreated");
  EXPECT_EQ(events[0].resource, "links/1");
  EXPECT_EQ(events[0].attributes.at("by"), "alice");
  EXPECT_EQ(events[0].at, Noon());
  EXPECT_EQ(events[0].revision, revision);
  EXPECT_EQ(events[0].index, 0u);
  EXPECT_EQ(events[1].revision, revision);
  EXPECT_EQ(events[1].index, 1u);
}

TEST_P(EventTest, GoesOnBehindAPlaceInTheMiddleOfACommit) {
  const auto db = Fresh();
  for (int commit = 0; commit < 3; ++commit) {
    ASSERT_THAT(db->Update([&](Txn& txn) -> absl::Status {
      for (int i = 0; i < 3; ++i) TRY(txn.Emit({.type = std::to_string(commit * 3 + i), .at = Noon()}));
      return absl::OkStatus();
    }),
                IsOk());
  }
  std::string seen;
  Event last;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const std::vector<Event> page, db->Changes(last.revision, last.index, 2));
    if (page.empty()) break;
    for (const Event& event : page) seen += event.type;
    last = page.back();
  }
  EXPECT_EQ(seen, "012345678");
}

TEST_P(EventTest, IsCountedByItsTypeWhenItIsCommitted) {
  const auto db = Fresh();
  const obs::Counter& counter =
      obs::GetCounter("tc_events_total", "Events committed, by type.", {{"type", "Counted"}});
  const double before = counter.value();
  ASSERT_THAT(
      db->Update([](Txn& txn) -> absl::Status { return txn.Emit({.type = "Counted", .at = Noon()}); }),
      IsOk());
  EXPECT_FALSE(db->Update([](Txn& txn) -> absl::Status {
                   TRY(txn.Emit({.type = "Counted", .at = Noon()}));
                   return absl::InternalError("refused");
                 }).ok());
  EXPECT_EQ(counter.value() - before, 1) << "the refused one does not count";
}

TEST_P(EventTest, HasTheOrderOfTheCommits) {
  constexpr int kThreads = 32;
  constexpr int kRounds = 30;
  const auto db = Fresh();
  AtOnce(kThreads, [&](int) {
    for (int i = 0; i < kRounds; ++i) {
      EXPECT_THAT(db->Update([](Txn& txn) -> absl::Status {
        const int n = TRY(AddOne(txn, "n"));
        return txn.Emit({.type = "Added", .resource = std::to_string(n), .at = Noon()});
      }),
                  IsOk());
    }
  });
  ASSERT_OK_AND_ASSIGN(const std::vector<Event> events, db->Changes(0, 0, 100'000));
  ASSERT_EQ(events.size(), static_cast<size_t>(kThreads * kRounds));
  for (size_t i = 0; i < events.size(); ++i) {
    ASSERT_EQ(events[i].resource, std::to_string(i + 1));
    ASSERT_EQ(events[i].revision, i + 1);
  }
}

TEST_P(EventTest, WakesThoseWhoWaitForAChange) {
  const auto db = Fresh();
  const uint64_t seen = db->revision();
  std::thread waiting([&] { db->WaitForChange(seen, absl::InfiniteDuration()); });
  ASSERT_THAT(Put(*db, "k", "1"), IsOk());
  waiting.join();
  EXPECT_GT(db->revision(), seen);
}

TEST_P(EventTest, DoesNotWaitForWhatHasHappened) {
  const auto db = Fresh();
  ASSERT_THAT(Put(*db, "k", "1"), IsOk());
  db->WaitForChange(0, absl::InfiniteDuration());
}

TEST_P(EventTest, WaitsNoLongerThanAsked) {
  const auto db = Fresh();
  db->WaitForChange(db->revision(), absl::Milliseconds(1));
  db->WaitForChange(db->revision(), absl::ZeroDuration());
  db->WaitForChange(db->revision(), -absl::InfiniteDuration());
}

TEST(ChangeSignal, ReleasesEverybodyWhenItCloses) {
  ChangeSignal signal;
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) waiting.emplace_back([&] { signal.Wait(0, absl::InfiniteDuration()); });
  signal.Close();
  for (std::thread& thread : waiting) thread.join();
}

TEST(ChangeSignal, ReleasesThoseWhoWaitWhenWoken) {
  ChangeSignal signal;
  auto waiting = std::async(std::launch::async, [&] { signal.Wait(0, absl::InfiniteDuration()); });
  while (waiting.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) signal.Wake();
}

}  // namespace
}  // namespace tc::kv

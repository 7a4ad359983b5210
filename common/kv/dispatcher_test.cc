#include "common/kv/dispatcher.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

#include "common/base/refusal.h"
#include "common/kv/conformance.h"

namespace tc::kv {
namespace {

using testing::FakeClock;
using testing::FakeRandom;
using testing::IsOk;
using testing::Noon;

class DispatcherTest : public ConformanceTest {
 protected:
  void SetUp() override { db_ = Fresh({.fail_next_write = fail_}); }

  // Every "send" is noted and answered with what `answer_` says.
  std::map<std::string, OutboxHandler> Handlers() {
    return {{"send", [this](const OutboxRow& row) {
               const std::lock_guard lock(mutex_);
               performed_.push_back(row);
               return answer_;
             }}};
  }
  int RunOnce() { return Dispatcher::RunOnce(*db_, clock_, random_, Handlers()); }
  std::string Performed() {
    const std::lock_guard lock(mutex_);
    std::string payloads;
    for (const OutboxRow& row : performed_) payloads += row.payload;
    return payloads;
  }
  std::vector<OutboxRow> Waiting() { return AllRows(*db_); }

  const std::shared_ptr<std::atomic<bool>> fail_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<Database> db_;
  FakeClock clock_;
  FakeRandom random_;
  std::mutex mutex_;
  std::vector<OutboxRow> performed_;
  absl::Status answer_;
};
TC_FOR_EVERY_ENGINE(DispatcherTest);

TEST_P(DispatcherTest, PerformsARowOnceAndForgetsIt) {
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "a"}), IsOk());
  EXPECT_EQ(RunOnce(), 1);
  EXPECT_EQ(RunOnce(), 0);
  EXPECT_EQ(Performed(), "a");
  EXPECT_TRUE(Waiting().empty());
}

TEST_P(DispatcherTest, PerformsAnOrderInOrderInOneRun) {
  for (const char* payload : {"1", "2", "3"}) {
    ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = payload, .order_key = "alice"}), IsOk());
  }
  EXPECT_EQ(RunOnce(), 3);
  EXPECT_EQ(Performed(), "123");
}

TEST_P(DispatcherTest, WaitsLittleWhenLittleTimeIsLeft) {
  answer_ = absl::UnavailableError("");
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "a", .expire_at = clock_.Now() + absl::Minutes(10)}),
              IsOk());
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(RunOnce(), 1) << "the twentieth part of what is left, or 15 s";
    EXPECT_LE(Waiting()[0].not_before, clock_.Now() + absl::Seconds(i < 10 ? 30 : 15));
    clock_.Advance(absl::Seconds(i < 10 ? 30 : 15));
  }
  RunOnce();
  EXPECT_TRUE(Waiting().empty()) << "expired";
}

TEST_P(DispatcherTest, TriesAgainAfterEveryPassingErrorUnderTheSameRequestId) {
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "a"}), IsOk());
  int attempts = 0;
  for (const absl::StatusCode code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded,
        absl::StatusCode::kResourceExhausted, absl::StatusCode::kAborted, absl::StatusCode::kInternal}) {
    answer_ = absl::Status(code, "person@example.org is away");
    EXPECT_EQ(RunOnce(), 1);
    ASSERT_EQ(Waiting().size(), 1u);
    EXPECT_FALSE(Waiting()[0].dead);
    EXPECT_EQ(Waiting()[0].attempts, ++attempts);
    EXPECT_EQ(Waiting()[0].last_error,
              absl::StatusCodeToString(code));  // no foreign words: they may be personal
    clock_.Advance(absl::Minutes(5));
  }
  answer_ = absl::OkStatus();
  EXPECT_EQ(RunOnce(), 1);
  for (const OutboxRow& row : performed_) EXPECT_EQ(row.request_id, performed_[0].request_id);
}

TEST_P(DispatcherTest, WaitsBetweenNothingAndTwiceAsLongEachTime) {
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "a"}), IsOk());
  answer_ = absl::UnavailableError("");
  absl::Duration bound = absl::Milliseconds(200);
  absl::Duration waited;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(RunOnce(), 1);
    const absl::Duration wait = Waiting()[0].not_before - clock_.Now();
    EXPECT_GE(wait, absl::ZeroDuration());
    EXPECT_LE(wait, bound + absl::Microseconds(1));
    waited += wait;
    clock_.Set(Waiting()[0].not_before);
    bound = std::min(bound * 2, absl::Duration(absl::Minutes(5)));
  }
  EXPECT_GT(waited, absl::Minutes(5));  // it does back off
}

TEST_P(DispatcherTest, WaitsAtLeastAsLongAsThePeerAsks) {
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "a"}), IsOk());
  answer_ = Refuse(absl::StatusCode::kResourceExhausted, Reason::kRateLimited, "slowly")
                .RetryAfter(absl::Minutes(10));
  EXPECT_EQ(RunOnce(), 1);
  EXPECT_GE(Waiting()[0].not_before, Noon() + absl::Minutes(10));
  EXPECT_EQ(Waiting()[0].last_error, "RESOURCE_EXHAUSTED / RATE_LIMITED: slowly");
}

TEST_P(DispatcherTest, GivesUpARowAfterALastingErrorAndGoesOnWithItsOrder) {
  ASSERT_THAT(Enqueue(*db_, {.kind = "unknown", .payload = "a", .order_key = "alice"}), IsOk());
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "b", .order_key = "alice"}), IsOk());
  answer_ = absl::InvalidArgumentError("");
  EXPECT_EQ(RunOnce(), 2);
  EXPECT_EQ(RunOnce(), 0);
  ASSERT_EQ(Waiting().size(), 2u);
  EXPECT_TRUE(Waiting()[0].dead);  // no handler
  EXPECT_EQ(Waiting()[0].last_error, "UNIMPLEMENTED");
  EXPECT_TRUE(Waiting()[1].dead);
}

TEST_P(DispatcherTest, DropsAnExpiredRowUntried) {
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "a", .expire_at = Noon() + absl::Minutes(1)}),
              IsOk());
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(RunOnce(), 1);
  EXPECT_EQ(Performed(), "");
  EXPECT_TRUE(Waiting().empty());
}

TEST_P(DispatcherTest, DropsARowThatExpiresBehindAnotherOfItsOrder) {
  ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "1", .order_key = "alice"}), IsOk());
  ASSERT_THAT(
      Enqueue(*db_,
              {.kind = "send", .payload = "2", .order_key = "alice", .expire_at = Noon() + absl::Minutes(1)}),
      IsOk());
  answer_ = absl::UnavailableError("");
  EXPECT_EQ(RunOnce(), 1);
  answer_ = absl::OkStatus();
  clock_.Advance(absl::Minutes(5));
  EXPECT_EQ(RunOnce(), 2);
  EXPECT_EQ(Performed(), "11");
}

// The effect has happened, its record was lost: it happens again under the same request id, so that the
// receiver can tell.
TEST_P(DispatcherTest, PerformsAgainAfterACrashUnderTheSameRequestId) {
  const TempDir dir;
  for (int run = 0; run < 2; ++run) {
    ASSERT_OK_AND_ASSIGN(db_, Open(dir / "store", {.fail_next_write = fail_}));
    if (run == 0) {
      ASSERT_THAT(Enqueue(*db_, {.kind = "send", .payload = "a"}), IsOk());
      *fail_ = true;  // the next write is the one that removes the row
    }
    EXPECT_EQ(RunOnce(), 1);
    db_.reset();
  }
  ASSERT_EQ(performed_.size(), 2u);
  EXPECT_EQ(performed_[0].request_id, performed_[1].request_id);
}

TEST_P(DispatcherTest, PerformsEverythingOnItsThreadsEachOrderInOrder) {
  constexpr int kOrders = 8;
  constexpr int kRows = 40;
  std::mutex mutex;
  std::condition_variable all_done;
  std::map<std::string, std::vector<int>> performed;
  std::set<std::string> under_way;
  int count = 0;
  const Dispatcher dispatcher(*db_, clock_, random_,
                              {{"send",
                                [&](const OutboxRow& row) -> absl::Status {
                                  {
                                    const std::lock_guard lock(mutex);
                                    EXPECT_TRUE(under_way.insert(row.order_key).second)
                                        << "two rows of an order at once";
                                  }
                                  std::this_thread::yield();
                                  const std::lock_guard lock(mutex);
                                  under_way.erase(row.order_key);
                                  performed[row.order_key].push_back(std::stoi(row.payload));
                                  ++count;
                                  all_done.notify_all();
                                  return absl::OkStatus();
                                }}},
                              /*threads=*/4);
  AtOnce(kOrders, [&](int order) {
    for (int i = 0; i < kRows; ++i) {
      EXPECT_THAT(
          Enqueue(*db_, {.kind = "send", .payload = std::to_string(i), .order_key = std::to_string(order)}),
          IsOk());
    }
  });
  std::unique_lock lock(mutex);
  all_done.wait(lock, [&] { return count == kOrders * kRows; });
  for (const auto& [order, rows] : performed) EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end())) << order;
}

TEST_P(DispatcherTest, FinishesTheRowUnderWayBeforeItStops) {
  std::atomic<bool> begun{false};
  std::atomic<bool> finished{false};
  ASSERT_THAT(Enqueue(*db_, {.kind = "send"}), IsOk());
  auto dispatcher = std::make_unique<Dispatcher>(
      *db_, clock_, random_, std::map<std::string, OutboxHandler>{{"send", [&](const OutboxRow&) {
                                                                     begun = true;
                                                                     begun.notify_all();
                                                                     std::this_thread::yield();
                                                                     finished = true;
                                                                     return absl::OkStatus();
                                                                   }}});
  begun.wait(false);
  dispatcher.reset();
  EXPECT_TRUE(finished);
  EXPECT_TRUE(Waiting().empty());
}

}  // namespace
}  // namespace tc::kv

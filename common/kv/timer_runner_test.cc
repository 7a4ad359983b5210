#include "common/kv/timer_runner.h"

#include <atomic>

#include "common/kv/conformance.h"

namespace tc::kv {
namespace {

using testing::FakeClock;
using testing::IsOk;
using testing::Noon;

class TimerTest : public ConformanceTest {
 protected:
  void SetUp() override { db_ = Fresh(); }

  std::map<std::string, TimerHandler> Handlers() {
    return {{"expire",
             [](Txn& txn, const Timer& timer, absl::Time) -> absl::Status {
               TRY(AddOne(txn, "fired " + timer.subject));
               return absl::OkStatus();
             }},
            {"fail", [](Txn& txn, const Timer& timer, absl::Time) -> absl::Status {
               TRY(AddOne(txn, "fired " + timer.subject));
               return absl::InternalError("no");
             }}};
  }
  int RunOnce() { return TimerRunner::RunOnce(*db_, clock_, Handlers()); }
  std::string Fired(const std::string& subject) { return Read(*db_, "fired " + subject); }

  std::unique_ptr<Database> db_;
  FakeClock clock_;
};
TC_FOR_EVERY_ENGINE(TimerTest);

TEST_P(TimerTest, FiresOnceAndNotEarly) {
  ASSERT_THAT(Schedule(*db_, {Noon() + absl::Seconds(1), "expire", "1"}), IsOk());
  EXPECT_EQ(RunOnce(), 0);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(RunOnce(), 1);
  EXPECT_EQ(RunOnce(), 0);
  EXPECT_EQ(Fired("1"), "1");
}

TEST_P(TimerTest, IsNotEvenANanosecondEarly) {
  const absl::Time fire_at = Noon() + absl::Nanoseconds(1);
  ASSERT_THAT(Schedule(*db_, {fire_at, "expire", "1"}), IsOk());
  clock_.Set(fire_at - absl::Nanoseconds(1));
  EXPECT_EQ(RunOnce(), 0);
  clock_.Set(Noon() + absl::Microseconds(1));
  EXPECT_EQ(RunOnce(), 1);
}

TEST_P(TimerTest, IsUniqueByTimeKindAndSubject) {
  for (int i = 0; i < 2; ++i) ASSERT_THAT(Schedule(*db_, {Noon(), "expire", "1"}), IsOk());
  ASSERT_THAT(Schedule(*db_, {Noon(), "expire", "2"}), IsOk());
  EXPECT_EQ(RunOnce(), 2);
  EXPECT_EQ(Fired("1"), "1");
}

TEST_P(TimerTest, DoesNotFireAfterItsCancellation) {
  const Timer timer{Noon() + absl::Nanoseconds(300), "expire", "1"};
  ASSERT_THAT(Schedule(*db_, timer), IsOk());
  ASSERT_THAT(db_->Update([&](Txn& txn) -> absl::Status { return txn.Cancel(timer); }), IsOk());
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(RunOnce(), 0);
  EXPECT_EQ(Fired("1"), "(absent)");
}

TEST_P(TimerTest, MayScheduleTheNextOneWhileItFires) {
  ASSERT_THAT(Schedule(*db_, {Noon(), "yearly", "1"}), IsOk());
  const std::map<std::string, TimerHandler> handlers = {
      {"yearly", [](Txn& txn, const Timer& timer, absl::Time now) -> absl::Status {
         return txn.Schedule({now + absl::Hours(1), timer.kind, timer.subject});
       }}};
  EXPECT_EQ(TimerRunner::RunOnce(*db_, clock_, handlers), 1);
  EXPECT_EQ(TimerRunner::RunOnce(*db_, clock_, handlers), 0);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(TimerRunner::RunOnce(*db_, clock_, handlers), 1);
}

TEST_P(TimerTest, StaysWhenItsHandlerRefusesAndLeavesNothingOfIt) {
  ASSERT_THAT(Schedule(*db_, {Noon(), "fail", "1"}), IsOk());
  EXPECT_EQ(RunOnce(), 0);
  EXPECT_EQ(Fired("1"), "(absent)");
  EXPECT_EQ(db_->DueTimers(Noon(), 10)->size(), 1u);
}

TEST_P(TimerTest, KeepsNoOtherWaitingWhenManyFail) {
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(Schedule(*db_, {Noon() - absl::Hours(1), i % 2 == 0 ? "fail" : "unknown", std::to_string(i)}),
                IsOk());
  }
  ASSERT_THAT(Schedule(*db_, {Noon(), "expire", "good"}), IsOk());
  EXPECT_EQ(RunOnce(), 1);
  EXPECT_EQ(Fired("good"), "1");
}

TEST_P(TimerTest, FiresManyThatAreDueAtOnceOldestFirst) {
  for (int i = 0; i < 300; ++i)
    ASSERT_THAT(Schedule(*db_, {Noon() - absl::Seconds(i), "expire", std::to_string(i)}), IsOk());
  EXPECT_EQ(db_->DueTimers(Noon(), 1)->at(0).subject, "299");
  EXPECT_EQ(RunOnce(), 300);
}

TEST_P(TimerTest, SurvivesTheClockGoingBack) {
  ASSERT_THAT(Schedule(*db_, {Noon(), "expire", "1"}), IsOk());
  clock_.Advance(-absl::Hours(1));
  EXPECT_EQ(RunOnce(), 0);
  clock_.Advance(absl::Hours(2));
  EXPECT_EQ(RunOnce(), 1);
}

TEST_P(TimerTest, FiresOnItsOwnThreadOnceThoughTwoRun) {
  const TimerRunner a(*db_, clock_, Handlers(), absl::Milliseconds(1));
  const TimerRunner b(*db_, clock_, Handlers(), absl::Milliseconds(1));
  for (int i = 0; i < 50; ++i) ASSERT_THAT(Schedule(*db_, {Noon(), "expire", std::to_string(i)}), IsOk());
  while (!db_->DueTimers(Noon(), 1)->empty()) db_->WaitForChange(db_->revision(), absl::Milliseconds(1));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Fired(std::to_string(i)), "1") << i;
}

}  // namespace
}  // namespace tc::kv

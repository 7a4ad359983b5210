// What holds also when everything happens at once, and what breaks without its protection: the mutants must
// be seen to fail.

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>

#include "common/kv/testing.h"
#include "common/testing/at_once.h"
#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/tries_testing.h"

namespace tc::otp {
namespace {

using testing::AtOnce;
using testing::IsOk;

std::unique_ptr<kv::Database> UnserialisedStore() { return kv::InMemoryForTest(testing::Unserialised()); }

// How many of `calls` concurrent wrong codes were compared.
int Compared(Bench& bench, std::atomic<int>& compared, int calls, int threads) {
  const std::string wrong = WrongFor(bench.LastCode());
  compared = 0;
  AtOnce(threads, [&](int) {
    for (int i = 0; i < calls / threads; ++i) {
      const auto answer = bench.Check(wrong);
      EXPECT_FALSE(answer.ok() && answer->matched());
    }
  });
  return compared;
}

TEST(WrongCodes, FiveThousandAtOnceAreComparedFiveTimes) {  // OTP-07
  std::atomic<int> compared{0};
  TestSwitches switches;
  switches.on_compare = [&] { ++compared; };
  Bench bench(NoDelays(), nullptr, switches);
  ASSERT_THAT(bench.Create(), IsOk());
  EXPECT_EQ(Compared(bench, compared, 5000, 50), 5);
  EXPECT_EQ(bench.Get()->state(), pb::Verification::STATE_LOCKED);
}

// A comparison that waits until `count` callers compare at once, or for a second.
class Meeting {
 public:
  explicit Meeting(int count) : count_(count) {}
  void Join() {
    std::unique_lock lock(mutex_);
    if (++here_ >= count_) all_here_.notify_all();
    all_here_.wait_for(lock, std::chrono::seconds(1), [&] { return here_ >= count_; });
  }

 private:
  const int count_;
  std::mutex mutex_;
  std::condition_variable all_here_;
  int here_ = 0;
};

TEST(WrongCodes, BreakTheLimitWhenTheyAreComparedBeforeTheyAreCharged) {
  std::atomic<int> compared{0};
  Meeting meeting(16);
  TestSwitches switches;
  switches.compare_before_charge = true;
  switches.on_compare = [&] {
    ++compared;
    meeting.Join();
  };
  Bench bench(NoDelays(), nullptr, switches);
  ASSERT_THAT(bench.Create(), IsOk());
  EXPECT_GT(Compared(bench, compared, 16, 16), 5)
      << "the mutant must break the limit, or this test shows nothing";
}

TEST(WrongCodes, BreakTheLimitInAStoreThatDoesNotSerialise) {
  std::atomic<int> compared{0};
  TestSwitches switches;
  switches.on_compare = [&] { ++compared; };
  int worst = 0;
  for (int round = 0; round < 50 && worst <= 5; ++round) {
    Bench bench(NoDelays(), UnserialisedStore(), switches);
    ASSERT_THAT(bench.Create(), IsOk());
    worst = std::max(worst, Compared(bench, compared, 64, 16));
  }
  EXPECT_GT(worst, 5) << "the mutant must break the limit, or this test shows nothing";
}

// --- Over several verifications of one person (OTP-07, OTP-10, OTP-11) ---

constexpr int kVerifications = 5;

// How many of `calls` concurrent wrong codes for one person were compared, whose verifications take turns.
int ComparedForAPerson(Bench& bench, std::atomic<int>& compared, int calls, int threads) {
  std::vector<pb::CheckVerificationRequest> checks;
  for (int i = 0; i < kVerifications; ++i) {
    pb::CreateVerificationRequest create = Bench::AnyRequest(absl::StrCat("v", i));
    create.set_request(absl::StrCat("recoveries/", i));
    EXPECT_THAT(bench.Create(create), IsOk());
    checks.push_back(Bench::CheckRequest(WrongFor(bench.LastCode()), create.verification_id()));
    checks.back().set_request(create.request());
  }
  compared = 0;
  AtOnce(threads, [&](int thread) {
    for (int i = 0; i < calls / threads; ++i) {
      const auto answer = bench.Check(bench.From(), checks[static_cast<size_t>(thread + i) % checks.size()]);
      EXPECT_FALSE(answer.ok() && answer->matched());
    }
  });
  return compared;
}

TEST(WrongCodes, FiveThousandForAPersonAreComparedFifteenTimes) {
  std::atomic<int> compared{0};
  TestSwitches switches;
  switches.on_compare = [&] { ++compared; };
  Bench bench(NoDelays(), nullptr, switches);
  EXPECT_EQ(ComparedForAPerson(bench, compared, 5000, 50), 15);
  EXPECT_EQ(FailuresOf(bench), 15u);
  EXPECT_EQ(InARowOf(bench), 15);
  EXPECT_EQ(SprayOf(bench), 15);
}

Policy FiveForAPerson() {
  Policy policy = NoDelays();
  policy.attempts_per_person = 5;
  return policy;
}

TEST(WrongCodes, BreakThePersonsLimitWhenTheyAreComparedBeforeTheyAreCharged) {
  std::atomic<int> compared{0};
  Meeting meeting(16);
  TestSwitches switches;
  switches.compare_before_charge = true;
  switches.on_compare = [&] {
    ++compared;
    meeting.Join();
  };
  Bench bench(FiveForAPerson(), nullptr, switches);
  EXPECT_GT(ComparedForAPerson(bench, compared, 16, 16), 5)
      << "the mutant must break the limit, or the test above shows nothing";
}

TEST(WrongCodes, BreakThePersonsLimitInAStoreThatDoesNotSerialise) {
  std::atomic<int> compared{0};
  TestSwitches switches;
  switches.on_compare = [&] { ++compared; };
  int worst = 0;
  for (int round = 0; round < 50 && worst <= 5; ++round) {
    Bench bench(FiveForAPerson(), UnserialisedStore(), switches);
    worst = std::max(worst, ComparedForAPerson(bench, compared, 64, 16));
  }
  EXPECT_GT(worst, 5) << "the mutant must break the limit, or the test above shows nothing";
}

struct Winners {
  int approvals = 0;
  int uses = 0;
};

// 64 right codes at once, then 64 uses of the approval at once.
Winners Race(Bench& bench) {
  EXPECT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  std::atomic<int> approvals{0}, uses{0};
  AtOnce(64, [&](int) {
    const auto checked = bench.Check(code);
    if (checked.ok() && checked->matched()) ++approvals;
  });
  AtOnce(64, [&](int) {
    if (bench.verifications.ConsumeVerification(bench.From(), Bench::ConsumeRequest()).ok()) ++uses;
  });
  return {approvals, uses};
}

TEST(RightCodes, SixtyFourAtOnceAreOneApprovalAndOneUse) {  // OTP-05
  Policy policy = NoDelays();
  policy.attempts_per_code = policy.attempts_per_request = policy.attempts_per_person = 64;
  for (int round = 0; round < 10; ++round) {
    Bench bench(policy);
    const Winners winners = Race(bench);
    EXPECT_EQ(winners.approvals, 1);
    EXPECT_EQ(winners.uses, 1);
  }
}

TEST(RightCodes, OfOneRequestAtOnceAreGivenBackOnce) {  // OTP-12
  for (int round = 0; round < 20; ++round) {
    Bench bench(NoDelays());
    ASSERT_THAT(bench.Create(), IsOk());
    const std::string code = bench.LastCode();
    for (int i = 0; i < 4; ++i) ASSERT_FALSE(bench.Check(WrongFor(code))->matched());
    const rpc::Call call = bench.From();
    AtOnce(16, [&](int) {
      const auto checked = bench.Check(call, Bench::CheckRequest(code));
      EXPECT_TRUE(checked.ok() && checked->matched());
    });
    ASSERT_EQ(FailuresOf(bench), 4u);
    ASSERT_EQ(SprayOf(bench), 4);
  }
}

TEST(RightCodes, AreUsedTwiceInAStoreThatDoesNotSerialise) {
  Policy policy = NoDelays();
  policy.attempts_per_code = policy.attempts_per_request = policy.attempts_per_person = 64;
  Winners worst;
  for (int round = 0; round < 50 && (worst.approvals < 2 || worst.uses < 2); ++round) {
    Bench bench(policy, UnserialisedStore());
    const Winners winners = Race(bench);
    worst.approvals = std::max(worst.approvals, winners.approvals);
    worst.uses = std::max(worst.uses, winners.uses);
  }
  EXPECT_GT(worst.approvals, 1) << "the mutant must break this, or the test above shows nothing";
  EXPECT_GT(worst.uses, 1);
}

TEST(Sends, AtOnceNeverExceedTheLimitOfANumber) {  // SND-02
  Bench bench;
  std::atomic<int> made{0};
  AtOnce(32, [&](int thread) {
    pb::CreateVerificationRequest request = Bench::AnyRequest(absl::StrCat("v", thread));
    request.set_request(absl::StrCat("request-", thread));
    if (bench.Create(request).ok()) ++made;
  });
  EXPECT_EQ(made, 5);
}

TEST(Handlers, AreFreeOfEffectsOfTheirOwn) {
  kv::TestSwitches switches;
  switches.run_twice = true;
  Bench bench(NoDelays(), kv::InMemoryForTest(switches));
  ASSERT_THAT(bench.Create(), IsOk());
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_THAT(bench.Resend(), IsOk());
  const std::string code = bench.LastCode();
  EXPECT_EQ(bench.Check(WrongFor(code))->verification().progress().attempts_left(), 4);
  EXPECT_TRUE(bench.Check(code)->matched());
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From(), Bench::ConsumeRequest()), IsOk());
  EXPECT_EQ(bench.provider.sent().size(), 1u);
}

}  // namespace
}  // namespace tc::otp

// A crash gives no attempt back (O2): the code service is killed after, and in the middle of, wrong codes.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/testing/status.h"
#include "tests/e2e/journey.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using absl::StatusCode;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;

constexpr int kAttempts = 5;

class CrashTest : public World {
 protected:
  static void SetUpTestSuite() {
    for (int i = 1; i <= 5; ++i) Overrides().push_back(absl::StrCat("otp.attempt_delay_", i, "=0"));
    Overrides().push_back(absl::StrCat("otp.attempts_per_code=", kAttempts));
    World::SetUpTestSuite();
  }

  // A started recovery of somebody.
  void SetUp() override {
    who_ = Someone("Anna");
    dev::People people = People();
    ASSERT_THAT(people.Admit(who_), IsOk());
    const size_t seen = people.CountMessages(who_);
    ASSERT_OK_AND_ASSIGN(const auto started, people.StartRecovery(who_.phone));
    recovery_ = started.name();
    ASSERT_OK_AND_ASSIGN(code_, people.AwaitCode(who_, seen));
  }

  // The i-th of many different wrong codes: the same code again would be the same attempt.
  std::string Guess(int i) const {
    int number = 0;
    EXPECT_TRUE(absl::SimpleAtoi(code_, &number));
    return absl::StrFormat("%06d", (number + 1 + i) % 1000000);
  }

  static int AttemptsLeft(const absl::Status& status) {
    int left = -1;
    const auto text = MetadataOf(status, "attempts_left");
    return text.has_value() && absl::SimpleAtoi(*text, &left) ? left : -1;
  }

  static void KillAndRestart() {
    suite().Kill(dev::Service::kOtp);
    ASSERT_THAT(suite().Start(dev::Service::kOtp), IsOk());
  }

  dev::Citizen who_;
  std::string recovery_;
  std::string code_;
};

TEST_F(CrashTest, GivesNoAttemptBack) {
  dev::People people = People();
  for (int left = kAttempts - 1; left > 0; --left) {
    const absl::Status wrong = people.VerifyClaimant(recovery_, Guess(left)).status();
    ASSERT_THAT(wrong, Refused(StatusCode::kInvalidArgument, Reason::kCodeMismatch));
    EXPECT_EQ(AttemptsLeft(wrong), left);
    KillAndRestart();
  }
  EXPECT_THAT(people.VerifyClaimant(recovery_, Guess(0)),
              ::testing::AnyOf(Refused(StatusCode::kInvalidArgument, Reason::kCodeMismatch),
                               Refused(StatusCode::kFailedPrecondition, Reason::kAttemptsExhausted)));
  KillAndRestart();
  EXPECT_THAT(people.VerifyClaimant(recovery_, code_), HasCode(StatusCode::kFailedPrecondition));
  EXPECT_THAT(people.GetRecovery(recovery_).value().grant(), "");
}

// Guesses from several threads while the service dies and comes back: no more wrong codes are judged than
// there are attempts.
TEST_F(CrashTest, JudgesNoMoreGuessesThanAllowedWhenItIsKilledAmongThem) {
  std::atomic<int> judged{0};
  std::atomic<int> next{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> guessers;
  for (int i = 0; i < 4; ++i) {
    guessers.emplace_back([&] {
      dev::People people = People();
      while (!stop) {
        const absl::Status status = people.VerifyClaimant(recovery_, Guess(next++)).status();
        if (HasReason(status, Reason::kCodeMismatch)) ++judged;
        if (absl::IsFailedPrecondition(status)) return;
      }
    });
  }
  for (int i = 0; i < 3; ++i) KillAndRestart();
  absl::SleepFor(absl::Seconds(1));
  stop = true;
  for (std::thread& guesser : guessers) guesser.join();
  EXPECT_LE(judged, kAttempts);
  dev::People people = People();
  EXPECT_THAT(people.VerifyClaimant(recovery_, code_), HasCode(StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace tc::e2e

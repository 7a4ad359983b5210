// Thousands of wrong codes at the same time, while the code service is killed among them and started again:
// no code is judged more often than it has attempts (O2, OTP-07).

#include <signal.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/testing/status.h"
#include "tests/e2e/otp_caller.h"
#include "tests/e2e/web.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using absl::StatusCode;
using testing::HasCode;
using testing::IsOk;

constexpr int kAttempts = 5;
constexpr int kCodes = 40;
constexpr int kGuessesPerCode = 125;

// Guesses that are all under way at the same time. One that the service lost is made again: as another guess,
// since whoever guesses does not know whether it was judged.
class Flood {
 public:
  explicit Flood(dev::Client& otp) : stub_(otp.channel()), otp_(otp) {}

  void Add(const otp_pb::CheckVerificationRequest& request) { open_.push_back(request); }

  // All that are not answered, at the same time; returns when none is under way. The process is killed when
  // this many have been judged altogether.
  void Fire(int killed_at = kCodes * kGuessesPerCode, pid_t process = 0) {
    std::vector<otp_pb::CheckVerificationRequest> now;
    {
      const std::lock_guard lock(mutex_);
      now.swap(open_);
      under_way_ = static_cast<int>(now.size());
      killed_at_ = killed_at;
      process_ = process;
    }
    for (otp_pb::CheckVerificationRequest& request : now) {
      if (Killed()) {
        const std::lock_guard lock(mutex_);
        open_.push_back(std::move(request));
        --under_way_;
        continue;
      }
      request.clear_request_id();
      dev::FillRequestId(request);
      Send(std::move(request));
    }
    std::unique_lock lock(mutex_);
    none_under_way_.wait(lock, [&] { return under_way_ == 0; });
  }
  bool Answered() {
    const std::lock_guard lock(mutex_);
    return open_.empty();
  }
  int judged() {
    const std::lock_guard lock(mutex_);
    return judged_;
  }
  std::map<std::string, int> JudgedOf() {
    const std::lock_guard lock(mutex_);
    return judged_of_;
  }

 private:
  struct Call {
    grpc::ClientContext context;
    otp_pb::CheckVerificationRequest request;
    otp_pb::CheckVerificationResponse response;
  };

  bool Killed() {
    const std::lock_guard lock(mutex_);
    return judged_ >= killed_at_;
  }

  void Send(otp_pb::CheckVerificationRequest request) {
    auto call = std::make_shared<Call>();
    call->request = std::move(request);
    otp_.Prepare(call->context, dev::From("service/recovery"));
    stub_.async()->CheckVerification(&call->context, &call->request, &call->response,
                                     [this, call](const grpc::Status& status) { End(*call, status); });
  }

  void End(const Call& call, const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    if (status.ok()) {
      ++judged_of_[call.request.name()];
      // From here and not from the thread that waits, which comes too late.
      if (++judged_ == killed_at_ && process_ > 0) ::kill(process_, SIGKILL);
    } else if (status.error_code() != grpc::StatusCode::FAILED_PRECONDITION) {
      open_.push_back(call.request);
    }
    if (--under_way_ == 0) none_under_way_.notify_all();
  }

  otp_pb::OtpService::Stub stub_;
  dev::Client& otp_;
  std::mutex mutex_;
  std::condition_variable none_under_way_;
  std::vector<otp_pb::CheckVerificationRequest> open_;
  std::map<std::string, int> judged_of_;
  int judged_ = 0;
  int under_way_ = 0;
  int killed_at_ = 0;
  pid_t process_ = 0;
};

class GuessesTest : public World {
 protected:
  static void SetUpTestSuite() {
    metrics_port_ = FreePort();
    Options().flags[dev::Service::kOtp] = {"--metrics", absl::StrCat("127.0.0.1:", metrics_port_)};
    for (int i = 1; i <= 5; ++i) Overrides().push_back(absl::StrCat("otp.attempt_delay_", i, "=0"));
    Overrides().push_back(absl::StrCat("otp.attempts_per_code=", kAttempts));
    World::SetUpTestSuite();
  }

  // How many codes the present process has compared, by its own count.
  static int Compared() {
    int compared = 0;
    const std::string page =
        HttpGet(absl::StrCat("http://127.0.0.1:", metrics_port_, "/metrics")).value_or("");
    EXPECT_FALSE(page.empty()) << "no metrics";
    for (const absl::string_view line : absl::StrSplit(page, '\n')) {
      const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
      int value = 0;
      if (absl::StartsWith(line, "tc_otp_codes_compared_total{") && absl::SimpleAtoi(words.back(), &value))
        compared += value;
    }
    return compared;
  }

  static int metrics_port_;
};

int GuessesTest::metrics_port_ = 0;

TEST_F(GuessesTest, AreJudgedNoMoreOftenThanAllowedThroughKillsAndRestarts) {
  OtpCaller otp(suite()[dev::Service::kOtp]);
  Flood flood(suite()[dev::Service::kOtp]);
  std::map<std::string, otp_pb::CheckVerificationRequest> right;
  for (int i = 0; i < kCodes; ++i) {
    const auto request =
        CodeRequest(otp_pb::PURPOSE_RECOVERY_CLAIM, absl::StrFormat("+7916%03d0001", 100 + i));
    ASSERT_THAT(otp.Create(request), IsOk());
    ASSERT_OK_AND_ASSIGN(const std::string code, suite().spool().AwaitCode(request.phone(), 0));
    right["verifications/" + request.verification_id()] = Attempt(request, code);
    int number = 0;
    ASSERT_TRUE(absl::SimpleAtoi(code, &number));
    for (int guess = 1; guess <= kGuessesPerCode; ++guess)
      flood.Add(Attempt(request, absl::StrFormat("%06d", (number + guess) % 1000000)));
  }

  int killed = 0;
  for (const int enough : {1, 40, 80, 120, 160}) {
    flood.Fire(enough, suite().PidOf(dev::Service::kOtp));
    killed += suite().Running(dev::Service::kOtp) ? 0 : 1;
    ASSERT_THAT(suite().Start(dev::Service::kOtp), IsOk());
  }
  EXPECT_GE(killed, 3) << "or it was not killed among the guesses";

  const int before = flood.judged();
  ASSERT_TRUE(Eventually(
      [&] {
        flood.Fire();
        return flood.Answered();
      },
      absl::Seconds(120)));
  EXPECT_EQ(Compared(), flood.judged() - before) << "in the last life nothing is judged unanswered";
  EXPECT_LE(flood.judged(), kCodes * kAttempts);
  for (const auto& [name, judged] : flood.JudgedOf()) EXPECT_LE(judged, kAttempts) << name;
  for (const auto& [name, attempt] : right)
    EXPECT_THAT(otp.Check(attempt), HasCode(StatusCode::kFailedPrecondition)) << name;
}

}  // namespace
}  // namespace tc::e2e

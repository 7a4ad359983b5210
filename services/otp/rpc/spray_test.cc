// The brake on wrong codes for very many persons (OTP-14).

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "common/obs/log.h"
#include "common/testing/status.h"
#include "services/otp/rpc/tries_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using testing::IsOk;
using testing::Refused;

Policy WithSprayLimit(int limit) {
  Policy policy = Spacious();
  policy.failures_per_hour = limit;
  return policy;
}

// Wrong codes for `count` persons, one each.
void Spray(Bench& bench, int count) {
  for (int i = 0; i < count; ++i) {
    auto request =
        OwnRequest(absl::StrCat("spray-", i), pb::PURPOSE_RECOVERY_CLAIM, absl::StrCat("claims/", i));
    request.set_phone(absl::StrFormat("+7925%07d", i));
    ASSERT_THAT(bench.Create(request), IsOk());
    ASSERT_THAT(CheckIn(bench, request, "000000"), IsOk()) << i;
  }
}

TEST(SprayBrake, AsksForAChallengeAfterAThousandWrongCodesOverAsManyPersons) {  // OTP-14
  Bench bench(WithSprayLimit(1000));
  const auto next = OwnRequest("v1");
  const std::string code = MadeIn(bench, next);
  Spray(bench, 1000);
  EXPECT_THAT(CheckIn(bench, next, code), Refused(kFailedPrecondition, Reason::kChallengeRequired));
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 100000) << "neither evaluated nor charged";
  EXPECT_TRUE(TriesOf(bench).empty());
  EXPECT_TRUE(CheckIn(bench, next, code, true)->matched());
  EXPECT_EQ(SprayOf(bench), 1000) << "a right code is not a failure";
}

TEST(SprayBrake, CountsOnBehindTheChallengeAndStopsNobody) {
  Bench bench(WithSprayLimit(5));
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  Spray(bench, 5);
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(CheckIn(bench, request, WrongFor(code), true)->matched());
  EXPECT_EQ(SprayOf(bench), 12);
  EXPECT_EQ(FailuresOf(bench), 7u);
  EXPECT_TRUE(CheckIn(bench, request, code, true)->matched());
}

TEST(SprayBrake, IsOfOnePurpose) {
  Bench bench(WithSprayLimit(5));
  const auto claim = OwnRequest("v1"), approval = OwnRequest("v2", pb::PURPOSE_RECOVERY_APPROVAL);
  Spray(bench, 5);
  EXPECT_THAT(CheckIn(bench, claim, MadeIn(bench, claim)),
              Refused(kFailedPrecondition, Reason::kChallengeRequired));
  EXPECT_TRUE(CheckIn(bench, approval, MadeIn(bench, approval))->matched());
}

TEST(SprayBrake, OpensWhenTheHourIsOver) {
  Bench bench(WithSprayLimit(5));
  Spray(bench, 5);
  bench.clock.Advance(absl::Minutes(59));
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  ASSERT_THAT(CheckIn(bench, request, code), Refused(kFailedPrecondition, Reason::kChallengeRequired));
  bench.clock.Advance(kSprayWindow + kSprayBucket - absl::Minutes(59));
  const auto later = OwnRequest("v2");
  EXPECT_TRUE(CheckIn(bench, later, MadeIn(bench, later))->matched());
}

// Lines of the log about challenges, while it lives.
struct LogLines {
  LogLines() {
    obs::SetSink([this](absl::string_view line) {
      if (absl::StrContains(line, "challenge")) lines.emplace_back(line);
    });
  }
  ~LogLines() { obs::SetSink(nullptr); }
  std::vector<std::string> lines;
};

TEST(SprayBrake, IsToldOnceWhenItClosesAndOnceWhenItOpens) {
  obs::Gauge& gauge = obs::GetGauge("tc_otp_spray_brake", "", {{"purpose", "RECOVERY_CLAIM"}});
  const obs::Gauge& other = obs::GetGauge("tc_otp_spray_brake", "", {{"purpose", "SECOND_FACTOR"}});
  Bench bench(WithSprayLimit(5));
  const auto request = OwnRequest("v1");
  const std::string code = MadeIn(bench, request);
  const LogLines log;
  Spray(bench, 5);
  EXPECT_EQ(gauge.value(), 0);
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(CheckIn(bench, request, code).ok());
  ASSERT_THAT(CheckIn(bench, request, WrongFor(code), true), IsOk());
  EXPECT_EQ(gauge.value(), 1);
  EXPECT_EQ(other.value(), 0);
  ASSERT_EQ(log.lines.size(), 1u);
  EXPECT_THAT(log.lines[0], ::testing::HasSubstr("RECOVERY_CLAIM"));
  EXPECT_THAT(log.lines[0], ::testing::HasSubstr("warning"));
  bench.clock.Advance(kSprayWindow + kSprayBucket);
  const auto later = OwnRequest("v2");
  const std::string code_later = MadeIn(bench, later);
  FailIn(bench, later, code_later, 2);
  EXPECT_EQ(gauge.value(), 0);
  EXPECT_EQ(log.lines.size(), 2u);
}

}  // namespace
}  // namespace tc::otp

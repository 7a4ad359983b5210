#include <gtest/gtest.h>

#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/verification_handlers.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

TEST(CheckVerification, AnswersAWrongCodeWithOneDurableCommit) {  // O2
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string wrong = WrongFor(bench.LastCode());
  const uint64_t before = bench.database->counters().commits;
  ASSERT_OK_AND_ASSIGN(const pb::CheckVerificationResponse checked, bench.Check(wrong));
  EXPECT_EQ(bench.database->counters().commits, before + 1);
  EXPECT_FALSE(checked.matched());
  EXPECT_EQ(checked.verification().progress().attempts_left(), 4);
  EXPECT_EQ(checked.verification().state(), pb::Verification::STATE_PENDING);
}

TEST(CheckVerification, ChargesARepeatedRequestOnce) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string wrong = WrongFor(bench.LastCode());
  const rpc::Call call = bench.From();
  ASSERT_OK_AND_ASSIGN(const auto first, bench.Check(call, Bench::CheckRequest(wrong)));
  ASSERT_THAT(bench.Check(WrongFor(wrong)), IsOk());
  rpc::Call later = call;
  later.now += absl::Seconds(1);
  ASSERT_OK_AND_ASSIGN(const auto second, bench.Check(later, Bench::CheckRequest(wrong)));
  EXPECT_EQ(first.DebugString(), second.DebugString());
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 3);
  EXPECT_THAT(bench.Check(call, Bench::CheckRequest(WrongFor(WrongFor(wrong)))),
              Refused(kInvalidArgument, Reason::kRequestIdReused));
}

TEST(CheckVerification, RepeatsTheApprovalToItsOwnRequestOnly) {  // OTP-05
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  const rpc::Call call = bench.From();
  ASSERT_OK_AND_ASSIGN(const auto first, bench.Check(call, Bench::CheckRequest(code)));
  ASSERT_THAT(bench.verifications.ConsumeVerification(bench.From(), Bench::ConsumeRequest()), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto second, bench.Check(call, Bench::CheckRequest(code)));
  EXPECT_EQ(first.DebugString(), second.DebugString());
  const auto other = bench.Check(code);
  EXPECT_THAT(other, Refused(kFailedPrecondition, Reason::kVerificationClosed));
  EXPECT_EQ(MetadataOf(other.status(), "state"), "CONSUMED");
}

int ReplaysTold(Bench& bench) {
  // Behind what has been handed to the store before.
  EXPECT_THAT(bench.database->Update([](kv::Txn&) { return absl::OkStatus(); }), IsOk());
  const absl::StatusOr<std::vector<kv::Event>> events = bench.database->Changes(0, 0, 100);
  return static_cast<int>(std::count_if(events->begin(), events->end(), [](const kv::Event& event) {
    return event.type == "VerificationReplayed" && event.resource == "verifications/v1";
  }));
}

TEST(CheckVerification, TellsOnceOfACodeThatComesAgainAfterItsUse) {  // OTP-05
  for (const bool consumed : {false, true}) {
    Bench bench;
    ASSERT_THAT(bench.Create(), IsOk());
    const std::string code = bench.LastCode();
    const rpc::Call call = bench.From();
    ASSERT_TRUE(bench.Check(call, Bench::CheckRequest(code))->matched());
    if (consumed) {
      ASSERT_THAT(bench.verifications.ConsumeVerification(bench.From(), Bench::ConsumeRequest()), IsOk());
    }
    ASSERT_THAT(bench.Check(call, Bench::CheckRequest(code)), IsOk());
    ASSERT_THAT(bench.Check(WrongFor(code)), Refused(kFailedPrecondition, Reason::kVerificationClosed));
    EXPECT_EQ(ReplaysTold(bench), 0) << "neither a repetition nor a wrong code is a replay";
    for (int i = 0; i < 3; ++i) {
      EXPECT_THAT(bench.Check(code), Refused(kFailedPrecondition, Reason::kVerificationClosed));
      EXPECT_EQ(ReplaysTold(bench), 1);
    }
    if (!consumed) {
      EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From(), Bench::ConsumeRequest()), IsOk())
          << "the approval stands";
    }
  }
}

TEST(CheckVerification, TellsOfNoReplayOfACodeThatWasNeverUsed) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  pb::CancelVerificationRequest cancel;
  cancel.set_name("verifications/v1");
  ASSERT_THAT(bench.verifications.CancelVerification(bench.From(), cancel), IsOk());
  EXPECT_THAT(bench.Check(code), Refused(kFailedPrecondition, Reason::kVerificationClosed));
  EXPECT_EQ(ReplaysTold(bench), 0);
}

TEST(CheckVerification, DoesNotEvaluateInsideTheDelay) {  // OTP-13
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  for (int i = 0; i < 3; ++i) ASSERT_FALSE(bench.Check(WrongFor(code))->matched());
  bench.clock.Advance(absl::Milliseconds(4999));
  const auto early = bench.Check(code);
  EXPECT_THAT(early, Refused(kResourceExhausted, Reason::kAttemptTooSoon));
  EXPECT_EQ(RetryAfterOf(early.status()), absl::Milliseconds(1));
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 2);
  bench.clock.Advance(absl::Milliseconds(1));
  EXPECT_TRUE(bench.Check(code)->matched());
}

TEST(CheckVerification, RefusesTheRightCodeAfterFiveWrongOnes) {  // OTP-09
  Bench bench(NoDelays());
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto checked, bench.Check(WrongFor(code)));
    EXPECT_EQ(checked.verification().state(),
              i < 4 ? pb::Verification::STATE_PENDING : pb::Verification::STATE_LOCKED);
  }
  EXPECT_THAT(bench.Check(code), Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
}

TEST(CheckVerification, TakesTheRightCodeAsTheFifth) {
  Bench bench(NoDelays());
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  for (int i = 0; i < 4; ++i) ASSERT_FALSE(bench.Check(WrongFor(code))->matched());
  EXPECT_TRUE(bench.Check(code)->matched());
}

TEST(CheckVerification, HonoursTheCodeUntilItsLastMillisecond) {  // OTP-03
  for (const auto& [at, matches] :
       {std::pair(absl::Milliseconds(299999), true), std::pair(absl::Seconds(300), false),
        std::pair(absl::Milliseconds(300001), false)}) {
    Bench bench;
    ASSERT_THAT(bench.Create(), IsOk());
    const std::string code = bench.LastCode();
    bench.clock.Advance(at);
    const auto checked = bench.Check(code);
    if (matches)
      EXPECT_TRUE(checked->matched());
    else
      EXPECT_THAT(checked, Refused(kFailedPrecondition, Reason::kVerificationExpired));
  }
}

class CodeInput : public ::testing::TestWithParam<const char*> {};
TEST_P(CodeInput, IsRefusedWithoutACharge) {  // OTP-17
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  EXPECT_THAT(bench.Check(GetParam()), Violates("CODE_FORMAT"));
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 5);
}
INSTANTIATE_TEST_SUITE_P(OTP17, CodeInput,
                         ::testing::Values("", "12345", "1234567", " 123456", "123456 ", "123456\n", "+12345",
                                           "-12345", "12 456", "12345a", "0x1234", "1e5000", "１２３４５６",
                                           "١٢٣٤٥٦", "12345678901"));

TEST(CheckVerification, TakesACodeWithALeadingZero) {  // OTP-01
  for (int n = 0; n < 200; ++n) {
    Bench bench;
    bench.random.Bytes(static_cast<size_t>(n));  // another code in each round
    ASSERT_THAT(bench.Create(), IsOk());
    const std::string code = bench.LastCode();
    ASSERT_EQ(code.size(), 6u);
    if (code[0] != '0') continue;
    EXPECT_TRUE(bench.Check(code)->matched());
    return;
  }
  FAIL() << "no code began with 0";
}

// --- Binding (OTP-06, OTP-24) ---

TEST(Binding, HoldsForPurposeSubjectRequestAndCaller) {
  constexpr pb::Purpose kAll[] = {pb::PURPOSE_PHONE_BINDING, pb::PURPOSE_RECOVERY_CLAIM,
                                  pb::PURPOSE_RECOVERY_APPROVAL, pb::PURPOSE_SECOND_FACTOR,
                                  pb::PURPOSE_EMAIL_BINDING};
  for (const pb::Purpose made_for : kAll) {
    for (const pb::Purpose used_for : kAll) {
      Bench bench;
      pb::CreateVerificationRequest create = Bench::AnyRequest();
      create.set_purpose(made_for);
      if (made_for == pb::PURPOSE_EMAIL_BINDING) create.set_email("ivan@example.ru");
      ASSERT_THAT(bench.Create(create), IsOk());
      pb::CheckVerificationRequest check = Bench::CheckRequest(bench.LastCode());
      check.set_purpose(used_for);
      const auto checked = bench.Check(bench.From(), check);
      if (made_for == used_for)
        EXPECT_TRUE(checked->matched());
      else
        EXPECT_THAT(checked, Refused(kNotFound, Reason::kNotFound));
    }
  }
}

TEST(Binding, MismatchIsNotFoundLikeAnAbsentOneAndCostsNothing) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  const std::string code = bench.LastCode();
  std::vector<pb::CheckVerificationRequest> wrong(3, Bench::CheckRequest(code));
  wrong[0].set_subject("accounts/bob");
  wrong[1].set_request("recoveries/other");
  wrong[2].set_name("verifications/absent");
  std::vector<absl::Status> refusals;
  for (const auto& request : wrong) refusals.push_back(bench.Check(bench.From(), request).status());
  refusals.push_back(bench.Check(bench.From("identity"), Bench::CheckRequest(code)).status());
  for (const absl::Status& refusal : refusals) {
    EXPECT_THAT(refusal, Refused(kNotFound, Reason::kNotFound));
    EXPECT_EQ(refusal, refusals.front()) << "one answer for all of them (OTP-24)";
  }
  EXPECT_THAT(bench.Get("v1", "identity"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(bench.Get()->progress().attempts_left(), 5);
}

TEST(Binding, HoldsForTheUseOfAnApproval) {
  Bench bench;
  ASSERT_THAT(bench.Create(), IsOk());
  ASSERT_TRUE(bench.Check(bench.LastCode())->matched());
  pb::ConsumeVerificationRequest wrong = Bench::ConsumeRequest();
  wrong.set_purpose(pb::PURPOSE_RECOVERY_APPROVAL);
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From(), wrong),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(bench.verifications.ConsumeVerification(bench.From("identity"), Bench::ConsumeRequest()),
              Refused(kNotFound, Reason::kNotFound));
}

}  // namespace
}  // namespace tc::otp

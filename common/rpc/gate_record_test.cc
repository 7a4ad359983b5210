// What is told of a call: to the log, to the metrics, to whoever keeps the record of refusals.

#include "common/obs/metrics.h"
#include "common/rpc/gate_testing.h"

namespace tc::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;

TEST_F(GateTest, LogsOneLineWithoutTheRequest) {
  Admit("Read", "text: 'a personal word'");
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_THAT(log_[0], HasSubstr("TestService/Read"));
  EXPECT_THAT(log_[0], HasSubstr("portal/web"));
  EXPECT_THAT(log_[0], HasSubstr("\"OK\""));
  EXPECT_THAT(log_[0], Not(HasSubstr("personal")));
}

TEST_F(GateTest, TellsTheLogWhatTheCallerMustNotKnow) {
  const Admission admission = gate_->Receive(*methods_.at("Read"), Arrival{}, Room::kNone);
  const grpc::Status wire =
      gate_->Settle(*methods_.at("Read"), admission, absl::DataLossError("record 7 is damaged"));
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(wire.error_message(), Not(HasSubstr("damaged")));
  EXPECT_THAT(wire.error_message(), HasSubstr(admission.call.id));
  ASSERT_EQ(log_.size(), 2u);
  EXPECT_THAT(log_[1], HasSubstr("record 7 is damaged"));
  EXPECT_THAT(log_[1], HasSubstr(admission.call.id));
}

TEST_F(GateTest, CountsCallsByMethodAndCode) {
  obs::Counter& denied = methods_.at("Own")->Requests(absl::StatusCode::kPermissionDenied);
  const double before = denied.value();
  authenticator_->peer = Peer{Role::kBank, "bank"};
  Admit("Own", "");
  EXPECT_EQ(denied.value(), before + 1);
  EXPECT_EQ(methods_.at("Own")->in_flight->value(), 0);
  EXPECT_THAT(obs::RenderMetrics(), HasSubstr("tc_rpc_requests_total"));
}

TEST_F(GateTest, TellsWhoeverKeepsTheRecordOfRefusedCallers) {
  SignIn("alice");
  EXPECT_THAT(Refusing("Own", kOwn), IsOk());
  EXPECT_THAT(Refusing("Own", ""), Not(IsOk()));
  EXPECT_THAT(refusals_, IsEmpty());
  for (int i = 0; i < 20; ++i) Admit("Read", "");
  authenticator_->peer = Peer{Role::kBank, "bank"};
  Admit("Own", kOwn);
  authenticator_->peer = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsMissing, "x");
  Admit("Own", kOwn);
  EXPECT_THAT(
      refusals_,
      ElementsAre("test.TestService/Read web RATE_LIMITED", "test.TestService/Read web RATE_LIMITED",
                  "test.TestService/Own bank ROLE_NOT_ALLOWED", "test.TestService/Own  CREDENTIALS_MISSING"));
}

TEST_F(GateTest, TellsWhoeverKeepsTheRecordOfEveryLimitButTheServersOwn) {
  const Method& method = *methods_.at("Read");
  const auto refuse = [&](const absl::Status& status) {
    const Admission admission = gate_->Receive(method, Arrival{}, Room::kNone);
    (void)gate_->Settle(method, admission, status);
  };
  using enum absl::StatusCode;
  for (const Reason reason : {Reason::kNumberLimitReached, Reason::kBudgetExhausted,
                              Reason::kPersonLimitReached, Reason::kOverloaded, Reason::kMessageTooLarge}) {
    refuse(Refuse(kResourceExhausted, reason, "x"));
  }
  refuse(absl::ResourceExhaustedError("a library's own"));
  refuse(Refuse(kFailedPrecondition, Reason::kChallengeRequired, "x"));
  refuse(Refuse(kFailedPrecondition, Reason::kAddressDisabled, "x"));
  refuse(Refuse(kFailedPrecondition, Reason::kAccountLocked, "x"));
  refuse(Refuse(kNotFound, Reason::kNotFound, "x"));
  EXPECT_THAT(refusals_, ElementsAre("test.TestService/Read web NUMBER_LIMIT_REACHED",
                                     "test.TestService/Read web BUDGET_EXHAUSTED",
                                     "test.TestService/Read web PERSON_LIMIT_REACHED",
                                     "test.TestService/Read web CHALLENGE_REQUIRED",
                                     "test.TestService/Read web ADDRESS_DISABLED"));
}

}  // namespace
}  // namespace tc::rpc

// Who is let in: life cycle, deadline, peer, person, and a method without rules that lets nobody in.

#include "common/rpc/gate.h"

#include "common/rpc/gate_testing.h"

namespace tc::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using testing::Refused;

TEST_F(GateTest, LetsInWhomTheRulesName) {
  SignIn("alice");
  const Admission admission = Admit("Own", kOwn);
  ASSERT_THAT(admission.status, IsOk());
  EXPECT_EQ(admission.call.method, "test.TestService/Own");
  EXPECT_EQ(admission.call.peer.name, "web");
  EXPECT_EQ(admission.call.person->account.text(), "alice");
  EXPECT_EQ(admission.call.request_id, kUuid);
  EXPECT_EQ(admission.call.now, Noon());
  EXPECT_FALSE(admission.call.id.empty());
  EXPECT_FALSE(admission.call.fingerprint.empty());
}

TEST_F(GateTest, RefusesAnyCallAfterItIsClosed) {
  gate_->Close();
  const absl::Status status = Refusing("Read", "");
  EXPECT_THAT(status, Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  EXPECT_TRUE(RetryAfterOf(status).has_value());
  EXPECT_THAT(authenticator_->asked, IsEmpty());
}

TEST_F(GateTest, LetsNobodyInBeforeItIsOpened) {
  GateOptions options;
  options.open = false;
  MakeGate(std::move(options));
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  EXPECT_THAT(authenticator_->asked, IsEmpty());
  gate_->Open();
  EXPECT_THAT(Admit("Read", "").status, IsOk());
  gate_->Close();
  gate_->Open();
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown))
      << "what is closed stays closed";
}

TEST_F(GateTest, CutsADeadlineThatIsTooLong) {
  Arrival arrival;
  arrival.remaining = absl::Hours(10);
  EXPECT_EQ(Admit("Own", kOwn, arrival).call.deadline, Noon() + absl::Seconds(5));
  EXPECT_EQ(Admit("Read", "", arrival).call.deadline, Noon() + absl::Seconds(10));
  EXPECT_EQ(Admit("Read", "").call.deadline, Noon() + absl::Seconds(10));
  arrival.remaining = absl::Seconds(2);
  EXPECT_EQ(Admit("Read", "", arrival).call.deadline, Noon() + absl::Seconds(2));
}

TEST_F(GateTest, RefusesADeadlineThatHasPassedBeforeItAsksWhoCalls) {
  Arrival arrival;
  arrival.remaining = absl::ZeroDuration();
  EXPECT_THAT(Refusing("Read", "", arrival),
              Refused(absl::StatusCode::kDeadlineExceeded, Reason::kDeadlineExceeded));
  EXPECT_THAT(authenticator_->asked, IsEmpty());
}

TEST_F(GateTest, DoesNothingForAClientThatHasGone) {
  Arrival arrival;
  arrival.cancelled = true;
  EXPECT_EQ(Refusing("Read", "", arrival).code(), absl::StatusCode::kCancelled);
}

TEST_F(GateTest, RefusesAPeerThatIsNotKnown) {
  authenticator_->peer = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsMissing, "x");
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsMissing));
  EXPECT_THAT(authenticator_->asked, ElementsAre("peer"));
}

TEST_F(GateTest, RefusesAWrongRoleBeforeItLooksAtPersonOrRequest) {
  authenticator_->peer = Peer{Role::kBank, "bank"};
  authenticator_->person = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid, "x");
  EXPECT_THAT(Refusing("Own", "text: '\\n' color: 999"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(authenticator_->asked, ElementsAre("peer"));
}

TEST_F(GateTest, RefusesAnotherNameOfTheRightRole) {
  authenticator_->peer = Peer{Role::kService, "linking"};
  EXPECT_THAT(Refusing("Reset", ""), Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  authenticator_->peer = Peer{Role::kService, "recovery"};
  EXPECT_THAT(Refusing("Reset", ""), IsOk());
}

TEST_F(GateTest, DemandsAPersonOnlyOfCallersThatActForOne) {
  EXPECT_THAT(Refusing("Own", kOwn), Refused(absl::StatusCode::kUnauthenticated, Reason::kPersonRequired));
  authenticator_->peer = Peer{Role::kOperator, "ops"};
  EXPECT_THAT(Refusing("Own", kOwn), IsOk());
}

TEST_F(GateTest, RefusesABadAssertionAlsoWhereNoneIsNeeded) {
  authenticator_->person = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsExpired, "x");
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsExpired));
}

TEST_F(GateTest, AsksForThePersonBeforeItReadsTheRequest) {
  EXPECT_THAT(Refusing("Own", "text: '\\n'"),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kPersonRequired));
}

TEST_F(GateTest, BelievesTheCallIdOfAServiceOnly) {
  Arrival arrival;
  arrival.call_id = "call-of-the-caller";
  EXPECT_NE(Admit("Read", "", arrival).call.id, "call-of-the-caller");
  authenticator_->peer = Peer{Role::kService, "recovery"};
  EXPECT_EQ(Admit("Reset", "", arrival).call.id, "call-of-the-caller");
  arrival.call_id = "two\nlines";
  EXPECT_NE(Admit("Reset", "", arrival).call.id, "two\nlines");
}

// Of a call that waits in the queue.
TEST_F(GateTest, AsksAnewWhetherACallThatHasWaitedIsStillWanted) {
  const Method& read = *methods_.at("Read");
  Admission admission = gate_->Receive(read, {}, Room::kNone, now_);
  clock_.Advance(absl::Seconds(3));
  Arrival later;
  later.remaining = absl::Seconds(1);
  gate_->Resume(read, later, admission);
  EXPECT_THAT(admission.status, IsOk());
  EXPECT_EQ(admission.call.now, Noon() + absl::Seconds(3));
  EXPECT_EQ(admission.call.deadline, Noon() + absl::Seconds(4));
  later.remaining = absl::ZeroDuration();
  gate_->Resume(read, later, admission);
  EXPECT_THAT(admission.status, Refused(absl::StatusCode::kDeadlineExceeded, Reason::kDeadlineExceeded));
  later.cancelled = true;
  gate_->Resume(read, later, admission);
  EXPECT_EQ(admission.status.code(), absl::StatusCode::kCancelled);
  gate_->Close();
  gate_->Resume(read, Arrival{}, admission);
  EXPECT_THAT(admission.status, Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  gate_->Settle(read, admission, admission.status);
}

using GateDeathTest = GateTest;

TEST_F(GateDeathTest, DoesNotStartWithAnUnguardedMethod) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto load = [&](const char* service) { gate_->MethodsOf(*TestFile().FindServiceByName(service)); };
  EXPECT_DEATH(load("Unguarded"), "test.Unguarded/Bare: has no trustedcontact.options.v1.rules");
  EXPECT_DEATH(load("Closed"), "test.Closed/Nobody: its rules let nobody in");
  EXPECT_DEATH(load("Roleless"), "test.Roleless/Whoever: its rules name a caller without a role");
  EXPECT_DEATH(load("Careless"), "test.Careless/Write: mutates, but Plain has no string request_id");
  EXPECT_DEATH(load("Deep"), "test.Deep/Dive: test.Endless may contain itself");
  EXPECT_DEATH(gate_->MethodsOf("no.Service"), "no service no.Service is linked");
}

}  // namespace
}  // namespace tc::rpc

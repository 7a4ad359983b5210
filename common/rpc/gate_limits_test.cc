// How often, and how much at once.

#include <latch>

#include "common/obs/metrics.h"
#include "common/rpc/gate_testing.h"
#include "common/rpc/status.h"

namespace tc::rpc {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;
using testing::StringBody;

TEST_F(GateTest, RefusesWhatItsWorkersCannotTake) {
  std::latch busy(1);
  std::latch release(1);
  ASSERT_TRUE(gate_->TryRun([&] {
    busy.count_down();
    release.wait();
  }));
  busy.wait();
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(gate_->TryRun([] {}));
  EXPECT_FALSE(gate_->TryRun([] {}));
  const Method& read = *methods_.at("Read");
  const auto overloaded = [&] {
    return FromWire(gate_->Overloaded(read, gate_->Receive(read, {}, Room::kTaken, now_)));
  };
  EXPECT_THAT(overloaded(), Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  gate_->Close();
  EXPECT_THAT(overloaded(), Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  EXPECT_EQ(read.in_flight->value(), 0);
  release.count_down();
  EXPECT_TRUE(gate_->Drain());
}

// API-13.
TEST_F(GateTest, LimitsHowOftenAPersonCallsWhicheverPeerCarriesHim) {
  SignIn("alice");
  for (int i = 0; i < 20; ++i) {
    authenticator_->peer = Peer{Role::kPortal, i % 2 == 0 ? "web" : "mobile"};
    ASSERT_THAT(Refusing("Read", ""), IsOk());
  }
  StringBody body = BodyOf("Read", "");
  const absl::Status status = Send("Read", body).status;
  EXPECT_THAT(status, Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
  EXPECT_FALSE(body.read());
  const absl::Duration wait = RetryAfterOf(status).value_or(absl::ZeroDuration());
  EXPECT_GT(wait, absl::ZeroDuration());
  EXPECT_LE(wait, absl::Milliseconds(101));
  SignIn("boris");
  EXPECT_THAT(Refusing("Read", ""), IsOk());
  SignIn("alice");
  now_ += absl::ToChronoMilliseconds(wait);
  EXPECT_THAT(Refusing("Read", ""), IsOk());
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
}

// C-W 74.
TEST_F(GateTest, LimitsHowOftenAPeerCallsBeforeItAsksForThePerson) {
  obs::Counter& limited = obs::GetCounter("tc_rpc_limited_total", "", {{"kind", "peer"}});
  const double before = limited.value();
  for (int i = 0; i < 50; ++i) ASSERT_THAT(Refusing("Read", ""), IsOk());
  authenticator_->asked.clear();
  const absl::Status status = Refusing("Read", "");
  EXPECT_THAT(status, Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
  EXPECT_TRUE(RetryAfterOf(status).has_value());
  EXPECT_THAT(authenticator_->asked, ElementsAre("peer"));
  EXPECT_EQ(limited.value(), before + 1);
  authenticator_->peer = Peer{Role::kPortal, "mobile"};
  EXPECT_THAT(Refusing("Read", ""), IsOk()) << "others are unaffected";
}

TEST_F(GateTest, LimitsAlsoHowOftenAPeerAsksForWhatItMayNot) {
  authenticator_->peer = Peer{Role::kBank, "sber"};
  for (int i = 0; i < 50; ++i)
    ASSERT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
}

TEST_F(GateTest, LetsAServiceCallAsOftenAsItMust) {
  authenticator_->peer = Peer{Role::kService, "recovery"};
  SignIn("alice");
  for (int i = 0; i < 200; ++i) ASSERT_THAT(Refusing("Reset", ""), IsOk());
}

// One worker and seven places: three quarters of them for one peer.
TEST_F(GateTest, KeepsRoomForOthersBesideAnyOnePeer) {
  const Method& reset = *methods_.at("Reset");
  authenticator_->peer = Peer{Role::kService, "recovery"};
  std::vector<Admission> under_way;
  for (int i = 0; i < 6; ++i) {
    under_way.push_back(gate_->Receive(reset, {}, Room::kTaken, now_));
    ASSERT_THAT(under_way.back().status, IsOk());
  }
  const absl::Status full = Refusing("Reset", "");
  EXPECT_THAT(full, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  EXPECT_TRUE(RetryAfterOf(full).has_value());
  const Admission at_once = gate_->Receive(reset, {}, Room::kNone, now_);
  EXPECT_THAT(at_once.status, IsOk()) << "what is answered at once takes no room";
  gate_->Settle(reset, at_once, absl::OkStatus());
  authenticator_->peer = Peer{Role::kPortal, "web"};
  EXPECT_THAT(Refusing("Read", ""), IsOk());
  authenticator_->peer = Peer{Role::kService, "recovery"};
  gate_->Settle(reset, under_way.back(), absl::OkStatus());
  EXPECT_THAT(Refusing("Reset", ""), IsOk());
  gate_->Overloaded(reset, under_way[0]);
  EXPECT_THAT(gate_->Receive(reset, {}, Room::kTaken, now_).status, IsOk());
}

// Every way in which a stream ends gives its place back.
TEST_F(GateTest, KeepsPlacesForOthersBesideTheStreamsOfAnyOnePeer) {
  const Method& read = *methods_.at("Read");
  const auto open = [&](const Method& method) { return gate_->Receive(method, {}, Room::kStream, now_); };
  std::vector<Admission> streams;
  for (int i = 0; i < 192; ++i) {
    if (i % 40 == 0) now_ += std::chrono::seconds(1);
    streams.push_back(open(read));
    ASSERT_THAT(streams.back().status, IsOk());
  }
  const Admission full = open(read);
  EXPECT_THAT(full.status, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  gate_->Settle(read, full, full.status);
  EXPECT_THAT(Refusing("Read", ""), IsOk()) << "streams are not calls";
  authenticator_->peer = Peer{Role::kPortal, "mobile"};
  EXPECT_THAT(open(read).status, IsOk());
  authenticator_->peer = Peer{Role::kPortal, "web"};
  gate_->Settle(read, streams[0], absl::OkStatus());
  gate_->Overloaded(read, streams[1]);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(open(read).status, IsOk());
  EXPECT_THAT(open(read).status, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
}

}  // namespace
}  // namespace tc::rpc

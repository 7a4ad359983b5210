// Somebody sends codes to numbers of his own, or of a partner's, for the gateways' money (SND-03, SND-08).
// Each trace must end within 60 messages; whoever enters his codes must not notice, and no contact's approval
// may be kept back.

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "common/obs/log.h"
#include "common/testing/status.h"
#include "services/otp/rpc/sends_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;

// A million numbers, ten thousand of them in each block.
int Scattered(int n) { return n * 7919 % 1000000; }
int OneBlock(int n) { return n * 37 % 10000; }

struct Trace {
  const char* name;
  pb::Purpose purpose;
  int (*number)(int n);
  absl::Duration pause;
  absl::Duration length;
};

const Trace kTraces[] = {
    {"fast, one block", pb::PURPOSE_PHONE_BINDING, OneBlock, absl::Seconds(5), absl::Minutes(80)},
    {"fast, a range of a million", pb::PURPOSE_PHONE_BINDING, Scattered, absl::Seconds(5), absl::Minutes(80)},
    {"slow, one block", pb::PURPOSE_PHONE_BINDING, OneBlock, absl::Seconds(31), absl::Hours(6)},
    {"slower, one block", pb::PURPOSE_PHONE_BINDING, OneBlock, absl::Minutes(10), absl::Hours(24)},
    {"slow, a range of a million", pb::PURPOSE_PHONE_BINDING, Scattered, absl::Seconds(13), absl::Hours(3)},
    {"claims, fast, one block", pb::PURPOSE_RECOVERY_CLAIM, OneBlock, absl::Seconds(5), absl::Minutes(80)},
    {"claims, slow, one block", pb::PURPOSE_RECOVERY_CLAIM, OneBlock, absl::Seconds(31), absl::Hours(6)},
};

struct Played {
  int pumped = 0;     // messages of the trace at the provider
  int approvals = 0;  // contacts' codes asked for meanwhile, in the same numbers
  int approvals_sent = 0;
};

Played Play(Bench& bench, const Trace& trace) {
  Played played;
  const int steps = static_cast<int>(trace.length / trace.pause);
  for (int n = 0; n < steps; ++n) {
    bench.clock.Advance(trace.pause);
    bench.RunTimers();
    const absl::Status asked = Ask(
        bench, {.id = absl::StrCat("p", n), .phone = NumberIn(trace.number(n)), .purpose = trace.purpose});
    if (!asked.ok()) {
      EXPECT_THAT(asked, Refused(kResourceExhausted, Reason::kPrefixThrottled));
    }
    if (n % 25 == 0) {
      ++played.approvals;
      EXPECT_THAT(Ask(bench, {.id = absl::StrCat("a", n),
                              .phone = NumberIn(trace.number(n + 1)),
                              .purpose = pb::PURPOSE_RECOVERY_APPROVAL}),
                  IsOk());
    }
    bench.Dispatch();
  }
  for (const Message& message : bench.provider.sent())
    ++(message.template_name == "CODE_RECOVERY_APPROVAL" ? played.approvals_sent : played.pumped);
  return played;
}

TEST(Pumping, EndsWithinSixtyMessages) {  // SND-08
  for (const Trace& trace : kTraces) {
    Bench bench;
    const Played played = Play(bench, trace);
    EXPECT_LE(played.pumped, 60) << trace.name;
    EXPECT_GE(played.pumped, 40) << trace.name << ": it was stopped before it could be told";
    EXPECT_EQ(played.approvals_sent, played.approvals) << trace.name;
    EXPECT_FALSE(EventsOf(bench, "PrefixBlocked").empty()) << trace.name;
  }
}

TEST(Pumping, GoesOnWithoutTheMonitor) {
  Policy policy;
  policy.conversion_block = 0;
  Bench bench(policy);
  EXPECT_GT(Play(bench, kTraces[0]).pumped, 120) << "else the test above shows nothing";
}

TEST(PumpingClaims, AreAnsweredAsIfTheyWereSent) {
  Bench bench;
  Play(bench, {"", pb::PURPOSE_RECOVERY_CLAIM, OneBlock, absl::Seconds(3), absl::Hours(1)});
  const size_t sent = bench.provider.sent().size();
  ASSERT_OK_AND_ASSIGN(const pb::Verification kept,
                       bench.Create(RequestOf(
                           {.id = "kept", .phone = NumberIn(9999), .purpose = pb::PURPOSE_RECOVERY_CLAIM})));
  ASSERT_OK_AND_ASSIGN(
      const pb::Verification usual,
      bench.Create(RequestOf(
          {.id = "usual", .phone = NumberIn(9999, "+79851"), .purpose = pb::PURPOSE_RECOVERY_CLAIM})));
  EXPECT_EQ(kept.state(), pb::Verification::STATE_PENDING);
  EXPECT_EQ(kept.progress().DebugString(), usual.progress().DebugString());
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), sent + 1);
  pb::GetDeliveryRequest request;
  request.set_name(kept.delivery());
  ASSERT_OK_AND_ASSIGN(const pb::Delivery delivery, bench.deliveries.GetDelivery(bench.From(), request));
  EXPECT_EQ(delivery.state(), pb::Delivery::STATE_REJECTED);
  EXPECT_EQ(delivery.attempts(0).outcome(), "PREFIX_THROTTLED");
  bench.clock.Advance(absl::Seconds(60));
  EXPECT_THAT(bench.Resend("kept"), IsOk()) << "a resend is answered alike";
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), sent + 1);
}

TEST(Block, IsToldOnceAndTellsNoNumber) {
  std::vector<std::string> warnings;
  obs::SetSink([&](absl::string_view line) { warnings.emplace_back(line); });
  Bench bench;
  Play(bench, {"", pb::PURPOSE_PHONE_BINDING, OneBlock, absl::Seconds(31), absl::Minutes(75)});
  obs::SetSink(nullptr);
  const std::vector<kv::Event> events = EventsOf(bench, "PrefixBlocked");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].attributes.at("prefix"), "+7916100****");
  EXPECT_EQ(events[0].attributes.at("purpose"), "PHONE_BINDING");
  EXPECT_FALSE(events[0].attributes.at("until").empty());
  int told = 0;
  for (const std::string& line : warnings) told += absl::StrContains(line, "blocked") ? 1 : 0;
  EXPECT_EQ(told, 1);
}

TEST(Block, IsOfItsPurposeAndItsNumbersOnly) {
  Bench bench;
  Play(bench, {"", pb::PURPOSE_RECOVERY_CLAIM, OneBlock, absl::Seconds(31), absl::Hours(1)});
  EXPECT_THAT(Ask(bench, {.id = "x", .phone = NumberIn(9999)}), IsOk()) << "a binding in the same block";
  const size_t before = bench.provider.sent().size();
  EXPECT_THAT(Ask(bench, {.id = "y", .phone = NumberIn(19999), .purpose = pb::PURPOSE_RECOVERY_CLAIM}),
              IsOk());
  EXPECT_THAT(Ask(bench, {.id = "z", .phone = NumberIn(9998), .purpose = pb::PURPOSE_SECOND_FACTOR}), IsOk());
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), before + 3);
}

TEST(Block, EndsAndComesBackLongerWhileNothingChanges) {
  Bench bench;
  Play(bench, {"", pb::PURPOSE_PHONE_BINDING, OneBlock, absl::Seconds(31), absl::Hours(1)});
  const size_t sent = bench.provider.sent().size();
  const absl::Status first = Ask(bench, {.id = "x", .phone = NumberIn(9999)});
  ASSERT_THAT(first, Refused(kResourceExhausted, Reason::kPrefixThrottled));
  bench.clock.Advance(*RetryAfterOf(first));
  const absl::Status second = Ask(bench, {.id = "x", .phone = NumberIn(9999)});
  ASSERT_THAT(second, Refused(kResourceExhausted, Reason::kPrefixThrottled));
  EXPECT_EQ(RetryAfterOf(second), absl::Hours(2));
  bench.clock.Advance(absl::Hours(26));
  EXPECT_THAT(Ask(bench, {.id = "x", .phone = NumberIn(9999)}), IsOk()) << "the bad day is over";
  bench.Dispatch();
  EXPECT_GT(bench.provider.sent().size(), sent);
}

TEST(HonestPeople, AreNeverBlocked) {  // three of five codes are entered
  Bench bench;
  int asked = 0;
  for (int n = 0; n < 400; ++n) {
    bench.clock.Advance(absl::Seconds(31));
    bench.RunTimers();
    const Asking asking{.id = absl::StrCat("h", n), .phone = NumberIn(OneBlock(n))};
    ASSERT_THAT(Ask(bench, asking), IsOk()) << n;
    ++asked;
    bench.Dispatch();
    if (n * 7919 % 5 < 3) {
      ASSERT_TRUE(Enter(bench, asking, CodeTo(bench, asking.phone))) << n;
    }
  }
  EXPECT_EQ(bench.provider.sent().size(), static_cast<size_t>(asked));
  EXPECT_TRUE(EventsOf(bench, "PrefixBlocked").empty());
  EXPECT_TRUE(EventsOf(bench, "ConversionLow").empty());
}

}  // namespace
}  // namespace tc::otp

// Every code that was sent is settled once (SND-09), and operators are told where few are entered (SND-08).

#include "services/otp/rpc/conversions.h"

#include <gtest/gtest.h>

#include "common/obs/metrics.h"
#include "common/testing/status.h"
#include "services/otp/rpc/sends_testing.h"
#include "services/otp/store/limit_store.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

using testing::IsOk;

struct Sums {
  int64_t entered = 0;
  int64_t not_entered = 0;
};

Sums SumOf(Bench& bench, Scope scope) {
  Sums sums;
  EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) {
    return VisitConversions(txn, scope, [&](const ConversionKey&, const Conversion& conversion) {
      sums.entered += CountIn(conversion.entered, bench.clock.Now(), absl::Hours(25));
      sums.not_entered += CountIn(conversion.not_entered, bench.clock.Now(), absl::Hours(25));
      return true;
    });
  }),
              IsOk());
  return sums;
}

// Present codes that a provider has and nobody has settled.
int Live(Bench& bench, int people) {
  int live = 0;
  EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    for (int n = 0; n < people; ++n) {
      const auto v = TRY(FindVerification(txn, VerificationId::FromTrusted(absl::StrCat("s", n))));
      if (v.has_value() && !v->settled) ++live;
    }
    return absl::OkStatus();
  }),
              IsOk());
  return live;
}

// What a person does with his code: enters it, twice; wrong ones until it is locked; resends and enters;
// cancels; asks anew; lets it expire; uses the approval or lets that expire.
void Behave(Bench& bench, const Asking& asking, int habit) {
  const std::string code = CodeTo(bench, asking.phone);
  switch (habit) {
    case 0:
      EXPECT_TRUE(Enter(bench, asking, code));
      Enter(bench, asking, code);
      break;
    case 1:
      for (int i = 0; i < 6; ++i) Enter(bench, asking, WrongFor(code));
      break;
    case 2:
      bench.clock.Advance(absl::Seconds(60));
      EXPECT_THAT(bench.Resend(asking.id), IsOk());
      bench.Dispatch();
      EXPECT_TRUE(Enter(bench, asking, CodeTo(bench, asking.phone)));
      break;
    case 3:
    case 4: {
      if (habit == 4) Enter(bench, asking, code);
      pb::CancelVerificationRequest request;
      request.set_name(absl::StrCat("verifications/", asking.id));
      EXPECT_THAT(bench.verifications.CancelVerification(bench.From(), request), IsOk());
      break;
    }
    default:
      break;
  }
}

TEST(Codes, AreSentEnteredOrNotOrStillLive) {  // SND-09
  Bench bench(NoDelays());
  int people = 0;
  for (; people < 140; ++people) {
    bench.clock.Advance(absl::Seconds(31));
    const Asking asking{.id = absl::StrCat("s", people), .phone = NumberIn(people)};
    ASSERT_THAT(Ask(bench, asking), IsOk());
    bench.Dispatch();
    Behave(bench, asking, people % 7);
    if (people % 3 == 0) bench.RunTimers();
    const Sums sums = SumOf(bench, Scope::kProvider);
    ASSERT_EQ(static_cast<int64_t>(bench.provider.sent().size()),
              sums.entered + sums.not_entered + Live(bench, people + 1));
  }
  bench.clock.Advance(absl::Minutes(30));
  bench.RunTimers();
  EXPECT_EQ(Live(bench, people), 0);
  const Sums all = SumOf(bench, Scope::kProvider);
  EXPECT_EQ(all.entered, 60) << "three habits of seven";
  EXPECT_EQ(all.not_entered, 100) << "four of seven, and what those who resent did not enter";
  for (const Scope scope : {Scope::kPrefix, Scope::kRange}) {
    EXPECT_EQ(SumOf(bench, scope).entered, all.entered);
    EXPECT_EQ(SumOf(bench, scope).not_entered, all.not_entered);
  }
}

TEST(Codes, ThatNoProviderHadSayNothing) {
  Bench bench;
  const Asking withdrawn{.id = "s0", .phone = NumberIn(0)};
  ASSERT_THAT(Ask(bench, withdrawn), IsOk());
  Behave(bench, withdrawn, 3);
  ASSERT_THAT(Ask(bench, {.id = "s1", .purpose = pb::PURPOSE_RECOVERY_CLAIM, .decoy = true}), IsOk());
  bench.Dispatch();
  bench.clock.Advance(absl::Minutes(30));
  bench.RunTimers();
  for (const Scope scope : {Scope::kProvider, Scope::kPrefix, Scope::kRange}) {
    EXPECT_EQ(SumOf(bench, scope).entered + SumOf(bench, scope).not_entered, 0);
  }
}

TEST(Alarm, NamesTheProviderOnceAnHour) {
  Bench bench;
  for (int n = 0; n < 120; ++n) {
    bench.clock.Advance(absl::Minutes(1));
    bench.RunTimers();
    const Asking asking{.id = absl::StrCat("l", n),
                        .phone = NumberIn(n * 10007 % 1000000),
                        .purpose = pb::PURPOSE_SECOND_FACTOR};
    ASSERT_THAT(Ask(bench, asking), IsOk()) << "a second factor is never blocked";
    bench.Dispatch();
    if (n % 3 == 0) {
      ASSERT_TRUE(Enter(bench, asking, CodeTo(bench, asking.phone)));
    }
  }
  const std::vector<kv::Event> events = EventsOf(bench, "ConversionLow");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].attributes.at("purpose"), "SECOND_FACTOR");
  EXPECT_FALSE(events[0].attributes.at("provider").empty());
  EXPECT_GE(events[1].at - events[0].at, absl::Hours(1));
  EXPECT_TRUE(EventsOf(bench, "PrefixBlocked").empty());
  const std::string metrics = obs::RenderMetrics();
  const size_t gauge =
      metrics.find("tc_otp_conversion_ratio{provider=\"fake\",purpose=\"SECOND_FACTOR\"} 0.3");
  EXPECT_NE(gauge, std::string::npos) << "a third is entered";
}

}  // namespace
}  // namespace tc::otp

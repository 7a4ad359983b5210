#include "services/otp/domain/breaker.h"

#include <gtest/gtest.h>

#include "common/testing/noon.h"

namespace tc::otp {
namespace {

using testing::Noon;

// 'x' fails, '.' succeeds; all of it at noon, without probes.
Breaker After(const char* outcomes) {
  Breaker breaker;
  for (const char* at = outcomes; *at != '\0'; ++at) {
    breaker = Record(breaker, 0, *at == 'x' ? BreakerOutcome::kFailure : BreakerOutcome::kSuccess, Noon());
  }
  return breaker;
}

TEST(Breaker, OpensAtFiveFailuresOfTheLastTen) {  // SND-12
  struct Case {
    const char* outcomes;
    bool opens;
  };
  for (const Case& c : std::initializer_list<Case>{{"", false},
                                                   {"xxxx", false},
                                                   {"xxxxx", true},
                                                   {"xxxx.", false},
                                                   {"x.x.x.x.x", true},
                                                   {".....xxxx", false},
                                                   {"x.x.x.x.....x", false},
                                                   {"xxxx......x", false},
                                                   {"xxxx.....x", true},
                                                   {"....................", false}}) {
    EXPECT_EQ(!After(c.outcomes).closed(), c.opens) << c.outcomes;
  }
}

TEST(Breaker, LetsNobodyPassForFifteenSeconds) {
  const Breaker open = After("xxxxx");
  EXPECT_EQ(OpensAt(open, Noon()), Noon() + absl::Seconds(15));
  EXPECT_EQ(Admit(open, Noon() + absl::Milliseconds(14999)), std::nullopt);
  EXPECT_NE(Admit(open, Noon() + absl::Seconds(15)), std::nullopt);
}

TEST(Breaker, LetsOneProbePassAtATime) {
  const absl::Time later = Noon() + absl::Seconds(15);
  const Passage first = *Admit(After("xxxxx"), later);
  EXPECT_NE(first.probe, 0u);
  EXPECT_EQ(Admit(first.after, later), std::nullopt);
  EXPECT_EQ(OpensAt(first.after, later), later + Breaker::kProbePause);
  EXPECT_NE(Admit(Release(first.after, first.probe), later), std::nullopt);
}

TEST(Breaker, ClosesWhenAProbeSucceeds) {
  const Passage probe = *Admit(After("xxxxx"), Noon() + absl::Seconds(15));
  const Breaker closed = Record(probe.after, probe.probe, BreakerOutcome::kSuccess, Noon());
  EXPECT_TRUE(closed.closed());
  EXPECT_EQ(closed.failures, 0u) << "what was before is forgotten";
  EXPECT_EQ(Admit(closed, Noon())->probe, 0u);
}

TEST(Breaker, WaitsTwiceAsLongAfterEachProbeThatFailsAtMostFiveMinutes) {
  Breaker breaker = After("xxxxx");
  absl::Time now = Noon();
  for (const int seconds : {15, 30, 60, 120, 240, 300, 300}) {
    EXPECT_EQ(OpensAt(breaker, now), now + absl::Seconds(seconds));
    now += absl::Seconds(seconds);
    const Passage probe = *Admit(breaker, now);
    breaker = Record(probe.after, probe.probe, BreakerOutcome::kFailure, now);
  }
}

TEST(Breaker, GivesAProbeUpThatNeverTells) {
  const absl::Time since = Noon() + absl::Seconds(15);
  const Passage lost = *Admit(After("xxxxx"), since);
  EXPECT_EQ(Admit(lost.after, since + Breaker::kProbeLimit - absl::Milliseconds(1)), std::nullopt);
  const Passage next = *Admit(lost.after, since + Breaker::kProbeLimit);
  EXPECT_NE(next.probe, lost.probe);
  EXPECT_EQ(Record(next.after, lost.probe, BreakerOutcome::kSuccess, since), next.after) << "too late";
}

TEST(Breaker, DoesNotCountWhatWasUnderWayWhenItOpened) {
  const Breaker open = After("xxxxx");
  EXPECT_EQ(Record(open, 0, BreakerOutcome::kFailure, Noon()), open);
  EXPECT_EQ(Record(open, 0, BreakerOutcome::kSuccess, Noon()), open);
}

}  // namespace
}  // namespace tc::otp

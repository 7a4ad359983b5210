// Whatever persons, portals, officers and time do, linking, recovery and otp do what the model says, and what
// must never happen does not (product rules 1–8). Random commands in two halves, so that two processors can
// share them; the seeds are printed. README.md tells how to play a seed again and how to read what it says.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "common/obs/log.h"
#include "tests/trust/episode.h"

namespace tc::trust {
namespace {

constexpr int64_t kStepsOfAHalf = 50000;

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

// A run in which one of these never succeeds shows nothing about it.
constexpr const char* kMustSucceed[] = {
    "invites",
    "accepts",
    "declines",
    "removes the contact",
    "resigns",
    "reports danger",
    "starts",
    "proves",
    "asks for another code",
    "cancels",
    "cancels his own",
    "says that it was not him",
    "comes in person",
    "a second officer looks",
    "acknowledges",
    "asks for the contact's code",
    "approves",
    "rejects",
    "an operator holds",
    "an operator releases",
    "completes",
    "RECOVERY_PURPOSE_PASSWORD",
    "RECOVERY_PURPOSE_PHONE_CHANGE",
    "RECOVERY_PURPOSE_CONTACT_REMOVAL",
    "RECOVERY_PURPOSE_UNFREEZE",
};

class Trust : public ::testing::Test {
 protected:
  // Refusals and expiries are what happens here.
  void SetUp() override {
    obs::SetSink([](absl::string_view) {});
  }
  void TearDown() override { obs::SetSink(nullptr); }

  // The same commands at each run, so that whoever broke something is told; `TC_SEED=random` looks further.
  static uint64_t SeedOr(uint64_t usual) {
    const char* text = std::getenv("TC_SEED");
    if (text == nullptr) return usual;
    if (std::string(text) == "random") return std::random_device()();
    return static_cast<uint64_t>(std::atoll(text));
  }

  void PlayHalf(uint64_t usual_seed) {
    const uint64_t seed = SeedOr(usual_seed);
    const int64_t steps = FromEnvironment("TC_STEPS", kStepsOfAHalf);
    std::printf("TC_SEED=%llu TC_STEPS=%lld\n", static_cast<unsigned long long>(seed),
                static_cast<long long>(steps));
    Playing run = PlayRandomly(seed, steps);
    ASSERT_FALSE(run.failure.has_value()) << "TC_SEED=" << seed << " TC_STEPS=" << run.steps << "\n"
                                          << InWords(*run.failure);
    for (const char* const what : kMustSucceed) {
      const int64_t count = run.accepted[what];
      std::printf("%8lld  %s\n", static_cast<long long>(count), what);
      if (steps >= kStepsOfAHalf) {
        EXPECT_GT(count, 0) << what;
      }
    }
  }
};

TEST_F(Trust, KeepsItsRulesWhateverHappensFirstHalf) { PlayHalf(1); }

TEST_F(Trust, KeepsItsRulesWhateverHappensSecondHalf) { PlayHalf(2); }

}  // namespace
}  // namespace tc::trust

// Whatever persons, portals, officers and time do, linking, recovery and otp do what the model says, and what
// must never happen does not (product rules 1–8). Random commands; the seed is printed. TC_SEED and TC_STEPS
// play a run again or a longer one.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "common/obs/log.h"
#include "tests/trust/episode.h"

namespace tc::trust {
namespace {

constexpr int64_t kSteps = 100000;
constexpr int64_t kStepsForAPlantedFault = 20000;
constexpr size_t kShort = 40;

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

std::string Told(const Failure& failure) {
  std::string told = failure.complaint + "\nprofile " + failure.setup.profile;
  for (const auto& [key, value] : failure.setup.overrides) told += ", " + key + "=" + value;
  return told + "\n" + failure.story;
}

class Trust : public ::testing::Test {
 protected:
  // Refusals and expiries are what happens here.
  void SetUp() override {
    obs::SetSink([](absl::string_view) {});
  }
  void TearDown() override { obs::SetSink(nullptr); }
};

TEST_F(Trust, KeepsItsRulesWhateverHappens) {
  const auto seed = static_cast<uint64_t>(FromEnvironment("TC_SEED", std::random_device()()));
  const int64_t steps = FromEnvironment("TC_STEPS", kSteps);
  std::printf("TC_SEED=%llu TC_STEPS=%lld\n", static_cast<unsigned long long>(seed),
              static_cast<long long>(steps));
  const Playing run = PlayRandomly(seed, steps);
  ASSERT_FALSE(run.failure.has_value()) << "TC_SEED=" << seed << " TC_STEPS=" << run.steps << "\n"
                                        << Told(*run.failure);
  // A run in which an act never succeeds shows nothing about it.
  for (const Act act :
       {Act::kInvite, Act::kAccept, Act::kDecline, Act::kRemove, Act::kResign, Act::kDanger, Act::kStart,
        Act::kVerify, Act::kResend, Act::kCancel, Act::kAcknowledge, Act::kSendCode, Act::kApprove,
        Act::kReject, Act::kHold, Act::kRelease, Act::kComplete}) {
    const auto found = run.accepted.find(act);
    const int64_t count = found == run.accepted.end() ? 0 : found->second;
    std::printf("%8lld  %s\n", static_cast<long long>(count), std::string(Name(act)).c_str());
    if (steps >= kSteps) EXPECT_GT(count, 0) << Name(act);
  }
}

struct Fault {
  const char* name;
  Planted planted;
};

class PlantedFault : public Trust, public ::testing::WithParamInterface<Fault> {};

TEST_P(PlantedFault, IsFoundAndToldInFewWords) {
  const Playing run = PlayRandomly(1, kStepsForAPlantedFault, GetParam().planted);
  ASSERT_TRUE(run.failure.has_value()) << "this run would not have seen it";
  EXPECT_LE(run.failure->commands.size(), kShort) << Told(*run.failure);
  std::printf("found after %lld steps:\n%s\n", static_cast<long long>(run.steps), Told(*run.failure).c_str());
}

INSTANTIATE_TEST_SUITE_P(All, PlantedFault,
                         ::testing::Values(Fault{"HoldsNobody", Planted::kHoldsNobody},
                                           Fault{"StaleGuard", Planted::kStaleGuard},
                                           Fault{"ProofsForEver", Planted::kProofsForEver},
                                           Fault{"EndlessGuesses", Planted::kEndlessGuesses},
                                           Fault{"EndsNeverHeardOf", Planted::kEndsNeverHeardOf}),
                         [](const auto& fault) { return std::string(fault.param.name); });

}  // namespace
}  // namespace tc::trust

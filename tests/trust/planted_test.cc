// Faults that are planted in the world are found by the same commands, and told in few words: the property
// test would have seen them.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "common/obs/log.h"
#include "tests/trust/episode.h"

namespace tc::trust {
namespace {

constexpr uint64_t kSeed = 1;
constexpr int64_t kSteps = 20000;
constexpr size_t kFew = 40;

struct Fault {
  const char* name;
  Planted planted;
};

class PlantedFault : public ::testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    obs::SetSink([](absl::string_view) {});
  }
  void TearDown() override { obs::SetSink(nullptr); }
};

TEST_P(PlantedFault, IsFoundAndToldInFewWords) {
  const Playing run = PlayRandomly(kSeed, kSteps, GetParam().planted);
  ASSERT_TRUE(run.failure.has_value()) << "this run would not have seen it";
  EXPECT_LE(run.failure->commands.size(), kFew) << InWords(*run.failure);
  std::printf("found after %lld steps:\n%s\n", static_cast<long long>(run.steps),
              InWords(*run.failure).c_str());
}

INSTANTIATE_TEST_SUITE_P(All, PlantedFault,
                         ::testing::Values(Fault{"HoldsNobody", Planted::kHoldsNobody},
                                           Fault{"StaleGuard", Planted::kStaleGuard},
                                           Fault{"ProofsForEver", Planted::kProofsForEver},
                                           Fault{"EndlessGuesses", Planted::kEndlessGuesses},
                                           Fault{"EndsNeverHeardOf", Planted::kEndsNeverHeardOf},
                                           Fault{"AnyDocument", Planted::kAnyDocument},
                                           Fault{"NoticesLost", Planted::kNoticesLost},
                                           Fault{"NoticesTwice", Planted::kNoticesTwice}),
                         [](const auto& fault) { return std::string(fault.param.name); });

}  // namespace
}  // namespace tc::trust

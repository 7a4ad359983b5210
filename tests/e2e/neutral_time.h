#pragma once

// For tests that the time of an answer tells nothing of anybody's account (REC-01, LNK-07): samples of 2,000
// each, against the real programs, in an order that chance decides.

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/testing/status.h"
#include "common/testing/two_sample.h"
#include "tests/e2e/world.h"

namespace tc::e2e {

using dev::Citizen;
using testing::AreaUnderCurve;
using testing::Durations;
using testing::IsOk;
using testing::Median;

inline constexpr int kSamples = 2000;
inline constexpr double kTelling = 0.05;  // further than this from one half would tell
inline constexpr absl::Duration kMedianApart = absl::Milliseconds(1);
inline constexpr int kTries = 3;  // a disturbance passes, a difference stays

// A kind of call: `call` makes the nth of its kind, whose time is taken; `after` cleans up.
struct Kind {
  std::string name;
  std::function<absl::Status(int nth)> call;
  std::function<absl::Status(int nth)> after = [](int) { return absl::OkStatus(); };
};

inline absl::Duration Took(const std::function<absl::Status()>& call) {
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status = call();
  const auto end = std::chrono::steady_clock::now();
  EXPECT_THAT(status, IsOk());
  return absl::FromChrono(end - start);
}

inline std::map<std::string, Durations> Measure(const std::vector<Kind>& kinds) {
  std::vector<size_t> order;
  for (size_t kind = 0; kind < kinds.size(); ++kind) order.insert(order.end(), kSamples, kind);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::map<std::string, Durations> samples;
  std::vector<int> count(kinds.size());
  for (const size_t kind : order) {
    const int nth = count[kind]++;
    samples[kinds[kind].name].push_back(Took([&] { return kinds[kind].call(nth); }));
    EXPECT_THAT(kinds[kind].after(nth), IsOk());
    if (::testing::Test::HasFailure()) break;
  }
  return samples;
}

// Which samples can be told from the one named `first`; each with its numbers.
inline std::vector<std::string> Telling(const std::map<std::string, Durations>& samples,
                                        const std::string& first) {
  std::vector<std::string> telling;
  const Durations& base = samples.at(first);
  for (const auto& [name, sample] : samples) {
    if (sample.size() != kSamples) return {"not all calls worked"};
    const double area = AreaUnderCurve(base, sample);
    const absl::Duration apart = Median(sample) - Median(base);
    const std::string line =
        absl::StrFormat("%-28s median %s, area %.3f", name, absl::FormatDuration(Median(sample)), area);
    std::printf("    %s\n", line.c_str());
    if (std::abs(area - 0.5) >= kTelling || absl::AbsDuration(apart) >= kMedianApart) telling.push_back(line);
  }
  return telling;
}

inline std::vector<std::string> Telling(const std::vector<Kind>& kinds) {
  return Telling(Measure(kinds), kinds.front().name);
}

// `measure` gives what could be told.
inline void ExpectOnceNoneTelling(const std::function<std::vector<std::string>(int attempt)>& measure) {
  std::vector<std::string> telling;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    telling = measure(attempt);
    if (telling.empty() || ::testing::Test::HasFailure()) break;
  }
  EXPECT_THAT(telling, ::testing::IsEmpty());
}

inline void ExpectNothingTold(const std::function<std::vector<Kind>(int attempt)>& kinds) {
  ExpectOnceNoneTelling([&](int attempt) { return Telling(kinds(attempt)); });
}

class NeutralTime : public World {
 protected:
  static void SetUpTestSuite() {
    Overrides() = dev::GenerousLimits();
    Overrides().insert(Overrides().end(), {"recovery.starts_per_day=10", "otp.failures_per_hour=1000000"});
    World::SetUpTestSuite();
  }

  NeutralTime() : people_(People()) {}

  std::vector<Citizen> Crowd(const std::string& name, int size) {
    std::vector<Citizen> crowd;
    for (int i = 0; i < size; ++i) {
      crowd.push_back(Someone(name));
      EXPECT_THAT(people_.Admit(crowd.back()), IsOk());
    }
    return crowd;
  }

  dev::People people_;
};

}  // namespace tc::e2e

// Limits of sends when everybody asks at once: they are counted in the transaction of the send.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>

#include "common/kv/testing.h"
#include "common/testing/at_once.h"
#include "services/otp/rpc/sends_testing.h"

namespace tc::otp {
namespace {

Asking Nth(int n) { return {.id = absl::StrCat("n", n), .phone = NumberIn(n * 10007 % 1000000)}; }

Asking FromClient(int n, const char* address, const char* device) {
  Asking asking = Nth(n);
  asking.address = address;
  asking.device = device;
  return asking;
}

int MadeAtOnce(Bench& bench, const std::function<Asking(int)>& nth) {
  std::atomic<int> made{0};
  testing::AtOnce(32, [&](int thread) {
    if (Ask(bench, nth(thread)).ok()) ++made;
  });
  return made;
}

struct Crowd {
  const char* name;
  std::function<Asking(int)> nth;
  int allowed;
};

std::vector<Crowd> Crowds() {
  const auto alice = [](int n) {
    Asking asking = Nth(n);
    asking.subject = "accounts/alice";
    return asking;
  };
  const auto neighbour = [](int n) { return Asking{.id = absl::StrCat("b", n), .phone = NumberIn(n)}; };
  return {{"account", alice, 10},
          {"client", [](int n) { return FromClient(n, "192.0.2.7", ""); }, 10},
          {"device", [](int n) { return FromClient(n, "", "phone"); }, 10},
          {"prefix", neighbour, 20},
          {"budget", [](int n) { return Nth(n); }, 25}};
}

Policy BudgetOf25() {
  Policy policy;
  policy.budget_sms = 25;
  return policy;
}

TEST(AtOnce, NoLimitIsExceeded) {
  for (const Crowd& crowd : Crowds()) {
    Bench bench(BudgetOf25());
    EXPECT_EQ(MadeAtOnce(bench, crowd.nth), crowd.allowed) << crowd.name;
  }
}

TEST(AtOnce, LimitsBreakInAStoreThatDoesNotSerialise) {
  for (const Crowd& crowd : Crowds()) {
    int most = 0;
    for (int round = 0; round < 50 && most <= crowd.allowed; ++round) {
      Bench bench(BudgetOf25(), kv::InMemoryForTest(testing::Unserialised()));
      most = std::max(most, MadeAtOnce(bench, crowd.nth));
    }
    EXPECT_GT(most, crowd.allowed) << crowd.name
                                   << ": the mutant must break it, or the test above shows nothing";
  }
}

}  // namespace
}  // namespace tc::otp

// REC-01, LNK-07: the time of an answer does not tell whether there is such a person. A test of
// distributions: medians of a loop in turns whose order is shuffled.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using testing::IsOk;

constexpr int kSamples = 2000;      // of each kind
constexpr double kTolerance = 1.5;  // the longest median by the shortest; without the stand-ins 2 and 6
constexpr int kRuns = 3;            // something else may disturb one

double MedianOf(std::vector<double> durations) {
  std::nth_element(durations.begin(), durations.begin() + kSamples / 2, durations.end());
  return durations[kSamples / 2];
}

// Medians in microseconds of the work done for each kind.
std::vector<double> Medians(const std::vector<std::function<void()>>& kinds) {
  std::mt19937 order(1);
  std::vector<std::vector<double>> durations(kinds.size());
  std::vector<size_t> turn(kinds.size());
  for (size_t i = 0; i < kinds.size(); ++i) turn[i] = i;
  for (int i = 0; i < kSamples; ++i) {
    std::shuffle(turn.begin(), turn.end(), order);
    for (const size_t kind : turn) {
      const auto start = std::chrono::steady_clock::now();
      kinds[kind]();
      const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
      durations[kind].push_back(took.count());
    }
  }
  std::vector<double> medians;
  for (const std::vector<double>& some : durations) medians.push_back(MedianOf(some));
  return medians;
}

void ExpectAlike(const std::vector<const char*>& names, const std::vector<std::function<void()>>& kinds) {
  for (int run = 1; run <= kRuns; ++run) {
    const std::vector<double> medians = Medians(kinds);
    for (size_t i = 0; i < names.size(); ++i) std::printf("%-24s %8.1f us\n", names[i], medians[i]);
    const auto [least, most] = std::minmax_element(medians.begin(), medians.end());
    if (*most <= kTolerance * *least) return;
  }
  ADD_FAILURE() << "medians differ";
}

class LookupTiming : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(world_.Citizen("anna", 1, "Анна"), IsOk());
    ASSERT_THAT(world_.Citizen("petr", 2, "Пётр"), IsOk());
    ASSERT_THAT(world_.Citizen("blocked", 3, "Олег"), IsOk());
    ASSERT_THAT(world_.Block("blocked"), IsOk());
  }
  std::function<void()> ByPhone(int n) {
    return [this, n] {
      pb::LookupAccountRequest in;
      in.set_phone(PhoneNumber(n));
      (void)world_.handlers().eligibility.LookupAccount(world_.Service("recovery"), in);
    };
  }
  std::function<void()> ByEmail(const std::string& id) {
    return [this, id] {
      pb::LookupAccountRequest in;
      in.set_email(id + "@example.org");
      (void)world_.handlers().eligibility.LookupAccount(world_.Service("recovery"), in);
    };
  }
  std::function<void()> BySnils(int n) {
    return [this, n] {
      pb::LookupAccountRequest in;
      in.set_snils(SnilsNumber(n));
      (void)world_.handlers().eligibility.LookupAccount(world_.Service("recovery"), in);
    };
  }
  std::function<void()> ById(const std::string& id) {
    return [this, id] {
      pb::LookupAccountRequest in;
      in.set_account("accounts/" + id);
      (void)world_.handlers().eligibility.LookupAccount(world_.Service("recovery"), in);
    };
  }
  std::function<void()> Match(const std::string& first_name, int n) {
    return [this, first_name, n] {
      pb::MatchContactRequest in;
      in.set_principal("accounts/anna");
      in.set_first_name(first_name);
      in.set_phone(PhoneNumber(n));
      (void)world_.handlers().eligibility.MatchContact(world_.Service("linking"), in);
    };
  }
  World world_{TestPolicy(), {}};
};

TEST_F(LookupTiming, OfLookupAccountTellsNobodyFromSomebody) {  // REC-01
  ExpectAlike({"phone: known", "phone: unknown", "phone: blocked"}, {ByPhone(2), ByPhone(9), ByPhone(3)});
  ExpectAlike({"e-mail: known", "e-mail: unknown"}, {ByEmail("petr"), ByEmail("nobody")});
  ExpectAlike({"SNILS: known", "SNILS: unknown"}, {BySnils(2), BySnils(9)});
  ExpectAlike({"account: known", "account: unknown"}, {ById("petr"), ById("nobody")});
}

TEST_F(LookupTiming, OfMatchContactTellsNobodyFromSomebody) {  // LNK-07
  ExpectAlike({"match", "no such number", "another name", "blocked"},
              {Match("Пётр", 2), Match("Пётр", 9), Match("Иван", 2), Match("Олег", 3)});
}

}  // namespace
}  // namespace tc::identity

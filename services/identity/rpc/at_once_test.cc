// Everything at once: the promises hold under 64 threads, and they break as soon as the store's serialisation
// is switched off, so that these tests are known to be able to fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using testing::IsOk;
using testing::Refused;

constexpr int kThreads = 64;
constexpr int kRounds = 20;  // of the mutant, at most: it breaks in the first one nearly always

const kv::TestSwitches kSerialised;
kv::TestSwitches Mutant() {
  kv::TestSwitches switches;
  switches.unserialised = true;
  return switches;
}

// Runs `work(i)` on `threads` threads that start together.
template <typename Work>
void AtOnce(int threads, Work work) {
  std::latch start(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

std::string Name(int i) { return absl::StrCat("a", i); }

// 64 accounts prove one number and confirm it all at once. Returns how many own it afterwards.
int OwnersOfOneNumber(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  std::vector<std::string> pending;
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_THAT(world.Bare(Name(i), i), IsOk());
    pending.push_back(world.Bind(world.As(Name(i)), Name(i), "+79161111111")->name());
  }
  std::atomic<int> told = 0;
  std::vector<rpc::Call> calls;
  for (int i = 0; i < kThreads; ++i) calls.push_back(world.As(Name(i)));
  AtOnce(kThreads, [&](int i) {
    const auto bound = world.ConfirmPhone(calls[static_cast<size_t>(i)], pending[static_cast<size_t>(i)]);
    if (bound.ok()) {
      ++told;
    } else if (switches.unserialised == false) {
      EXPECT_THAT(bound, Refused(absl::StatusCode::kFailedPrecondition, Reason::kPhoneBusy));
    }
  });
  int owners = 0;
  for (int i = 0; i < kThreads; ++i)
    owners += world.Phones(Name(i))->phones(0).state() == pb::PHONE_STATE_BOUND ? 1 : 0;
  return std::max(owners, told.load());
}

TEST(ConfirmPhoneAtOnce, GivesANumberToExactlyOneOfSixtyFour) {
  EXPECT_EQ(OwnersOfOneNumber(kSerialised), 1);
}

TEST(ConfirmPhoneAtOnce, WouldGiveItToSeveralWithoutSerialisation) {
  int owners = 1;
  for (int round = 0; round < kRounds && owners <= 1; ++round) owners = OwnersOfOneNumber(Mutant());
  EXPECT_GT(owners, 1);
}

// One recovery's proof is presented 32 times with different passwords. Returns how many took effect.
int ResetsOfOneProof(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  EXPECT_THAT(world.Citizen("ivan", 1), IsOk());
  const std::string proof = world.Proof("ivan", "r1");
  std::atomic<int> done = 0;
  AtOnce(32, [&](int i) {
    if (world.Reset("ivan", proof, absl::StrFormat("Kp7!wQz2x%02dm", i)).ok()) ++done;
  });
  return done;
}

TEST(ResetPasswordAtOnce, UsesAProofOnce) { EXPECT_EQ(ResetsOfOneProof(kSerialised), 1); }

TEST(ResetPasswordAtOnce, WouldUseItSeveralTimesWithoutSerialisation) {
  int done = 1;
  for (int round = 0; round < kRounds && done <= 1; ++round) done = ResetsOfOneProof(Mutant());
  EXPECT_GT(done, 1);
}

TEST(VerifyPasswordAtOnce, CountsEveryWrongOneAndTellsNoMoreThanFive) {
  World world(TestPolicy(), kSerialised);
  ASSERT_THAT(world.Citizen("ivan", 1), IsOk());
  ASSERT_THAT(world.SetPassword("ivan", "", World::kGood), IsOk());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(world.Opens("ivan", "wrong"));
  // The lock has been committed: from then on the right one opens nothing, however many are judged at once.
  std::atomic<int> opened = 0;
  AtOnce(kThreads, [&](int i) {
    if (world.Opens("ivan", i % 2 == 0 ? World::kGood : "wrong")) ++opened;
  });
  EXPECT_EQ(opened, 0);
  EXPECT_EQ(world.Get("ivan")->state(), pb::ACCOUNT_STATE_LOCKED);
}

// Five wrong passwords at once: a lost one leaves the account open. Returns whether it is locked.
bool LockedByFiveAtOnce(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  EXPECT_THAT(world.Citizen("ivan", 1), IsOk());
  EXPECT_THAT(world.SetPassword("ivan", "", World::kGood), IsOk());
  AtOnce(5, [&](int) { EXPECT_FALSE(world.Opens("ivan", "wrong")); });
  return world.Get("ivan")->state() == pb::ACCOUNT_STATE_LOCKED;
}

TEST(VerifyPasswordAtOnce, LosesNoWrongOne) {
  for (int round = 0; round < kRounds; ++round) EXPECT_TRUE(LockedByFiveAtOnce(kSerialised));
}

TEST(VerifyPasswordAtOnce, WouldLoseSomeWithoutSerialisation) {
  bool locked = true;
  for (int round = 0; round < kRounds && locked; ++round) locked = LockedByFiveAtOnce(Mutant());
  EXPECT_FALSE(locked);
}

TEST(SetPasswordAtOnce, TakesOneOfManyAndTellsTheOthersOfTheConflict) {
  World world(TestPolicy(), kSerialised);
  ASSERT_THAT(world.Citizen("ivan", 1), IsOk());
  ASSERT_THAT(world.SetPassword("ivan", "", World::kGood), IsOk());
  std::atomic<int> set = 0;
  AtOnce(16, [&](int i) {
    const auto answer = world.SetPassword("ivan", World::kGood, absl::StrFormat("Kp7!wQz2x%02dm", i));
    if (answer.ok()) ++set;
    // Who read the new password in time is told that the old one is wrong.
    if (!answer.ok()) {
      EXPECT_TRUE(HasReason(answer.status(), Reason::kConflict) ||
                  HasReason(answer.status(), Reason::kPasswordWrong) ||
                  HasReason(answer.status(), Reason::kAccountLocked));
    }
  });
  EXPECT_EQ(set, 1);
}

}  // namespace
}  // namespace tc::identity

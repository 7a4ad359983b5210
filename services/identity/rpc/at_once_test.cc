// Everything at once: the promises hold under 64 threads, and they break as soon as the store's serialisation
// is switched off, so that these tests are known to be able to fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "common/testing/at_once.h"
#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using testing::AtOnce;
using testing::IsOk;
using testing::kRounds;
using testing::kSerialised;
using testing::Refused;
using testing::Unserialised;

constexpr int kThreads = 64;

std::string Name(int i) { return absl::StrCat("a", i); }

// 64 accounts prove one number and confirm it all at once. Returns how many own it afterwards.
int OwnersOfOneNumber(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  std::vector<std::string> pending;
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_THAT(world.Bare(Name(i), i + 1), IsOk());
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

TEST(ConfirmPhoneAtOnce, GivesANumberToExactlyOneOfSixtyFour) {  // IDN-04
  for (int round = 0; round < kRounds; ++round) ASSERT_EQ(OwnersOfOneNumber(kSerialised), 1) << round;
}

TEST(ConfirmPhoneAtOnce, WouldGiveItToSeveralWithoutSerialisation) {
  int owners = 1;
  for (int round = 0; round < kRounds && owners <= 1; ++round) owners = OwnersOfOneNumber(Unserialised());
  EXPECT_GT(owners, 1);
}

// The same of an e-mail address, by 16.
int OwnersOfOneAddress(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  for (int i = 0; i < 16; ++i) {
    EXPECT_THAT(world.Bare(Name(i), i + 1), IsOk());
    EXPECT_THAT(world.BindEmail(Name(i), "one@mail.example"), IsOk());
  }
  AtOnce(16, [&](int i) { (void)world.ConfirmEmail(Name(i)); });
  int owners = 0;
  for (int i = 0; i < 16; ++i) owners += world.Get(Name(i))->masked_email().empty() ? 0 : 1;
  return owners;
}

TEST(ConfirmEmailAtOnce, GivesAnAddressToExactlyOneOfSixteen) {
  for (int round = 0; round < kRounds; ++round) ASSERT_EQ(OwnersOfOneAddress(kSerialised), 1) << round;
}

TEST(ConfirmEmailAtOnce, WouldGiveItToSeveralWithoutSerialisation) {
  int owners = 1;
  for (int round = 0; round < kRounds && owners <= 1; ++round) owners = OwnersOfOneAddress(Unserialised());
  EXPECT_GT(owners, 1);
}

// Four numbers are imported for one account at once: one change is scheduled. Returns how many are.
int ScheduledAtOnce(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  EXPECT_THAT(world.Bare("ivan", 1), IsOk());
  AtOnce(4, [&](int i) { (void)world.Import(world.Post(), "ivan", PhoneNumber(i)); });
  return world.Phones("ivan")->phones_size();
}

TEST(ImportPhoneAtOnce, SchedulesOneChange) {
  for (int round = 0; round < kRounds; ++round) ASSERT_EQ(ScheduledAtOnce(kSerialised), 1) << round;
}

TEST(ImportPhoneAtOnce, WouldScheduleSeveralWithoutSerialisation) {
  int scheduled = 1;
  for (int round = 0; round < kRounds && scheduled <= 1; ++round) scheduled = ScheduledAtOnce(Unserialised());
  EXPECT_GT(scheduled, 1);
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

// Two copies of one reset, the same password under the same proof. Returns how many were refused because the
// password was used before: recovery would take that for a refused password, though it has been set.
int RefusedAsUsedBefore() {
  World world;
  EXPECT_THAT(world.Citizen("ivan", 1), IsOk());
  const std::string proof = world.Proof("ivan", "r1");
  std::atomic<int> refused = 0;
  AtOnce(4, [&](int) {
    const absl::Status status = world.Reset("ivan", proof, "Kp7!wQz2x04dm").status();
    if (HasReason(status, Reason::kPasswordPolicyViolated)) ++refused;
  });
  return refused;
}

TEST(ResetPasswordAtOnce, NeverTakesItsOwnCopyForAnEarlierPassword) {
  for (int round = 0; round < kRounds; ++round) ASSERT_EQ(RefusedAsUsedBefore(), 0) << round;
}

TEST(ResetPasswordAtOnce, UsesAProofOnce) { EXPECT_EQ(ResetsOfOneProof(kSerialised), 1); }

TEST(ResetPasswordAtOnce, WouldUseItSeveralTimesWithoutSerialisation) {
  int done = 1;
  for (int round = 0; round < kRounds && done <= 1; ++round) done = ResetsOfOneProof(Unserialised());
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
  for (int round = 0; round < kRounds && locked; ++round) locked = LockedByFiveAtOnce(Unserialised());
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

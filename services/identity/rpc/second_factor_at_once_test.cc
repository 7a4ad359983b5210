// The second factor when everything happens at once: no code is taken twice and no guess is free, and both
// break as soon as the store's serialisation is switched off.

#include <atomic>

#include "common/testing/at_once.h"
#include "services/identity/rpc/sign_in_testing.h"

namespace tc::identity {
namespace {

using testing::AtOnce;
using testing::IsOk;
using testing::kRounds;
using testing::kSerialised;
using testing::Unserialised;

constexpr int kThreads = 32;

void SignUp(World& world) {
  EXPECT_THAT(world.Citizen("ivan", 1), IsOk());
  EXPECT_THAT(world.SetPassword("ivan", "", World::kGood), IsOk());
}

// One code of the app is entered 32 times at once. Returns how many sign-ins it completed.
int SignInsWithOneCode(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  SignUp(world);
  const Secret key = TakeApp(world, "ivan");
  EXPECT_TRUE(world.Verify("ivan", World::kGood)->second_factor_required());
  const std::string code = AppShows(world, key);
  std::atomic<int> verified = 0;
  AtOnce(kThreads, [&](int) {
    const auto out = EnterCode(world, "ivan", code);
    if (out.ok() && out->verified()) ++verified;
  });
  return verified;
}

TEST(VerifySecondFactorAtOnce, TakesACodeOnce) { EXPECT_EQ(SignInsWithOneCode(kSerialised), 1); }

TEST(VerifySecondFactorAtOnce, WouldTakeItSeveralTimesWithoutSerialisation) {
  int verified = 1;
  for (int round = 0; round < kRounds && verified <= 1; ++round)
    verified = SignInsWithOneCode(Unserialised());
  EXPECT_GT(verified, 1);
}

// 32 wrong codes for one enrolment at once. Returns how many were judged.
int GuessesAtOneEnrolment(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  SignUp(world);
  EXPECT_THAT(Enroll(world, "ivan"), IsOk());
  const std::string wrong = WrongCode(world, FactorsOf(world, "ivan").enrolment->key);
  std::atomic<int> judged = 0;
  AtOnce(kThreads, [&](int) {
    if (HasReason(ConfirmApp(world, "ivan", wrong).status(), Reason::kCodeMismatch)) ++judged;
  });
  return judged;
}

TEST(ConfirmTotpAtOnce, JudgesFiveGuesses) { EXPECT_EQ(GuessesAtOneEnrolment(kSerialised), 5); }

TEST(ConfirmTotpAtOnce, WouldJudgeMoreWithoutSerialisation) {
  int judged = 5;
  for (int round = 0; round < kRounds && judged <= 5; ++round) judged = GuessesAtOneEnrolment(Unserialised());
  EXPECT_GT(judged, 5);
}

// 32 wrong codes at a sign-in at once. Returns how many were judged.
int GuessesAtOneSignIn(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  SignUp(world);
  const Secret key = TakeApp(world, "ivan");
  EXPECT_TRUE(world.Verify("ivan", World::kGood)->second_factor_required());
  const std::string wrong = WrongCode(world, key);
  std::atomic<int> judged = 0;
  AtOnce(kThreads, [&](int) {
    if (EnterCode(world, "ivan", wrong).ok()) ++judged;
  });
  return judged;
}

TEST(VerifySecondFactorAtOnce, JudgesFiveGuesses) { EXPECT_EQ(GuessesAtOneSignIn(kSerialised), 5); }

TEST(VerifySecondFactorAtOnce, WouldJudgeMoreWithoutSerialisation) {
  int judged = 5;
  for (int round = 0; round < kRounds && judged <= 5; ++round) judged = GuessesAtOneSignIn(Unserialised());
  EXPECT_GT(judged, 5);
}

}  // namespace
}  // namespace tc::identity

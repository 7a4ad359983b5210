// A call is cut off at every one of its steps at peers, before the step is done or after it with the answer
// lost; then it is repeated, as itself or as a new request. It ends as if nothing had happened, and nothing
// has happened twice.

#include <gtest/gtest.h>

#include <functional>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using testing::Faults;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::Refused;
using testing::World;

struct CutOff {
  int step;
  Faults::When when;
  bool same_request;
};

std::string Describe(const ::testing::TestParamInfo<CutOff>& info) {
  return absl::StrCat("step", info.param.step, info.param.when == Faults::When::kBefore ? "Before" : "After",
                      info.param.same_request ? "SameRequest" : "NewRequest");
}

std::vector<CutOff> EveryStep(int steps) {
  std::vector<CutOff> all;
  for (int step = 1; step <= steps; ++step) {
    for (const Faults::When when : {Faults::When::kBefore, Faults::When::kAfter}) {
      for (const bool same : {true, false}) all.push_back({step, when, same});
    }
  }
  return all;
}

rpc::Call Again(World& world, const rpc::Call& call, const CutOff& cut, const std::string& account = "") {
  if (cut.same_request) return call;
  return account.empty() ? world.Portal() : world.Signed(account);
}

class CutVerify : public ::testing::TestWithParam<CutOff> {};

// check, consume, look up, hold, eligible ×2, look up the contact
constexpr int kVerifySteps = 7;

TEST_P(CutVerify, EndsWellWhenRepeated) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  const std::string code = world.otp.CodeTo(kAlicePhone);
  const rpc::Call call = world.Portal();
  world.faults.Arm(GetParam().step, GetParam().when);
  EXPECT_THAT(world.Verify(name, code, call),
              Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_AWAITING_OWN_CODE);
  world.faults.Clear();
  const auto proved = world.Verify(name, code, Again(world, call, GetParam()));
  ASSERT_THAT(proved, IsOk());
  EXPECT_EQ(proved->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  EXPECT_EQ(world.faults.calls(), kVerifySteps);
  EXPECT_EQ(world.otp.compared(), 1);
  EXPECT_EQ(world.otp.consumed(), 1);
  EXPECT_EQ(world.linking.holds, 1);
  EXPECT_EQ(world.EventTypes().size(), 1U);
  EXPECT_EQ(world.OutboxSize(), 2U);
}
INSTANTIATE_TEST_SUITE_P(All, CutVerify, ::testing::ValuesIn(EveryStep(kVerifySteps)), Describe);

class CutStart : public ::testing::TestWithParam<CutOff> {};
TEST_P(CutStart, EndsWellWhenRepeated) {
  World world;
  const rpc::Call call = world.Portal();
  world.faults.Arm(GetParam().step, GetParam().when);
  EXPECT_THAT(world.Start(kAlicePhone, call),
              Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
  world.faults.Clear();
  const auto started = world.Start(kAlicePhone, Again(world, call, GetParam()));
  ASSERT_THAT(started, IsOk());
  EXPECT_THAT(world.Verify(started->name(), world.otp.CodeTo(kAlicePhone)), IsOk());
  if (GetParam().same_request) {
    EXPECT_EQ(world.otp.messages.size(), 1U);
  }
}
INSTANTIATE_TEST_SUITE_P(All, CutStart, ::testing::ValuesIn(EveryStep(2)), Describe);

class CutResend : public ::testing::TestWithParam<CutOff> {};
TEST_P(CutResend, EndsWellWhenTheSameRequestIsRepeated) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.clock.Advance(absl::Minutes(1));
  const rpc::Call call = world.Portal();
  world.faults.Arm(GetParam().step, GetParam().when);
  EXPECT_THAT(world.Resend(name, call), Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
  world.faults.Clear();
  ASSERT_THAT(world.Resend(name, call), IsOk());
  EXPECT_EQ(world.otp.messages.size(), 2U);
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)), IsOk());
}
INSTANTIATE_TEST_SUITE_P(All, CutResend,
                         ::testing::Values(CutOff{1, Faults::When::kBefore, true},
                                           CutOff{1, Faults::When::kAfter, true},
                                           CutOff{2, Faults::When::kBefore, true},
                                           CutOff{2, Faults::When::kAfter, true}),
                         Describe);

TEST(CutVerify, EndsWellByAnotherCodeWhenTheFirstWasConsumedForNothing) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.faults.Arm(2, Faults::When::kAfter);
  EXPECT_FALSE(world.Verify(name, world.otp.CodeTo(kAlicePhone)).ok());
  world.faults.Clear();
  ASSERT_THAT(world.Resend(name), IsOk());  // the claimant gave up on the first
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)), IsOk());
}

class CutSend : public ::testing::TestWithParam<CutOff> {};
TEST_P(CutSend, EndsWellWhenTheSameRequestIsRepeated) {
  World world;
  const World::Case c = world.ToContact();
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  const rpc::Call call = world.Signed("bob");
  world.faults.Arm(GetParam().step, GetParam().when);
  EXPECT_THAT(world.SendCode(c.assigned, call),
              Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
  world.faults.Clear();
  ASSERT_THAT(world.SendCode(c.assigned, call), IsOk());
  EXPECT_EQ(world.otp.messages.size(), 2U);
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)), IsOk());
}
// The people and the link: guard, look up ×2, eligible ×2; then the code.
std::vector<CutOff> EveryStepOfTheSameRequest(int steps) {
  std::vector<CutOff> cuts;
  for (int step = 1; step <= steps; ++step) {
    cuts.push_back({step, Faults::When::kBefore, true});
    cuts.push_back({step, Faults::When::kAfter, true});
  }
  return cuts;
}
INSTANTIATE_TEST_SUITE_P(All, CutSend, ::testing::ValuesIn(EveryStepOfTheSameRequest(6)), Describe);

class CutApprove : public ::testing::TestWithParam<CutOff> {};

// guard, look up ×2, eligible ×2, check, consume
constexpr int kApproveSteps = 7;

TEST_P(CutApprove, EndsWellWhenRepeated) {
  World world("strict");
  const World::Case c = world.ToContactCode();
  const std::string code = world.otp.CodeTo(kBobPhone);
  const rpc::Call call = world.Signed("bob");
  world.faults.Arm(GetParam().step, GetParam().when);
  EXPECT_THAT(world.Approve(c.assigned, code, c.match_code, call),
              Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_CONTACT_CODE_SENT);
  EXPECT_EQ(world.Get(c.name)->grant(), "");
  world.faults.Clear();
  ASSERT_THAT(world.Approve(c.assigned, code, c.match_code, Again(world, call, GetParam(), "bob")), IsOk());
  EXPECT_EQ(world.faults.calls(), kApproveSteps);
  EXPECT_EQ(world.otp.compared(), 2);
  EXPECT_EQ(world.otp.consumed(), 2);
}
INSTANTIATE_TEST_SUITE_P(All, CutApprove, ::testing::ValuesIn(EveryStep(kApproveSteps)), Describe);

class CutComplete : public ::testing::TestWithParam<CutOff> {};
TEST_P(CutComplete, EndsWellWhenTheSameRequestIsRepeated) {
  World world;
  const World::Case c = world.ToApproved();
  const rpc::Call call = world.Portal();
  world.faults.Arm(GetParam().step, GetParam().when);
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password", call),
              Refused(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable));
  world.faults.Clear();
  ASSERT_THAT(world.Complete(c.name, c.grant, "new password", call), IsOk());
  EXPECT_EQ(world.identity.resets(), 1);
  EXPECT_EQ(world.Get(c.name)->state(), pb::RECOVERY_STATE_COMPLETED);
}
INSTANTIATE_TEST_SUITE_P(All, CutComplete,
                         ::testing::Values(CutOff{1, Faults::When::kBefore, true},
                                           CutOff{1, Faults::When::kAfter, true}),
                         Describe);

// The store loses the write that would have been the answer: fail closed, and the repetition after reopening
// is another process's affair.
TEST(ALostCommit, ApprovesNothing) {
  auto fail = std::make_shared<std::atomic<bool>>(false);
  World world("gosuslugi", {.fail_next_write = fail});
  const World::Case c = world.ToContactCode();
  fail->store(true);
  EXPECT_EQ(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone)).status().code(),
            absl::StatusCode::kUnavailable);
  const auto after = world.Get(c.name);
  EXPECT_TRUE(!after.ok() || after->grant().empty());
}

// Every closure may run again; none may have an effect of its own.
TEST(RunningTwice, ChangesNothing) {
  World world("strict", {.run_twice = true});
  const World::Case c = world.ToApproved();
  EXPECT_THAT(world.Complete(c.name, c.grant, "weak"),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kPasswordPolicyViolated));
  EXPECT_EQ(world.Get(c.name)->passwords_left(), 2);
  EXPECT_THAT(world.Complete(c.name, c.grant, "new password"), IsOk());
  EXPECT_EQ(world.List("bob")->recoveries_size(), 1);
  EXPECT_EQ(world.handlers.ListRecoveries(world.Portal(), {})->recoveries_size(), 1);
}

}  // namespace
}  // namespace tc::recovery

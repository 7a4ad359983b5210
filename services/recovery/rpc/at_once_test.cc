// Everything at once: of two calls that exclude each other exactly one wins. Each promise is also tried on a
// store whose writer does not serialise, where it must break: so the test would see it if the protection were
// lost.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "common/testing/at_once.h"
#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::World;

// Runs all of them together and counts the successes.
int Together(const std::vector<std::function<bool()>>& acts) {
  std::atomic<int> won{0};
  tc::testing::AtOnce(static_cast<int>(acts.size()), [&](int i) {
    if (acts[static_cast<size_t>(i)]()) ++won;
  });
  return won.load();
}

// How many ends the recovery has come to. Both calls may succeed when the approval came first, since an
// unused grant can still be cancelled (R8); but who was told that he has cancelled must find it cancelled.
int CancelAndApprove(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  const World::Case c = world.ToContactCode();
  const std::string code = world.otp.CodeTo(kBobPhone);
  const rpc::Call approve = world.Signed("bob");
  bool cancelled = false;
  EXPECT_GE(Together({[&] { return world.Approve(c.assigned, code, "", approve).ok(); },
                      [&] { return cancelled = world.Cancel(c.name).ok(); }}),
            1);
  const bool found_cancelled = world.Get(c.name)->state() == pb::RECOVERY_STATE_CANCELLED;
  return cancelled == found_cancelled ? 1 : 2;
}

// How many of two approvals, by two requests, succeed.
int ApproveTwice(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  const World::Case c = world.ToContactCode();
  const std::string code = world.otp.CodeTo(kBobPhone);
  const rpc::Call one = world.Signed("bob");
  const rpc::Call two = world.Signed("bob");
  return Together({[&] { return world.Approve(c.assigned, code, "", one).ok(); },
                   [&] { return world.Approve(c.assigned, code, "", two).ok(); }});
}

int RejectAndApprove(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  const World::Case c = world.ToContactCode();
  const std::string code = world.otp.CodeTo(kBobPhone);
  const rpc::Call approve = world.Signed("bob");
  return Together({[&] { return world.Approve(c.assigned, code, "", approve).ok(); },
                   [&] { return world.Reject("bob", c.assigned, pb::REJECT_REASON_FRAUD).ok(); }});
}

// The sweeper writes down that time is over while an approval of a moment ago is on its way: 2 when
// one of the two has not seen the other.
int ExpireAndApprove(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  const World::Case c = world.ToContact();
  World::Must(world.Acknowledge("bob", c.assigned));
  world.clock.Advance(absl::Hours(24) - absl::Minutes(2));
  World::Must(world.SendCode("bob", c.assigned));
  world.RunTimers();  // the reminders
  const std::string code = world.otp.CodeTo(kBobPhone);
  const rpc::Call approve = world.Signed("bob");
  world.clock.Advance(absl::Minutes(2));
  world.faults.Clear();
  Together({[&] { return world.Approve(c.assigned, code, "", approve).ok(); },
            [&] {
              while (world.faults.calls() < 7) std::this_thread::yield();  // the evidence is complete
              return world.RunTimers() > 0;
            }});
  const std::vector<std::string> told = world.EventTypes();
  const bool approved = std::find(told.begin(), told.end(), "RecoveryApproved") != told.end();
  std::optional<State> ended_from;
  EXPECT_THAT(world.db->View([&](kv::ReadTxn& txn) {
    return world.store.ScanReal(txn, "", [&](absl::string_view, const Recovery& stored) {
      ended_from = stored.ended_from;
      return true;
    });
  }),
              IsOk());
  return approved == (ended_from == State::kApproved) ? 1 : 2;
}

// How many of "this was not me" and the use of the grant succeed.
int SayNotMeAndComplete(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  const World::Case c = world.ToApproved();
  const std::string token = world.NotMeTokenOf("alice");
  return Together({[&] { return world.Complete(c.name, c.grant, "new password").ok(); },
                   [&] { return world.SayNotMe(token).ok(); }});
}

// How many of two who guard each other, and prove their claims at the same moment, wait for each other.
int ProveBoth(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  world.linking.guards["bob"] = {true, LinkId::FromTrusted("link-2"), testing::Account("alice")};
  const std::string alices = world.Start(kAlicePhone)->name();
  const std::string bobs = world.Start(kBobPhone)->name();
  const std::string to_alice = world.otp.CodeTo(kAlicePhone);
  const std::string to_bob = world.otp.CodeTo(kBobPhone);
  Together(
      {[&] { return world.Verify(alices, to_alice).ok(); }, [&] { return world.Verify(bobs, to_bob).ok(); }});
  int waiting = 0;
  for (const std::string& name : {alices, bobs})
    waiting += world.Get(name)->state() == pb::RECOVERY_STATE_AWAITING_CONTACT ? 1 : 0;
  return waiting;
}

// How many marks 64 uses of one grant leave before any of them is answered: each would go on to identity.
int RedeemMany(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  const World::Case c = world.ToApproved();
  world.faults.Clear();
  std::vector<std::function<bool()>> acts;
  for (int i = 0; i < 64; ++i) {
    acts.emplace_back([&, i] { return world.Complete(c.name, c.grant, absl::StrCat("password ", i)).ok(); });
  }
  Together(acts);
  return world.faults.calls();  // identity was asked so often
}

// How many of many starts for one person send a real code.
int StartMany(const kv::TestSwitches& switches) {
  World world("gosuslugi", switches);
  std::vector<std::function<bool()>> acts;
  for (int i = 0; i < 32; ++i) acts.emplace_back([&] { return world.Start(kAlicePhone).ok(); });
  EXPECT_EQ(Together(acts), 32);  // nobody is refused (R1)
  int real = 0;
  for (const auto& message : world.otp.messages) real += message.address == kAlicePhone ? 1 : 0;
  return real;
}

// How many guesses at the match code are evaluated: refused as wrong and not as too many.
int GuessMany(const kv::TestSwitches& switches) {
  World world("strict", switches);
  const World::Case c = world.ToContactCode();
  const std::string wrong = c.match_code == "0000" ? "0001" : "0000";
  std::vector<rpc::Call> calls;
  for (int i = 0; i < 32; ++i) calls.push_back(world.Signed("bob"));
  std::vector<std::function<bool()>> acts;
  for (int i = 0; i < 32; ++i) {
    acts.emplace_back([&, i] {
      const auto answer = world.Approve(c.assigned, "999999", wrong, calls[static_cast<size_t>(i)]).status();
      return HasReason(answer, Reason::kMatchCodeMismatch) || HasReason(answer, Reason::kAttemptsExhausted);
    });
  }
  return Together(acts);
}

struct Promise {
  const char* name;
  int (*play)(const kv::TestSwitches& switches);
  int exactly;
};
const Promise kPromises[] = {
    {"CancelOrApprove", CancelAndApprove, 1}, {"OneApproval", ApproveTwice, 1},
    {"RejectOrApprove", RejectAndApprove, 1}, {"OneUseOfAGrant", RedeemMany, 1},
    {"OneOpenRecovery", StartMany, 1},        {"ThreeGuesses", GuessMany, 3},
    {"ExpireOrApprove", ExpireAndApprove, 1}, {"NotMeOrComplete", SayNotMeAndComplete, 1},
    {"NobodyOfAPair", ProveBoth, 0},
};

class AtOnce : public ::testing::TestWithParam<Promise> {};

TEST_P(AtOnce, IsKept) {
  for (int round = 0; round < 50; ++round)
    ASSERT_EQ(GetParam().play(tc::testing::kSerialised), GetParam().exactly);
}

TEST_P(AtOnce, BreaksWithoutTheSingleWriter) {
  for (int round = 0; round < 500; ++round) {
    if (GetParam().play(tc::testing::Unserialised()) > GetParam().exactly) return;
  }
  FAIL() << "the mutant was not seen: this test would not notice a lost protection";
}

INSTANTIATE_TEST_SUITE_P(All, AtOnce, ::testing::ValuesIn(kPromises),
                         [](const auto& promise) { return std::string(promise.param.name); });

TEST(AtOnceOneRequest, IsOneApproval) {
  for (int round = 0; round < 50; ++round) {
    World world;
    const World::Case c = world.ToContactCode();
    const std::string code = world.otp.CodeTo(kBobPhone);
    const rpc::Call call = world.Signed("bob");
    const auto approve = [&] { return world.Approve(c.assigned, code, "", call).ok(); };
    EXPECT_EQ(Together({approve, approve, approve}), 3);  // one request: one answer, for all of them
    EXPECT_EQ(world.EventTypes().size(), 2U);
  }
}

TEST(AtOnceOneRequest, ProvesTheClaimOnce) {
  for (int round = 0; round < 50; ++round) {
    World world;
    const std::string name = world.Start(kAlicePhone)->name();
    const std::string code = world.otp.CodeTo(kAlicePhone);
    const rpc::Call call = world.Portal();
    const auto verify = [&] { return world.Verify(name, code, call).ok(); };
    EXPECT_EQ(Together({verify, verify, verify}), 3);
    EXPECT_EQ(world.EventTypes().size(), 1U);
    EXPECT_EQ(world.otp.consumed(), 1);
  }
}

TEST(AtOnceOneRequest, StartsOnce) {
  for (int round = 0; round < 50; ++round) {
    World world;
    const rpc::Call call = world.Portal();
    const auto start = [&] { return world.Start(kAlicePhone, call).ok(); };
    EXPECT_EQ(Together({start, start, start}), 3);
    EXPECT_EQ(world.otp.messages.size(), 1U);
  }
}

TEST(AtOnceOneRequest, SetsThePasswordOnce) {
  for (int round = 0; round < 50; ++round) {
    World world;
    const World::Case c = world.ToApproved();
    const rpc::Call call = world.Portal();
    const auto complete = [&] { return world.Complete(c.name, c.grant, "new password", call).ok(); };
    EXPECT_EQ(Together({complete, complete, complete}), 3);
    EXPECT_EQ(world.identity.resets(), 1);
  }
}

TEST(AtOnce, CancelAndCompleteAgree) {
  for (int round = 0; round < 50; ++round) {
    World world;
    const World::Case c = world.ToApproved();
    bool cancelled = false;
    bool completed = false;
    Together({[&] { return cancelled = world.CancelAs("alice").ok(); },
              [&] { return completed = world.Complete(c.name, c.grant, "new password").ok(); }});
    EXPECT_NE(cancelled, completed);
    EXPECT_EQ(world.identity.resets(), completed ? 1 : 0);
  }
}

}  // namespace
}  // namespace tc::recovery

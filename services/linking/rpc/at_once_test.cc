// Everything at once (L5, LNK-02, LNK-03, LNK-11): the promises hold under 64 threads, and they break as soon
// as the store's serialisation is switched off, so that these tests are known to be able to fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "common/testing/at_once.h"
#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using testing::AtOnce;
using testing::IsOk;
using testing::kRounds;
using testing::kSerialised;
using ::testing::SizeIs;
using testing::Unserialised;

constexpr int kThreads = 64;

// The loser's reason. The mutant also mixes what it reads before and after another's commit, so that any
// rule may refuse there: only the winners are counted.
void JudgeRefusal(const kv::TestSwitches& switches, const absl::Status& status, Reason reason) {
  if (switches.unserialised) return;
  EXPECT_TRUE(HasReason(status, reason)) << status;
}

Policy Roomy() {
  Policy policy = TestPolicy();
  policy.invitations_per_phone = 1000;
  return policy;
}

std::string Principal(int i) { return absl::StrCat("p", i); }

// 64 principals invite bob, who accepts all at once. Returns how many links came to be by bob's duty, or by
// the answers if those are more.
size_t SixtyFourForFivePlaces(kv::TestSwitches switches) {
  World world(Roomy(), switches);
  std::vector<std::string> names;
  for (int i = 0; i < kThreads; ++i) {
    world.Know(Principal(i), "Пётр", absl::StrFormat("+791611100%02d", i), "Пётр П.");
    names.push_back(world.Invite(Principal(i), "bob")->name());
  }
  std::atomic<size_t> accepted = 0;
  AtOnce(kThreads, [&](int i) {
    const auto link = world.Accept("bob", names[static_cast<size_t>(i)]);
    if (link.ok()) {
      ++accepted;
    } else {
      JudgeRefusal(switches, link.status(), Reason::kPrincipalLimitReached);
    }
  });
  return accepted;
}

TEST(SixtyFourAcceptsForFivePlaces, MakeExactlyFiveLinks) {
  EXPECT_EQ(SixtyFourForFivePlaces(kSerialised), 5u);
}

TEST(SixtyFourAcceptsForFivePlaces, MakeMoreWithoutSerialisation) {
  size_t most = 0;
  for (int round = 0; round < kRounds && most <= 5; ++round)
    most = std::max(most, SixtyFourForFivePlaces(Unserialised()));
  EXPECT_GT(most, 5u) << "the protection is off: this test must see the sixth principal";
}

size_t SixtyFourAcceptsOfOne(kv::TestSwitches switches) {
  World world(Roomy(), switches);
  const std::string name = world.Invite("alice", "bob")->name();
  std::atomic<size_t> accepted = 0;
  AtOnce(kThreads, [&](int) {
    const auto link = world.Accept("bob", name);
    if (link.ok()) {
      ++accepted;
    } else {
      JudgeRefusal(switches, link.status(), Reason::kInvitationClosed);
    }
  });
  EXPECT_GE(accepted, 1u);
  return accepted;
}

TEST(SixtyFourAcceptsOfOneInvitation, MakeOneLink) { EXPECT_EQ(SixtyFourAcceptsOfOne(kSerialised), 1u); }

TEST(SixtyFourAcceptsOfOneInvitation, MakeMoreWithoutSerialisation) {
  size_t most = 0;
  for (int round = 0; round < kRounds && most <= 1; ++round)
    most = std::max(most, SixtyFourAcceptsOfOne(Unserialised()));
  EXPECT_GT(most, 1u);
}

// The same request sent 64 times (a client that retries too eagerly) is one acceptance with one answer.
TEST(SixtyFourAcceptsOfOneRequest, HaveOneAnswer) {
  World world(Roomy(), kSerialised);
  pb::AcceptInvitationRequest in;
  in.set_name(world.Invite("alice", "bob")->name());
  const rpc::Call call = world.As("bob");
  std::mutex mutex;
  std::multiset<std::string> answers;
  AtOnce(kThreads, [&](int) {
    const auto link = world.Accept(call, in);
    ASSERT_THAT(link, IsOk());
    const std::lock_guard lock(mutex);
    answers.insert(link->SerializeAsString());
  });
  EXPECT_EQ(answers.count(*answers.begin()), static_cast<size_t>(kThreads));
  EXPECT_THAT(world.Principals("bob"), SizeIs(1));
}

// Alice has two open invitations, as if that rule were broken; 32 contacts answer each.
size_t TwoContactsForOnePrincipal(kv::TestSwitches switches) {
  World world(Roomy(), switches);
  const std::string to_bob = world.Invite("alice", "bob")->name();
  EXPECT_THAT(world.database().Update([&](kv::Txn& txn) -> absl::Status {
    Protection protection = TRY(world.stores().links.ProtectionOf(txn, AccountId::FromTrusted("alice")));
    protection.pending = InvitationId();
    return world.stores().links.SaveProtection(txn, protection);
  }),
              IsOk());
  const std::string to_carol = world.Invite("alice", "carol")->name();
  std::atomic<size_t> accepted = 0;
  AtOnce(2, [&](int i) {
    const auto link = i == 0 ? world.Accept("bob", to_bob) : world.Accept("carol", to_carol);
    if (link.ok()) {
      ++accepted;
    } else {
      JudgeRefusal(switches, link.status(), Reason::kContactAlreadyLinked);
    }
  });
  return accepted;
}

TEST(TwoContactsForOnePrincipal, OnlyOneBecomesIt) {
  for (int round = 0; round < 10; ++round) EXPECT_EQ(TwoContactsForOnePrincipal(kSerialised), 1u);
}

TEST(TwoContactsForOnePrincipal, BothBecomeItWithoutSerialisation) {
  size_t most = 0;
  for (int round = 0; round < 5 * kRounds && most <= 1; ++round) {
    most = std::max(most, TwoContactsForOnePrincipal(Unserialised()));
  }
  EXPECT_EQ(most, 2u);
}

// Returns how many of the two were told that they had won.
size_t CancelAgainstAccept(kv::TestSwitches switches) {
  World world(Roomy(), switches);
  const std::string name = world.Invite("alice", "bob")->name();
  std::atomic<bool> cancelled = false;
  std::atomic<bool> accepted = false;
  AtOnce(2, [&](int i) {
    if (i == 0) {
      cancelled = world.Cancel("alice", name).ok();
    } else {
      accepted = world.Accept("bob", name).ok();
    }
  });
  const bool both = cancelled && accepted;
  if (!both) {
    EXPECT_EQ(world.Guard("alice").guarded(), accepted);
    EXPECT_EQ(world.GetInvitation("alice", name)->state(),
              accepted ? pb::INVITATION_STATE_ACCEPTED : pb::INVITATION_STATE_CANCELLED);
  }
  return static_cast<size_t>(cancelled) + static_cast<size_t>(accepted);
}

TEST(CancelAgainstAccept, ExactlyOneWins) {
  for (int round = 0; round < 30; ++round) EXPECT_EQ(CancelAgainstAccept(kSerialised), 1u);
}

TEST(CancelAgainstAccept, BothWinWithoutSerialisation) {
  size_t most = 0;
  for (int round = 0; round < 5 * kRounds && most <= 1; ++round)
    most = std::max(most, CancelAgainstAccept(Unserialised()));
  EXPECT_EQ(most, 2u);
}

size_t SixtyFourInvitationsByOne(kv::TestSwitches switches) {
  World world(Roomy(), switches);
  std::atomic<size_t> made = 0;
  AtOnce(kThreads, [&](int i) {
    const auto invitation = world.Invite("alice", "Некто", absl::StrFormat("+791699900%02d", i));
    if (invitation.ok()) {
      ++made;
    } else {
      JudgeRefusal(switches, invitation.status(), Reason::kInvitationPending);
    }
  });
  return made;
}

TEST(SixtyFourInvitationsByOnePrincipal, MakeOne) { EXPECT_EQ(SixtyFourInvitationsByOne(kSerialised), 1u); }

TEST(SixtyFourInvitationsByOnePrincipal, MakeMoreWithoutSerialisation) {
  size_t most = 0;
  for (int round = 0; round < kRounds && most <= 1; ++round)
    most = std::max(most, SixtyFourInvitationsByOne(Unserialised()));
  EXPECT_GT(most, 1u);
}

size_t SixtyFourInvitationsToOnePhone(kv::TestSwitches switches) {
  World world(TestPolicy(), switches);
  for (int i = 0; i < kThreads; ++i) {
    world.Know(Principal(i), "Пётр", absl::StrFormat("+791611100%02d", i), "Пётр П.");
  }
  std::atomic<size_t> made = 0;
  AtOnce(kThreads, [&](int i) { made += world.Invite(Principal(i), "bob").ok(); });
  return made;
}

TEST(SixtyFourInvitationsToOnePhone, MakeThree) {
  EXPECT_EQ(SixtyFourInvitationsToOnePhone(kSerialised), 3u);
}

TEST(SixtyFourInvitationsToOnePhone, MakeMoreWithoutSerialisation) {
  size_t most = 0;
  for (int round = 0; round < kRounds && most <= 3; ++round) {
    most = std::max(most, SixtyFourInvitationsToOnePhone(Unserialised()));
  }
  EXPECT_GT(most, 3u);
}

// Two do something at the same moment. `both` of them must not have been told that they have won.
struct Outcome {
  bool first = false;
  bool second = false;
  bool both() const { return first && second; }
};

template <typename First, typename Second>
Outcome Race(First first, Second second) {
  std::atomic<bool> one = false;
  std::atomic<bool> two = false;
  AtOnce(2, [&](int i) {
    if (i == 0) {
      one = first();
    } else {
      two = second();
    }
  });
  return {one, two};
}

// Whether `race` of a world without serialisation is lost at least once.
template <typename Round>
bool BreaksWithoutSerialisation(Round round) {
  for (int i = 0; i < 5 * kRounds; ++i) {
    if (round(Unserialised())) return true;
  }
  return false;
}

// Bob accepts by a call of the last instant while the timer of the end runs (LNK-11).
Outcome AcceptAgainstExpire(const kv::TestSwitches& switches) {
  World world(Roomy(), switches);
  pb::AcceptInvitationRequest in;
  in.set_name(world.Invite("alice", "bob")->name());
  rpc::Call call = world.As("bob");
  call.now += absl::Minutes(30) - absl::Milliseconds(1);
  call.person->auth_time = call.now;
  world.clock().Advance(absl::Minutes(30));
  const Outcome outcome = Race([&] { return world.Accept(call, in).ok(); },
                               [&] {
                                 world.RunTimers();
                                 const std::vector<std::string> types = world.EventTypes();
                                 return std::count(types.begin(), types.end(), "InvitationExpired") > 0;
                               });
  const bool expired = world.GetInvitation("alice", in.name())->state() == pb::INVITATION_STATE_EXPIRED;
  if (!switches.unserialised) {
    EXPECT_EQ(world.Guard("alice").guarded(), outcome.first);
    EXPECT_EQ(expired, outcome.second);
  }
  return outcome;
}

TEST(AcceptAgainstExpire, ExactlyOneWins) {
  for (int round = 0; round < kRounds; ++round) {
    const Outcome outcome = AcceptAgainstExpire(kSerialised);
    EXPECT_NE(outcome.first, outcome.second);
  }
}

TEST(AcceptAgainstExpire, BothWinWithoutSerialisation) {
  EXPECT_TRUE(BreaksWithoutSerialisation(
      [](const kv::TestSwitches& switches) { return AcceptAgainstExpire(switches).both(); }));
}

// A recovery begins while the contact goes: either it finds nobody, or it finds him and he stays (LNK-12,
// LNK-13).
template <typename Leave>
Outcome HoldAgainst(const kv::TestSwitches& switches, Leave leave) {
  World world(Roomy(), switches);
  const std::string link = world.Link("alice", "bob").name();
  const Outcome outcome = Race([&] { return world.Hold("alice", "rec-1", absl::Hours(24))->guarded(); },
                               [&] { return leave(world, link); });
  if (!switches.unserialised) {
    EXPECT_EQ(world.Guard("alice").guarded(), outcome.first);
  }
  return outcome;
}

bool Resigns(World& world, const std::string& link) { return world.Resign("bob", link).ok(); }
bool Removes(World& world, const std::string& link) { return world.Remove("alice", link).ok(); }

TEST(HoldAgainstResign, NeverLeavesARecoveryHoldingSomebodyWhoHasGone) {
  for (int round = 0; round < kRounds; ++round) {
    const Outcome outcome = HoldAgainst(kSerialised, Resigns);
    EXPECT_NE(outcome.first, outcome.second);
  }
}

TEST(HoldAgainstResign, LeavesOneWithoutSerialisation) {
  EXPECT_TRUE(BreaksWithoutSerialisation(
      [](const kv::TestSwitches& switches) { return HoldAgainst(switches, Resigns).both(); }));
}

TEST(HoldAgainstRemove, NeverLeavesARecoveryHoldingSomebodyWhoHasGone) {
  for (int round = 0; round < kRounds; ++round) {
    const Outcome outcome = HoldAgainst(kSerialised, Removes);
    EXPECT_NE(outcome.first, outcome.second);
  }
}

TEST(HoldAgainstRemove, LeavesOneWithoutSerialisation) {
  EXPECT_TRUE(BreaksWithoutSerialisation(
      [](const kv::TestSwitches& switches) { return HoldAgainst(switches, Removes).both(); }));
}

// The contact cries danger while a thief at the principal's cabinet disconnects him (L10).
Outcome DangerAgainstRemove(const kv::TestSwitches& switches) {
  World world(Roomy(), switches);
  const std::string link = world.Link("alice", "bob").name();
  const Outcome outcome = Race([&] { return world.ReportDanger("bob", link).ok(); },
                               [&] { return world.Remove("alice", link).ok(); });
  if (!switches.unserialised) {
    EXPECT_EQ(world.Guard("alice").guarded(), outcome.first);
  }
  return outcome;
}

TEST(DangerAgainstRemove, ExactlyOneWins) {
  for (int round = 0; round < kRounds; ++round) {
    const Outcome outcome = DangerAgainstRemove(kSerialised);
    EXPECT_NE(outcome.first, outcome.second);
  }
}

TEST(DangerAgainstRemove, BothWinWithoutSerialisation) {
  EXPECT_TRUE(BreaksWithoutSerialisation(
      [](const kv::TestSwitches& switches) { return DangerAgainstRemove(switches).both(); }));
}

// A recovery begins where nobody guards while somebody accepts to: it either finds him or keeps him out.
Outcome HoldAgainstAccept(const kv::TestSwitches& switches) {
  World world(Roomy(), switches);
  const std::string name = world.Invite("alice", "bob")->name();
  return Race([&] { return !world.Hold("alice", "rec-1", absl::Hours(24))->guarded(); },
              [&] { return world.Accept("bob", name).ok(); });
}

TEST(HoldAgainstAccept, NeverLeavesAnUnguardedRecoveryBesideAContact) {
  for (int round = 0; round < kRounds; ++round) {
    const Outcome outcome = HoldAgainstAccept(kSerialised);
    EXPECT_NE(outcome.first, outcome.second);
  }
}

TEST(HoldAgainstAccept, LeavesOneWithoutSerialisation) {
  EXPECT_TRUE(BreaksWithoutSerialisation(
      [](const kv::TestSwitches& switches) { return HoldAgainstAccept(switches).both(); }));
}

}  // namespace
}  // namespace tc::linking

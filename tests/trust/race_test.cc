// Two at the same moment (product rules 2–5, 8): of those that exclude each other exactly one wins, both
// services agree on the end, and everything that follows happens once. Each race is run as often as TC_ROUNDS
// says, a thousand times under the thread sanitizer. Where the store's serialisation is the protection, the
// same race is seen to break without it.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/obs/log.h"
#include "tests/trust/arena.h"

namespace tc::trust {
namespace {

constexpr int kRoundsOtherwise = 200;
constexpr int kMutantRounds = 400;
constexpr int kRoundsOfAWorld = 100;

// --- the races: "" or what is wrong

// An unused grant can still be cancelled, so that both may succeed; whoever was told that he has cancelled
// finds it cancelled (R8).
std::string ApproveOrCancel(Arena& arena) {
  const Case c = arena.CodeSent();
  const Sender approver = arena.By(c.contact.id);
  const Sender canceller = arena.By(c.principal.id);
  const Ends ends = RaceToCommit(
      arena, [&] { return arena.calls.Approve(approver, c.assigned, c.code, "").status(); },
      [&] { return arena.calls.CancelOwn(canceller).status(); });
  const rec_pb::RecoveryState state = arena.State(c);
  if (!ends.other.ok()) return absl::StrCat("the cancellation is told ", ends.other.ToString());
  if (state != rec_pb::RECOVERY_STATE_CANCELLED) return "cancelled, and is not";
  if (!ends.one.ok() && kNotNowOrAgain.count(ends.one.code()) == 0) return ends.one.ToString();
  if (arena.Events(c, "RecoveryApproved") != (ends.one.ok() ? 1 : 0)) return "the approval was not told once";
  return arena.Events(c, "RecoveryEnded") == 1 ? "" : "the end was not told once";
}

std::string RejectOrApprove(Arena& arena) {
  const Case c = arena.CodeSent();
  const Sender approver = arena.By(c.contact.id);
  const Sender rejecter = arena.By(c.contact.id);
  const Ends ends = RaceToCommit(
      arena, [&] { return arena.calls.Approve(approver, c.assigned, c.code, "").status(); },
      [&] { return arena.calls.Reject(rejecter, c.assigned, rec_pb::REJECT_REASON_FRAUD).status(); });
  if (const std::string wrong = OneWinner(ends, kNotNowOrAgain); !wrong.empty()) return wrong;
  const bool approved = arena.State(c) == rec_pb::RECOVERY_STATE_APPROVED;
  if (approved != ends.one.ok()) return "the state is not the winner's";
  return arena.Events(c, "RecoveryRejected") + arena.Events(c, "RecoveryApproved") == 1 ? ""
                                                                                        : "both were told";
}

std::string TwoApprovals(Arena& arena) {
  const Case c = arena.CodeSent();
  const Sender one = arena.By(c.contact.id);
  const Sender other = arena.By(c.contact.id);
  const Ends ends = Race([&] { return arena.calls.Approve(one, c.assigned, c.code, "").status(); },
                         [&] { return arena.calls.Approve(other, c.assigned, c.code, "").status(); });
  if (const std::string wrong = OneWinner(ends, kNotNowOrAgain); !wrong.empty()) return wrong;
  return arena.Events(c, "RecoveryApproved") == 1 ? "" : "the approval was not told once";
}

std::string OneApprovalTwice(Arena& arena) {
  const Case c = arena.CodeSent();
  const Sender by = arena.By(c.contact.id);
  const auto approve = [&] { return arena.calls.Approve(by, c.assigned, c.code, "").status(); };
  const Ends ends = Race(approve, approve);
  if (!ends.one.ok() || !ends.other.ok()) {
    return absl::StrCat("one request has two answers: ", ends.one.ToString(), "; ", ends.other.ToString());
  }
  return arena.Events(c, "RecoveryApproved") == 1 ? "" : "the approval was not told once";
}

// The clock comes to the end while the call is under way.
std::string AcceptOrExpire(Arena& arena) {
  const Case c = arena.Invited();
  const absl::Time before = arena.world.now();
  arena.world.clock().Advance(arena.world.policies().link.invitation_lifetime - absl::Microseconds(1));
  const Sender by = arena.By(c.contact.id);
  const Ends ends = Race([&] { return arena.calls.Accept(by, c.name).status(); },
                         [&] {
                           arena.world.clock().Advance(absl::Seconds(1));
                           arena.world.RunTimers();
                           return absl::OkStatus();
                         });
  arena.world.clock().Set(std::max(arena.world.now(), before));
  if (!ends.one.ok() && !absl::IsFailedPrecondition(ends.one)) return ends.one.ToString();
  const auto seen = arena.calls.SeeInvitation(c.principal.id, c.name);
  const auto expected =
      ends.one.ok() ? link_pb::INVITATION_STATE_ACCEPTED : link_pb::INVITATION_STATE_EXPIRED;
  if (!seen.ok() || seen->state() != expected) return "the invitation's state is not the winner's";
  return arena.Guarded(c) == ends.one.ok() ? "" : "the link does not fit the invitation";
}

// Time ends the recovery while the contact approves: APPROVED or EXPIRED, and nobody is told both.
std::string ApproveOrSweep(Arena& arena) {
  const Case c = arena.CodeSent();
  const Sender by = arena.By(c.contact.id);
  const Ends ends = Race([&] { return arena.calls.Approve(by, c.assigned, c.code, "").status(); },
                         [&] {
                           arena.world.clock().Advance(arena.world.policies().recovery.lifetime);
                           arena.world.RunTimers();
                           return absl::OkStatus();
                         });
  if (!ends.one.ok() && kNotNowOrAgain.count(ends.one.code()) == 0 && !absl::IsResourceExhausted(ends.one)) {
    return ends.one.ToString();
  }
  arena.world.RunTimers();
  // The grant's own time may be over, too.
  if (arena.State(c) != rec_pb::RECOVERY_STATE_EXPIRED) return "time is over, and it has not expired";
  if (arena.Events(c, "RecoveryApproved") != (ends.one.ok() ? 1 : 0)) return "the approval was not told once";
  return arena.Events(c, "RecoveryEnded") >= 1 ? "" : "the end was not told";
}

std::string CompleteOrSweep(Arena& arena) {
  const Case c = arena.Approved();
  // A proof is good for a minute: the clock comes to the end, and does not jump over it.
  arena.world.clock().Advance(arena.world.policies().recovery.grant_lifetime - absl::Microseconds(1));
  const Sender by = arena.By("");
  const Ends ends = Race([&] { return arena.calls.Complete(by, c.name, c.grant, "new password").status(); },
                         [&] {
                           arena.world.clock().Advance(absl::Seconds(1));
                           arena.world.RunTimers();
                           return absl::OkStatus();
                         });
  const bool completed = arena.State(c) == rec_pb::RECOVERY_STATE_COMPLETED;
  if (completed != ends.one.ok()) return absl::StrCat("told ", ends.one.ToString(), ", and is otherwise");
  if (!ends.one.ok() && !absl::IsFailedPrecondition(ends.one)) return ends.one.ToString();
  return arena.Resets(c) == (completed ? 1 : 0) ? "" : "the password does not fit the recovery";
}

std::string CompleteOrCancel(Arena& arena) {
  const Case c = arena.Approved();
  const Sender completer = arena.By("");
  const Sender canceller = arena.By(c.principal.id);
  const Ends ends =
      Race([&] { return arena.calls.Complete(completer, c.name, c.grant, "new password").status(); },
           [&] { return arena.calls.CancelOwn(canceller).status(); });
  if (const std::string wrong = OneWinner(ends, kNotNow); !wrong.empty()) return wrong;
  if (arena.Resets(c) != (ends.one.ok() ? 1 : 0)) return "the password does not fit the recovery";
  const bool completed = arena.State(c) == rec_pb::RECOVERY_STATE_COMPLETED;
  return completed == ends.one.ok() ? "" : "the state is not the winner's";
}

// The claim is proved while the link is ended: either the recovery holds the link, or there is none and
// nobody is asked (L8, L9).
std::string ProveOr(Arena& arena, const Case& c, const std::function<absl::Status()>& end_link) {
  const Sender by = arena.By("");
  const Ends ends = RaceToCommit(
      arena, [&] { return arena.calls.Verify(by, c.name, c.code).status(); }, end_link);
  if (!ends.one.ok()) return absl::StrCat("the right code is told ", ends.one.ToString());
  if (!ends.other.ok() && !absl::IsFailedPrecondition(ends.other)) return ends.other.ToString();
  const bool ended = ends.other.ok();
  if (arena.Guarded(c) == ended) return "the link is not as the winner was told";
  const rec_pb::RecoveryState expected =
      ended ? rec_pb::RECOVERY_STATE_APPROVED : rec_pb::RECOVERY_STATE_AWAITING_CONTACT;
  if (arena.State(c) != expected) return "asks nobody and is guarded, or the other way round";
  return arena.calls.ListAssigned(c.contact.id).empty() == ended ? "" : "the contact is asked wrongly";
}
std::string ProveOrRemove(Arena& arena) {
  const Case c = arena.Started();
  const Sender by = arena.By(c.principal.id);
  return ProveOr(arena, c, [&] { return arena.calls.Remove(by, c.link).status(); });
}
std::string ProveOrResign(Arena& arena) {
  const Case c = arena.Started();
  const Sender by = arena.By(c.contact.id);
  return ProveOr(arena, c, [&] { return arena.calls.Resign(by, c.link).status(); });
}

struct Meeting {
  const char* name;
  std::string (*race)(Arena& arena);
  bool breaks_unserialised;  // the store's serialisation is its protection
};
const Meeting kMeetings[] = {
    {"ApproveOrCancel", ApproveOrCancel, true},  {"RejectOrApprove", RejectOrApprove, true},
    {"TwoApprovals", TwoApprovals, true},        {"OneApprovalTwice", OneApprovalTwice, true},
    {"AcceptOrExpire", AcceptOrExpire, false},   {"ApproveOrSweep", ApproveOrSweep, false},
    {"CompleteOrSweep", CompleteOrSweep, false}, {"CompleteOrCancel", CompleteOrCancel, true},
    {"ProveOrRemove", ProveOrRemove, true},      {"ProveOrResign", ProveOrResign, true},
};

// How many of `rounds` went wrong; `first` tells of the first one.
int Wrong(const Meeting& meeting, const kv::TestSwitches& switches, int rounds, std::string& first) {
  for (int round = 0; round < rounds;) {
    Arena arena(switches);
    for (int i = 0; i < kRoundsOfAWorld && round < rounds; ++i, ++round) {
      first = meeting.race(arena);
      if (!first.empty()) return round + 1;
    }
  }
  return 0;
}

class Races : public ::testing::TestWithParam<Meeting> {
 protected:
  void SetUp() override {
    obs::SetSink([](absl::string_view) {});
  }
  void TearDown() override { obs::SetSink(nullptr); }
};

TEST_P(Races, HaveOneOutcome) {
  std::string wrong;
  const char* const wanted = std::getenv("TC_ROUNDS");
  const int rounds = std::max(wanted == nullptr ? 0 : std::atoi(wanted), kRoundsOtherwise);
  std::printf("%d rounds\n", rounds);
  const int round = Wrong(GetParam(), tc::testing::kSerialised, rounds, wrong);
  EXPECT_EQ(wrong, "") << "in round " << round;
}

TEST_P(Races, BreakWithoutTheSingleWriter) {
  if (!GetParam().breaks_unserialised) GTEST_SKIP() << "time decides here, not the store";
  std::string wrong;
  EXPECT_GT(Wrong(GetParam(), tc::testing::Unserialised(), kMutantRounds, wrong), 0)
      << "the protection is off: this race must see it";
}

INSTANTIATE_TEST_SUITE_P(All, Races, ::testing::ValuesIn(kMeetings),
                         [](const auto& meeting) { return std::string(meeting.param.name); });

}  // namespace
}  // namespace tc::trust

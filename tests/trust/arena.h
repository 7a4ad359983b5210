#pragma once

// Arena: a world for races. Each round brings people of its own to the place where two calls exclude each
// other; the set-up is done on one thread.

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/testing/at_once.h"
#include "tests/trust/calls.h"

namespace tc::trust {

// A principal with his contact, and the recovery that the race is about.
struct Case {
  Citizen principal, contact;
  std::string link;
  std::string name, assigned, grant, code;
};

// One world for many rounds: each round has people of its own.
class Arena {
 public:
  explicit Arena(const kv::TestSwitches& switches)
      : world(Setup{.overrides = {{"recovery.starts_per_day", "10"}}, .switches = switches}), calls(world) {}

  Sender By(const std::string& person) { return {person, Id()}; }
  bool EveryOther() { return ++turns_ % 2 == 0; }
  std::string Id() { return absl::StrFormat("00000000-0000-4000-9000-%012x", ++ids_); }

  template <typename T>
  static T Must(absl::StatusOr<T> answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *std::move(answer) : T();
  }

  // Two people, an open invitation.
  Case Invited() {
    Case c;
    before_ = world.database(Service::kRecovery).revision();
    c.principal = world.AddPerson();
    c.contact = world.AddPerson();
    c.name = Must(calls.Invite(By(c.principal.id), c.contact.first_name, c.contact.phone)).name();
    return c;
  }
  Case Linked() {
    Case c = Invited();
    c.link = Must(calls.Accept(By(c.contact.id), c.name)).name();
    return c;
  }
  // Linked, and a code is out to the claimant.
  Case Started() {
    Case c = Linked();
    c.name = Must(calls.Start(By(""), c.principal.phone)).name();
    world.Messages();
    c.code = world.CodeTo(c.principal.phone);
    return c;
  }
  // And a code to the contact.
  Case CodeSent() {
    Case c = Started();
    Must(calls.Verify(By(""), c.name, c.code));
    const auto assigned = calls.ListAssigned(c.contact.id);
    c.assigned = assigned.empty() ? "" : assigned.back().name();
    Must(calls.Acknowledge(By(c.contact.id), c.assigned, true));
    Must(calls.SendCode(By(c.contact.id), c.assigned));
    world.Messages();
    c.code = world.CodeTo(c.contact.phone);
    return c;
  }
  Case Approved() {
    Case c = CodeSent();
    Must(calls.Approve(By(c.contact.id), c.assigned, c.code, ""));
    c.grant = Must(calls.See(c.name)).grant();
    return c;
  }

  rec_pb::RecoveryState State(const Case& c) { return Must(calls.See(c.name)).state(); }
  bool Guarded(const Case& c) { return Must(calls.Guard(c.principal.id)).guarded(); }
  // Events of one recovery, by type.
  int Events(const Case& c, const std::string& type) {
    const std::string id = c.assigned.substr(c.assigned.find('/') + 1);
    const auto events = *world.database(Service::kRecovery).Changes(before_, 0, 1000);
    return static_cast<int>(std::count_if(events.begin(), events.end(), [&](const kv::Event& event) {
      return event.type == type && event.resource == "recoveries/" + id;
    }));
  }
  int Resets(const Case& c) {
    const auto resets = world.people().resets();
    return static_cast<int>(std::count_if(resets.begin(), resets.end(),
                                          [&](const Reset& r) { return r.account == c.principal.id; }));
  }

  World world;
  Calls calls;

 private:
  uint64_t ids_ = 0;
  uint64_t turns_ = 0;
  uint64_t before_ = 0;  // of recovery's log, when this round began
};

using Codes = std::set<absl::StatusCode>;
inline const Codes kNotNow = {absl::StatusCode::kFailedPrecondition};
inline const Codes kNotNowOrAgain = {absl::StatusCode::kFailedPrecondition, absl::StatusCode::kAborted};

// Both at once; what they answered.
struct Ends {
  absl::Status one, other;
};
template <typename One, typename Other>
Ends Race(One one, Other other) {
  Ends ends;
  tc::testing::AtOnce(2, [&](int i) {
    if (i == 0) {
      ends.one = one();
    } else {
      ends.other = other();
    }
  });
  return ends;
}

// The same, but every other time `other` waits until `one`, a proof or an approval, is about to be written:
// it asks much before, and they would seldom meet there.
template <typename One, typename Other>
Ends RaceToCommit(Arena& arena, One one, Other other) {
  if (!arena.EveryOther()) return Race(one, other);
  std::latch meet(2);
  arena.world.BeforeCommit([&] { meet.arrive_and_wait(); });
  const Ends ends = Race(one, [&] {
    meet.arrive_and_wait();
    return other();
  });
  arena.world.BeforeCommit({});
  return ends;
}

// "" or what is wrong: exactly one wins, the loser is refused as he may be.
inline std::string OneWinner(const Ends& ends, const Codes& allowed) {
  if (ends.one.ok() && ends.other.ok()) return "both won";
  if (!ends.one.ok() && !ends.other.ok()) {
    return absl::StrCat("both lost: ", ends.one.ToString(), "; ", ends.other.ToString());
  }
  const absl::Status& loser = ends.one.ok() ? ends.other : ends.one;
  return allowed.count(loser.code()) != 0 ? "" : absl::StrCat("the loser is told ", loser.ToString());
}

}  // namespace tc::trust

#pragma once

// Player: plays commands in a world and in the model, and complains when they differ or when something is
// true that must never happen (product rules 1–8). Single-threaded.

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/trust/calls.h"
#include "tests/trust/commands.h"
#include "tests/trust/model.h"
#include "tests/trust/trust_world.h"

namespace tc::trust {

inline constexpr int kPeople = 7;

class Player {
 public:
  explicit Player(const Setup& setup);

  // What is wrong now; empty: nothing.
  std::string Play(const Command& command);
  // What the last command came to, for people: "p1 approves R0: right code → OK".
  const std::string& story() const { return story_; }
  // Compares everything there is. After the last command, and now and then.
  std::string CheckAll();
  // How many mutations were accepted, by what they do: a run in which nothing ever succeeds shows nothing.
  const std::map<std::string, int>& accepted() const { return accepted_; }

 private:
  // --- whom and what a command means (player.cc)
  int AnyPerson(uint8_t number) const { return number % kPeople; }
  // Too old now and then.
  absl::Duration SessionAge(const Command& command) const;
  // The right person mostly, else somebody.
  int ActorFor(const Command& command, int right) const;
  int PickPersonToChange(const Command& command) const;
  int PickClaimed(const Command& command) const;
  int PickInvitation(const Command& command) const;
  int PickLink(const Command& command) const;
  // A recovery for which `wanted` holds, mostly; else any. kNobody when there is none at all.
  template <typename Wanted>
  int PickRecovery(const Command& command, Wanted wanted) const;
  // Of those in one of these states, mostly; else any.
  int PickAssigned(const Command& command, rec_pb::RecoveryState one, rec_pb::RecoveryState other) const;
  std::string CodeFor(const Command& command, const ModelCode& code, const ModelCode& other);
  void Complain(const std::string& what);

  Act NextAct(const Command& command) const;
  void Do(const Command& command);
  // Sends a call with its twist and compares the outcome with the verdict. The answer, if it was accepted.
  template <typename Send>
  auto Try(const Command& command, const Verdict& verdict, const std::string& person, Send send);

  // --- one for each act (player_acts.cc, player_contact.cc, player_officer.cc)
  void Invite(const Command& command);
  void CancelInvitation(const Command& command);
  void Accept(const Command& command);
  void Decline(const Command& command);
  void Remove(const Command& command);
  void Resign(const Command& command);
  void Danger(const Command& command);
  void Start(const Command& command);
  void Verify(const Command& command);
  void Resend(const Command& command);
  void Cancel(const Command& command);
  void CancelOwn(const Command& command);
  void CancelNotMe(const Command& command);
  void FormerCapability(const Command& command);
  void StartInPerson(const Command& command);
  void ConfirmInPerson(const Command& command);
  void Acknowledge(const Command& command);
  void SendCode(const Command& command);
  void Approve(const Command& command);
  void Reject(const Command& command);
  void HoldOrRelease(const Command& command);
  void Complete(const Command& command);
  void CompleteTwice(const Command& command);
  void ChangePerson(const Command& command);
  void Wait(const Command& command);
  void Timers(const Command& command);
  void Outbox(const Command& command);
  void Deliver(const Command& command);
  void Restart(const Command& command);
  Visit VisitFor(const Command& command, int person) const;
  rec_pb::RecoveryPurpose PurposeFor(const Command& command, int person) const;
  // A code has come, exactly one, or none.
  void TakeCode(int recovery, ModelCode& code, const std::string& phone, bool expected);

  // --- comparing (observer.cc)
  void CheckInvitation(int invitation);
  void CheckProtection(int person);
  void CheckDuty(int person);
  // Now and then: reading costs as much as writing.
  void LookAt(const Command& command, int recovery);
  void CheckRecovery(int recovery);
  void CheckStrangers();
  void CheckGuesses();

  // --- what must never be seen (invariants.cc)
  // After the outboxes have run; a cut one may still have to be delivered.
  void CheckNotices(bool without_cuts);
  void CheckNotMeWay(const Told& told);
  void CheckPasswords();
  void CheckDeeds();
  void CheckCauseOf(const Reset& reset);
  // A contact who guarded and guards no more has left, or was removed as the policy demands.
  void CheckParting(int person, const std::string& guards_now);
  void CheckHistory(int person);

  World world_;
  Calls calls_;
  Model model_;
  std::string complaint_;
  std::string story_;
  std::map<std::string, int> accepted_;
  int requests_ = 0;
  int steps_ = 0;
  int phones_ = 0;
  int messages_ = 0;
  int capabilities_ = 0;
  size_t notices_seen_ = 0;
  size_t resets_seen_ = 0;
  // Who has said yes to a recovery, by its public name.
  struct Cause {
    enum class By { kNobodyGuarded, kContact, kTwoOfficers } by = By::kNobodyGuarded;
    std::string contact;  // accounts/…, where it was he
  };
  std::map<std::string, Cause> causes_;
  std::set<std::string> used_;  // of these, those by which a password was set
  struct FirstVisit {
    std::string officer;
    absl::Time at;
  };
  std::map<std::string, FirstVisit> visits_;    // by public name
  std::map<int, std::string> guarded_by_;       // the link, when it was last looked at
  std::map<std::string, absl::Time> may_part_;  // from when on a link may have ended, by its name
  std::map<std::string, std::string> tokens_;   // to say "this was not me", by public name
  std::vector<std::string> former_tokens_;
  std::map<std::string, std::string> password_of_;  // by principal, as the model has it
};

}  // namespace tc::trust

#pragma once

// Model: what linking and recovery must do, told once more in the plainest way and independently of their
// code. Each method takes one command as a person means it, says whether it is accepted or by which codes it
// may be refused, and changes the model accordingly. Persons, invitations, links and recoveries are numbers
// in the order of their making. Reads the truth about people from People. Single-threaded.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/trust/people.h"
#include "tests/trust/trust_world.h"
#include "trustedcontact/linking/v1/linking.pb.h"
#include "trustedcontact/recovery/v1/recovery.pb.h"

namespace tc::trust {

inline constexpr int kNobody = -1;

// Every objection that there is. None: accepted. Which of several is told first, the model leaves open.
class Verdict {
 public:
  Verdict& Object(absl::StatusCode code) {
    against_.insert(code);
    return *this;
  }
  bool accepted() const { return against_.empty(); }
  bool Fits(const absl::Status& status) const {
    return accepted() ? status.ok() : against_.count(status.code()) != 0;
  }
  std::string Text() const;

 private:
  std::set<absl::StatusCode> against_;
};

struct ModelInvitation {
  std::string name;  // the service's
  int principal = kNobody;
  int invitee = kNobody;  // whom it reached
  std::string first_name, phone;
  absl::Time expires_at;
  trustedcontact::linking::v1::InvitationState state = trustedcontact::linking::v1::INVITATION_STATE_PENDING;
};

struct ModelLink {
  std::string name;
  int principal = kNobody;
  int contact = kNobody;
  trustedcontact::linking::v1::LinkState state = trustedcontact::linking::v1::LINK_STATE_ACTIVE;
  absl::Time removal_at = absl::InfiniteFuture();
  bool recheck_due = true;  // it is looked at once after it has come to be
  absl::Time danger_at = absl::InfinitePast();
  bool either = false;  // ACTIVE or SUSPENDED: it was looked at in the same run that froze somebody
  absl::Time accepted_at;
  absl::Time ended_at = absl::InfiniteFuture();
  absl::Time remind_at;  // LNK-15
};

// The codes of one side of one recovery.
struct ModelCode {
  int verification = 0;  // 0: none was sent
  int number = 0;        // of the code within the verification
  int tries = 0;         // of this code
  int tries_of_all = 0;  // of the recovery's side
  absl::Time sent_at = absl::InfinitePast();
  absl::Time last_try = absl::InfinitePast();
  bool cancelled = false;
  absl::Time cancel_wanted = absl::InfiniteFuture();  // an outbox row waits since then
  std::set<std::string> tried;                        // wrong ones, at this code
  std::vector<std::string> values;                    // all that have come, the last one is good
};

struct ModelRecovery {
  std::string name, assigned;  // recoveries/…, assignedRecoveries/…
  int principal = kNobody;
  bool decoy = false;
  trustedcontact::recovery::v1::RecoveryState state =
      trustedcontact::recovery::v1::RECOVERY_STATE_AWAITING_OWN_CODE;
  absl::Time created_at, expires_at;
  absl::Time proved_at = absl::InfiniteFuture();
  absl::Time deadline = absl::InfiniteFuture();
  absl::Time ended_at = absl::InfiniteFuture();
  bool end_told = false;   // RecoveryEnded is in the log
  bool end_heard = false;  // and linking has followed it
  std::string phone;       // of the principal, at the start
  ModelCode own_code, contact_code;
  int link = kNobody;
  int contact = kNobody;
  std::string contact_phone;
  absl::Time assigned_at;
  absl::Time acknowledged_at = absl::InfiniteFuture();
  bool answered_no = false;
  bool fraud = false;                                      // REJECTED for it
  bool held_early = false, held_early_if_guarded = false;  // something happened before the claim was proved
  std::string match_code;                                  // empty: none is demanded
  int match_misses = 0;
  bool granted = false;
  int refused_passwords = 0;
  trustedcontact::recovery::v1::RecoveryPurpose purpose =
      trustedcontact::recovery::v1::RECOVERY_PURPOSE_PASSWORD;
  std::vector<absl::Time> reminders;  // of the present asking, still to come
  bool place_known = true;            // where the claimant sits; an officer's recovery knows no place
  std::string officer;                // the first one; empty: not the way in person
  absl::Time confirm_at = absl::InfinitePast();
  std::vector<std::string> former_names;  // capabilities that lead nowhere since an officer took over
};

// A notice that must come, or (optional) may.
struct Expected {
  std::string from, receiver;
  int kind = 0;
  std::string about;       // masked; empty: nobody is named
  int recovery = kNobody;  // that it is about; kNobody: a notice of linking
  absl::Time since;        // when it was due
  absl::Time latest;       // when it was written at the latest; InfiniteFuture: perhaps not yet
  bool optional = false;
};

// What an officer was shown, as the model needs it.
struct Shown {
  std::string officer;
  std::string organisation;
  bool right = true;
};

bool AwaitsContact(trustedcontact::recovery::v1::RecoveryState state);  // he must still answer
bool IsFinal(trustedcontact::recovery::v1::RecoveryState state);
bool Guards(trustedcontact::linking::v1::LinkState state);
// Where the contact or a second officer can still be stopped.
bool CanBeHeld(trustedcontact::recovery::v1::RecoveryState state);
bool IsEnabled(const recovery::Policy& policy, trustedcontact::recovery::v1::RecoveryPurpose purpose);
// For a freeze that is to end, the freeze is no obstacle.
bool IsUsable(const Citizen& principal, trustedcontact::recovery::v1::RecoveryPurpose purpose,
              absl::Time now);
bool IsFit(const Citizen& principal, trustedcontact::recovery::v1::RecoveryPurpose purpose, absl::Time now);
std::string PersonId(int person);

class Model {
 public:
  Model(const Policies& policies, const People& people) : policies_(policies), people_(people) {}

  // Time passes: what the clock ends has ended. Before every command.
  void SetNow(absl::Time now);

  // --- linking
  Verdict Invite(int who, const std::string& first_name, const std::string& phone,
                 absl::Duration session_age);
  Verdict CancelInvitation(int who, int invitation);
  Verdict Accept(int who, int invitation, absl::Duration session_age);
  Verdict Decline(int who, int invitation, bool block);
  // `link` kNobody: whichever it is.
  Verdict Remove(int who, int link, absl::Duration session_age);
  Verdict Resign(int who, int link, absl::Duration session_age);
  Verdict ReportDanger(int who, int link);

  // --- recovery
  Verdict Start(int whose, trustedcontact::recovery::v1::RecoveryPurpose purpose);
  Verdict Verify(int recovery, const std::string& code);
  Verdict Resend(int recovery);
  Verdict Cancel(int recovery);
  Verdict CancelOwn(int who);
  Verdict Acknowledge(int who, int recovery, bool yes);
  Verdict SendCode(int who, int recovery);
  Verdict Approve(int who, int recovery, const std::string& code, const std::string& match_code,
                  absl::Duration session_age, bool claimants_place);
  // Officers. A start of which nothing is open becomes the newest recovery.
  Verdict StartInPerson(int whose, const Shown& shown);
  Verdict ConfirmInPerson(int recovery, const Shown& shown);
  // The operator.
  Verdict HoldBack(int recovery);
  Verdict Release(int recovery);
  Verdict Reject(int who, int recovery, bool fraud);
  Verdict Complete(int recovery, bool right_grant, bool weak);

  // --- what goes on behind
  void TimersRan();
  void LinkingOutboxRan();
  void RecoveryOutboxRan();
  // Identity's events since the last time, then recovery's.
  void EventsDelivered();

  // Somebody was told this: false when he must not be, or has been already.
  bool MayBeTold(const Told& told);
  // Both outboxes have run. Names a notice that must have come and has not; empty: none.
  std::string Missing(bool without_cuts);

  const std::vector<ModelInvitation>& invitations() const { return invitations_; }
  const std::vector<ModelLink>& links() const { return links_; }
  const std::vector<ModelRecovery>& recoveries() const { return recoveries_; }
  ModelInvitation& invitation(int i) { return invitations_.at(static_cast<size_t>(i)); }
  ModelLink& link(int i) { return links_.at(static_cast<size_t>(i)); }
  ModelRecovery& recovery(int i) { return recoveries_.at(static_cast<size_t>(i)); }
  // The link by which this principal is guarded now, or kNobody.
  int GuardOf(int principal) const;
  int PrincipalsOf(int contact) const;
  int GuardAt(int principal, absl::Time at) const;
  // Not final, real; or kNobody.
  int OpenOf(int principal) const;
  // A recovery that the service may have removed by now.
  bool MayBeGone(const ModelRecovery& recovery) const;

 private:
  struct Hold {
    int recovery = kNobody;
    absl::Time until;
  };
  struct Ledger {
    int open = kNobody;
    std::vector<absl::Time> starts, failures;
    absl::Time closed_until = absl::InfinitePast();
  };
  enum class Try { kRight, kWrong, kLast, kTooSoon, kOver, kUsedUp };
  enum class Sending { kSent, kNotNow, kUsedUp };

  Citizen Person(int person) const { return people_.Get(PersonId(person)); }
  int Owner(const std::string& first_name, const std::string& phone) const;
  bool Held(int principal) const;
  // The contact cannot be changed: danger, fraud, or a password recovered just now (L10, REC-18).
  bool Bound(int principal) const;
  absl::Time RemovalDue(const ModelLink& link) const;
  void Recheck(ModelLink& link);

  void End(int recovery, trustedcontact::recovery::v1::RecoveryState state, absl::Time at, bool told);
  // Whatever stops an examination: a contact who is asked, or the second officer who is waited for.
  void HoldRecovery(int recovery);
  // The same, but only while the contact is asked.
  void HoldAsked(int recovery);
  void Ask(ModelRecovery& recovery);
  void HoldLink(int recovery, absl::Time until);
  // What the clock has ended is written down.
  void WriteDownEnds(int principal);
  Verdict ShowDocuments(int whose, const Shown& shown);
  int Reserve(int whose);
  void TakeOver(ModelRecovery& recovery, const std::string& officer);
  // COMPLETED of a purpose other than the password: false when identity or linking refuses.
  bool DoDeed(const ModelRecovery& recovery);
  void EndLink(ModelLink& link, trustedcontact::linking::v1::LinkState state, absl::Time at, bool written);
  void Prove(int recovery);
  void Grant(ModelRecovery& recovery);
  bool CanStart(int person, trustedcontact::recovery::v1::RecoveryPurpose purpose) const;
  bool MayStart(int person, trustedcontact::recovery::v1::RecoveryPurpose purpose) const;

  void Expect(Expected expected);
  // Of linking: `kind` to one side of the link, about the other.
  void TellPrincipal(const ModelLink& link, linking::NoticeKind kind, absl::Time since, bool written);
  void TellContact(const ModelLink& link, linking::NoticeKind kind, absl::Time since, bool written);
  // Of recovery; nobody is told of a claim that was never proved.
  void TellPrincipal(const ModelRecovery& recovery, recovery::NoticeKind kind);
  void TellContact(const ModelRecovery& recovery, recovery::NoticeKind kind);
  void TellBoth(const ModelRecovery& recovery, recovery::NoticeKind kind);
  void TellInviter(const ModelInvitation& invitation, absl::Time since, bool written);
  void InvitationsWritten(int principal);
  void TellEnded(const ModelRecovery& recovery, bool written);
  void Written(int recovery);
  int NumberOf(const ModelRecovery& recovery) const;

  int TriesLeft(const ModelCode& code) const;
  Try Enter(ModelCode& code, const std::string& typed, bool right);
  Sending NextCode(ModelCode& code);
  // The verdict of an entered code that was not right.
  Verdict Refused(int recovery, Try entered);
  // Whether the warning, the link or one of the two stands against the contact's code; some of it holds the
  // recovery.
  bool WarningStands(const ModelRecovery& recovery) const;
  bool PeopleStand(int recovery);
  // The contact's own proved recovery that lies before this principal (L7), or kNobody.
  int MirrorOf(const ModelRecovery& recovery) const;
  void CancelCodes(ModelRecovery& recovery);
  void FollowPerson(const rpc::FollowedEvent& event);

  const Policies policies_;
  const People& people_;
  absl::Time now_;
  std::vector<ModelInvitation> invitations_;
  std::vector<ModelLink> links_;
  std::vector<ModelRecovery> recoveries_;
  std::map<int, std::vector<absl::Time>> invited_by_;
  std::map<std::string, std::vector<absl::Time>> invited_phone_;
  std::set<std::pair<int, int>> blocks_;  // who blocks whom
  std::map<int, std::vector<Hold>> holds_;
  std::set<int> freezes_wanted_;                               // of danger reports, in linking's outbox
  std::map<int, absl::Time> frozen_until_, restricted_until_;  // as linking knows it
  std::map<int, Ledger> ledgers_;
  std::map<std::string, std::vector<absl::Time>> document_tries_;  // wrong ones, by person and organisation
  std::vector<Expected> expected_;
  absl::Time backed_off_until_ = absl::InfinitePast();  // a notice may wait that long
  size_t news_seen_ = 0;
};

}  // namespace tc::trust

// What every reader sees, compared with the model; and what must never be seen.

#include <algorithm>

#include "absl/strings/match.h"
#include "tests/trust/player.h"

namespace tc::trust {

using namespace trustedcontact::linking::v1;   // NOLINT: the names of states
using namespace trustedcontact::recovery::v1;  // NOLINT

namespace {

// Somebody who is neither of the two.
std::string Stranger(int one, int other) {
  int person = 0;
  while (person == one || person == other) ++person;
  return PersonId(person);
}

}  // namespace

void Player::CheckInvitation(int number) {
  const ModelInvitation& it = model_.invitation(number);
  const auto sent = calls_.SeeInvitation(PersonId(it.principal), it.name);
  if (!sent.ok() || sent->state() != it.state) {
    Complain(absl::StrCat("I", number, " is ",
                          InvitationState_Name(sent.ok() ? sent->state() : InvitationState()),
                          " to its principal, and must be ", InvitationState_Name(it.state)));
  }
  if (it.invitee != kNobody) {
    const auto received = calls_.SeeInvitation(PersonId(it.invitee), it.name);
    if (!received.ok() || received->state() != it.state) {
      Complain(absl::StrCat("I", number, " must be ", InvitationState_Name(it.state), " to its invitee"));
    } else if (!received->principal().empty() || !received->masked_contact_phone().empty()) {
      Complain("the invitee learns more than the principal's mask");
    }
  }
}

void Player::CheckProtection(int person) {
  const int expected = model_.GuardOf(person);
  const auto guard = calls_.Guard(PersonId(person));
  const auto seen = calls_.TrustedContact(PersonId(person));
  if (guard.ok()) CheckParting(person, guard->guarded() ? guard->link() : "");
  if (expected == kNobody) {
    if (!guard.ok() || guard->guarded()) Complain(absl::StrCat(PersonId(person), " must not be guarded"));
    if (!absl::IsNotFound(seen.status())) Complain(absl::StrCat(PersonId(person), " must see no contact"));
    return;
  }
  ModelLink& it = model_.link(expected);
  if (it.either && guard.ok() && it.state != LINK_STATE_REMOVAL_PENDING) {
    it.state = guard->link_state();
    it.either = false;
  }
  const bool guards = guard.ok() && guard->guarded() && guard->link() == it.name &&
                      guard->contact() == "accounts/" + PersonId(it.contact) &&
                      guard->link_state() == it.state;
  if (!guards) {
    Complain(absl::StrCat(
        PersonId(person), " must be guarded by ", PersonId(it.contact), ", ", LinkState_Name(it.state),
        ", but linking says: ", guard.ok() ? guard->ShortDebugString() : guard.status().ToString()));
  }
  if (!seen.ok() || seen->state() != it.state || seen->name() != it.name) {
    Complain(absl::StrCat(PersonId(person), " must see L", expected, " ", LinkState_Name(it.state)));
  } else if (!seen->contact().empty() || absl::StrContains(seen->masked_contact_phone(), "0000")) {
    Complain("the principal learns more than the contact's mask");
  }
}

void Player::CheckDuty(int person) {
  const auto links = calls_.Principals(PersonId(person));
  const int count = static_cast<int>(links.size());
  if (count != model_.PrincipalsOf(person)) {
    Complain(absl::StrCat(PersonId(person), " must guard ", model_.PrincipalsOf(person), ", not ", count));
  }
  if (count > world_.policies().link.principals_per_contact) Complain("one principal too many (L5)");
}

void Player::LookAt(const Command& command, int number) {
  if (command.whom % 4 == 0) CheckRecovery(number);
}

void Player::CheckRecovery(int number) {
  const ModelRecovery& it = model_.recovery(number);
  if (it.name.empty() || model_.MayBeGone(it)) return;
  for (const std::string& former : it.former_names) {
    if (!absl::IsNotFound(calls_.See(former).status())) Complain("a former capability still leads somewhere");
  }
  const auto seen = calls_.See(it.name);
  if (!seen.ok() || seen->state() != it.state) {
    Complain(absl::StrCat("R", number, " is ", seen.ok() ? RecoveryState_Name(seen->state()) : "not found",
                          " to its claimant, and must be ", RecoveryState_Name(it.state)));
    return;
  }
  if (seen->grant().empty() == (it.state == RECOVERY_STATE_APPROVED)) {
    Complain(absl::StrCat("R", number, " must show a grant in APPROVED, and only there"));
  }
  if (seen->purpose() != it.purpose) Complain(absl::StrCat("R", number, " has another purpose"));
  if (it.contact == kNobody || it.assigned.empty()) return;
  const auto assigned = calls_.SeeAssigned(PersonId(it.contact), it.assigned);
  if (!assigned.ok() || assigned->state() != it.state) {
    Complain(absl::StrCat("R", number, " must be ", RecoveryState_Name(it.state), " to its contact"));
    return;
  }
  if (absl::StrContains(assigned->SerializeAsString(), it.phone)) Complain("the contact learns the phone");
}

// Somebody else's is not found (TRN-06).
void Player::CheckStrangers() {
  if (!model_.invitations().empty()) {
    const ModelInvitation& it = model_.invitations().back();
    const std::string stranger = Stranger(it.principal, it.invitee);
    if (!absl::IsNotFound(calls_.SeeInvitation(stranger, it.name).status()))
      Complain("a stranger sees an invitation");
  }
  for (const ModelRecovery& it : model_.recoveries()) {
    if (IsFinal(it.state) || it.assigned.empty()) continue;
    const std::string stranger = Stranger(it.contact, it.contact);
    if (!absl::IsNotFound(calls_.SeeAssigned(stranger, it.assigned).status()))
      Complain("a stranger sees a recovery");
  }
}

void Player::CheckGuesses() {
  if (world_.otp().most_guesses() > world_.policies().otp.attempts_per_request) {
    Complain("more guesses were evaluated than allowed");
  }
  if (world_.otp().used_twice() > 0) Complain("a code was used twice");
}

std::string Player::CheckAll() {
  model_.SetNow(world_.now());
  const int invitations = static_cast<int>(model_.invitations().size());
  for (int i = std::max(0, invitations - 6); i < invitations; ++i) CheckInvitation(i);
  for (int person = 0; person < kPeople; ++person) {
    CheckProtection(person);
    CheckHistory(person);
    CheckDuty(person);
  }
  const int recoveries = static_cast<int>(model_.recoveries().size());
  for (int i = 0; i < recoveries; ++i) {
    if (i >= recoveries - 8 || !IsFinal(model_.recovery(i).state)) CheckRecovery(i);
  }
  CheckStrangers();
  CheckPasswords();
  CheckDeeds();
  CheckGuesses();
  return complaint_;
}

}  // namespace tc::trust

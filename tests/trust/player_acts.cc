// What the player does as a principal and as a claimant.

#include "tests/trust/player_try.h"

namespace tc::trust {

using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

template <typename Wanted>
int Player::PickRecovery(const Command& command, Wanted wanted) const {
  std::vector<int> fitting;
  const int count = static_cast<int>(model_.recoveries().size());
  for (int i = count - 1; i >= 0; --i) {
    if (wanted(model_.recoveries()[static_cast<size_t>(i)])) fitting.push_back(i);
  }
  if (!fitting.empty() && command.pick < 232) return fitting[command.pick % fitting.size()];
  return count == 0 ? kNobody : count - 1 - command.pick % std::min(count, 6);
}

void Player::Invite(const Command& command) {
  const int who = AnyPerson(command.who);
  const Citizen whom = world_.people().Get(PersonId(AnyPerson(command.whom)));
  const std::string first_name = command.how % 16 == 0 ? "Лишний" : whom.first_name;
  const absl::Duration age = SessionAge(command);
  const Verdict verdict = model_.Invite(who, first_name, whom.phone, age);
  absl::StrAppend(&story_, ": ", PersonId(who), " ", whom.id);
  const auto made = Try(command, verdict, PersonId(who), [&](Sender by) {
    by.session_age = age;
    return calls_.Invite(by, first_name, whom.phone);
  });
  if (!made.has_value() || !verdict.accepted()) return;
  const int number = static_cast<int>(model_.invitations().size()) - 1;
  model_.invitation(number).name = made->name();
  absl::StrAppend(&story_, " I", number);
  CheckInvitation(number);
}

void Player::CancelInvitation(const Command& command) {
  const int number = PickInvitation(command);
  if (number == kNobody) return;
  const ModelInvitation it = model_.invitation(number);
  const int who = ActorFor(command, it.principal);
  absl::StrAppend(&story_, ": ", PersonId(who), " I", number);
  Try(command, model_.CancelInvitation(who, number), PersonId(who),
      [&](const Sender& by) { return calls_.CancelInvitation(by, it.name); });
  CheckInvitation(number);
}

void Player::Accept(const Command& command) {
  const int number = PickInvitation(command);
  if (number == kNobody) return;
  const ModelInvitation it = model_.invitation(number);
  const int who = ActorFor(command, it.invitee);
  absl::StrAppend(&story_, ": ", PersonId(who), " I", number, " of ", PersonId(it.principal));
  const absl::Duration age = SessionAge(command);
  const Verdict verdict = model_.Accept(who, number, age);
  const auto made = Try(command, verdict, PersonId(who), [&](Sender by) {
    by.session_age = age;
    return calls_.Accept(by, it.name);
  });
  if (made.has_value() && verdict.accepted()) {
    const int link = static_cast<int>(model_.links().size()) - 1;
    model_.link(link).name = made->name();
    absl::StrAppend(&story_, " L", link);
  }
  CheckInvitation(number);
  CheckProtection(it.principal);
  CheckDuty(who);
}

void Player::Decline(const Command& command) {
  const int number = PickInvitation(command);
  if (number == kNobody) return;
  const ModelInvitation it = model_.invitation(number);
  const int who = ActorFor(command, it.invitee);
  const bool block = command.how % 4 == 0;
  absl::StrAppend(&story_, ": ", PersonId(who), " I", number, block ? " for ever" : "");
  Try(command, model_.Decline(who, number, block), PersonId(who),
      [&](const Sender& by) { return calls_.Decline(by, it.name, block); });
  CheckInvitation(number);
}

void Player::Remove(const Command& command) {
  const int number = PickLink(command);
  if (number == kNobody) return;
  const ModelLink it = model_.link(number);
  const int who = ActorFor(command, it.principal);
  const bool named = command.how % 2 == 0;
  absl::StrAppend(&story_, ": ", PersonId(who), named ? absl::StrCat(" L", number) : "");
  const absl::Duration age = SessionAge(command);
  const auto removed =
      Try(command, model_.Remove(who, named ? number : kNobody, age), PersonId(who), [&](Sender by) {
        by.session_age = age;
        return calls_.Remove(by, named ? it.name : "");
      });
  if (removed.has_value()) {  // with the contact's consent, where the policy demands it
    if (world_.policies().link.removal_confirmed) Complain("removed without the contact's consent");
    may_part_[removed->name()] = world_.now() + world_.policies().link.removal_delay;
  }
  CheckProtection(who);
  CheckDuty(it.contact);
}

void Player::Resign(const Command& command) {
  const int number = PickLink(command);
  if (number == kNobody) return;
  const ModelLink it = model_.link(number);
  const int who = ActorFor(command, it.contact);
  absl::StrAppend(&story_, ": ", PersonId(who), " L", number);
  const absl::Duration age = SessionAge(command);
  const auto left = Try(command, model_.Resign(who, number, age), PersonId(who), [&](Sender by) {
    by.session_age = age;
    return calls_.Resign(by, it.name);
  });
  if (left.has_value()) may_part_[it.name] = world_.now();
  CheckProtection(it.principal);
  CheckDuty(it.contact);
}

void Player::Danger(const Command& command) {
  const int number = PickLink(command);
  if (number == kNobody) return;
  const ModelLink it = model_.link(number);
  const int who = ActorFor(command, it.contact);
  absl::StrAppend(&story_, ": ", PersonId(who), " L", number);
  Try(command, model_.ReportDanger(who, number), PersonId(who),
      [&](const Sender& by) { return calls_.ReportDanger(by, it.name); });
}

void Player::TakeCode(int number, ModelCode& code, const std::string& phone, bool expected) {
  const int before = messages_;
  messages_ = world_.Messages();
  const int came = messages_ - before;
  if (came != (expected ? 1 : 0)) {
    Complain(absl::StrCat(came, " codes were sent for R", number, ", not ", expected ? 1 : 0));
  }
  if (came > 0) code.values.push_back(world_.CodeTo(phone));
}

void Player::Start(const Command& command) {
  const int whose = PickClaimed(command);
  const std::string phone = world_.people().Get(PersonId(whose)).phone;
  const RecoveryPurpose purpose = PurposeFor(command, whose);
  const Verdict verdict = model_.Start(whose, purpose);
  absl::StrAppend(&story_, ": ", PersonId(whose), " ", RecoveryPurpose_Name(purpose));
  const auto made =
      Try(command, verdict, "", [&](const Sender& by) { return calls_.Start(by, phone, purpose); });
  if (!made.has_value() || !verdict.accepted()) return;
  const int number = static_cast<int>(model_.recoveries().size()) - 1;
  absl::StrAppend(&story_, " R", number, model_.recovery(number).decoy ? " (decoy)" : "");
  ModelRecovery& it = model_.recovery(number);
  it.name = made->name();
  TakeCode(number, it.own_code, phone, !it.decoy);
  LookAt(command, number);
}

void Player::Verify(const Command& command) {
  const int number = PickRecovery(command, [](const ModelRecovery& r) {
    return r.state == RECOVERY_STATE_AWAITING_OWN_CODE && !r.decoy;
  });
  if (number == kNobody) return;
  absl::StrAppend(&story_, ": R", number);
  const std::string code =
      CodeFor(command, model_.recovery(number).own_code, model_.recovery(number).contact_code);
  const Verdict verdict = model_.Verify(number, code);
  ModelRecovery& it = model_.recovery(number);
  const auto proved =
      Try(command, verdict, "", [&](const Sender& by) { return calls_.Verify(by, it.name, code); });
  if (proved.has_value()) it.assigned = calls_.OpenOf(PersonId(it.principal));
  if (proved.has_value() && it.contact != kNobody) {
    const auto asked = calls_.ListAssigned(PersonId(it.contact));
    const bool among = std::any_of(asked.begin(), asked.end(),
                                   [&](const AssignedRecovery& one) { return one.name() == it.assigned; });
    if (!among) Complain("the contact is not asked");
    it.match_code = proved->match_code();
    if (world_.policies().recovery.match_code != (it.match_code.size() == 4) &&
        it.state == RECOVERY_STATE_AWAITING_CONTACT) {
      Complain("four digits must be shown where the policy demands them, and only there");
    }
  }
  if (proved.has_value() && it.state == RECOVERY_STATE_APPROVED) {
    const auto guard = calls_.Guard(PersonId(it.principal));
    if (!guard.ok() || guard->guarded()) Complain("a protected account got a grant without its contact");
    causes_[it.assigned] = {};
  }
  LookAt(command, number);
  CheckGuesses();
}

void Player::Resend(const Command& command) {
  const int number = PickRecovery(
      command, [](const ModelRecovery& r) { return r.state == RECOVERY_STATE_AWAITING_OWN_CODE; });
  if (number == kNobody) return;
  absl::StrAppend(&story_, ": R", number);
  const Verdict verdict = model_.Resend(number);
  ModelRecovery& it = model_.recovery(number);
  const auto sent = Try(command, verdict, "", [&](const Sender& by) { return calls_.Resend(by, it.name); });
  TakeCode(number, it.own_code, it.phone, sent.has_value() && !it.decoy);
  LookAt(command, number);
}

void Player::Cancel(const Command& command) {
  const int number = PickRecovery(command, [](const ModelRecovery& r) { return !IsFinal(r.state); });
  if (number == kNobody) return;
  absl::StrAppend(&story_, ": R", number);
  const std::string name = model_.recovery(number).name;
  Try(command, model_.Cancel(number), "", [&](const Sender& by) { return calls_.Cancel(by, name); });
  LookAt(command, number);
}

void Player::CancelOwn(const Command& command) {
  const int who = AnyPerson(command.who);
  absl::StrAppend(&story_, ": ", PersonId(who));
  Try(command, model_.CancelOwn(who), PersonId(who), [&](const Sender& by) { return calls_.CancelOwn(by); });
}

void Player::Complete(const Command& command) {
  const int number =
      PickRecovery(command, [](const ModelRecovery& r) { return r.state == RECOVERY_STATE_APPROVED; });
  if (number == kNobody) return;
  const ModelRecovery it = model_.recovery(number);
  const auto seen = calls_.See(it.name);
  const bool right = command.how % 8 != 0 && seen.ok() && !seen->grant().empty();
  const bool sets = it.purpose == RECOVERY_PURPOSE_PASSWORD;
  const bool weak = sets && command.how % 8 == 1;
  const std::string grant = right ? seen->grant() : std::string(43, 'A');
  const std::string password = weak   ? "weak"
                               : sets ? absl::StrCat("password ", number, " ", command.who)
                                      : "";
  absl::StrAppend(&story_, ": R", number, right ? "" : " by a wrong grant",
                  weak ? " with a weak password" : "");
  const Verdict verdict = model_.Complete(number, right, weak);
  Command sent = command;
  // Refused and cut off, it stays marked as being used for a while; the model does not know of it.
  if (!verdict.accepted() && !weak) sent.twist = Twist::kNone;
  Try(sent, verdict, "", [&](const Sender& by) { return calls_.Complete(by, it.name, grant, password); });
  if (verdict.accepted()) ++accepted_[RecoveryPurpose_Name(it.purpose)];
  if (verdict.accepted() && sets) password_of_[PersonId(it.principal)] = password;
  if (verdict.accepted() && it.purpose == RECOVERY_PURPOSE_CONTACT_REMOVAL) {
    const auto cause = causes_.find(it.assigned);
    const std::string contact = "accounts/" + PersonId(model_.link(it.link).contact);
    const bool agreed = cause != causes_.end() && cause->second.contact == contact;
    if (!agreed) Complain("the contact was removed without having agreed");
    may_part_[model_.link(it.link).name] = world_.now();
    CheckProtection(it.principal);
  }
  CheckPasswords();
  CheckDeeds();
  LookAt(command, number);
}

// The first call's outcome is lost; another one, with another password, takes over after a while. Only one of
// the passwords is set, and the second call is told which.
void Player::CompleteTwice(const Command& command) {
  const int number =
      PickRecovery(command, [](const ModelRecovery& r) { return r.state == RECOVERY_STATE_APPROVED; });
  if (number == kNobody || model_.recovery(number).purpose != RECOVERY_PURPOSE_PASSWORD) return;
  const ModelRecovery it = model_.recovery(number);
  const auto seen = calls_.See(it.name);
  if (!seen.ok() || seen->grant().empty()) return;
  const bool set = command.how % 2 == 0;
  absl::StrAppend(&story_, ": R", number, set ? " after it was set" : " before it was set");
  Verdict verdict = model_.Complete(number, true, false);
  if (!verdict.accepted()) return;
  world_.cuts().Arm(1, set ? Cuts::When::kAfter : Cuts::When::kBefore);
  const Sender first{"", absl::StrFormat("00000000-0000-4000-8000-%012x", ++requests_)};
  const auto lost = calls_.Complete(first, it.name, seen->grant(), "first password");
  world_.cuts().Clear();
  if (!absl::IsUnavailable(lost.status())) Complain("a call that was cut off was answered");
  world_.clock().Advance(absl::Seconds(16));
  if (set) verdict.Object(absl::StatusCode::kFailedPrecondition);
  Command plain = command;
  plain.twist = Twist::kNone;
  Try(plain, verdict, "",
      [&](const Sender& by) { return calls_.Complete(by, it.name, seen->grant(), "second password"); });
  model_.recovery(number).ended_at = world_.now();
  model_.SetNow(world_.now());
  password_of_[PersonId(it.principal)] = set ? "first password" : "second password";
  CheckPasswords();
  LookAt(command, number);
}

}  // namespace tc::trust

// What the player does as a contact.

#include "tests/trust/player_try.h"

namespace tc::trust {

using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

namespace {

// The names are what the services gave; one that is not known yet leads nowhere.
std::string NameOf(const ModelRecovery& it) {
  return it.assigned.empty() ? "assignedRecoveries/AAAAAAAAAAAAAAAAAAAAAA" : it.assigned;
}

}  // namespace

int Player::PickAssigned(const Command& command, RecoveryState one, RecoveryState other) const {
  std::vector<int> fitting;
  const int count = static_cast<int>(model_.recoveries().size());
  for (int i = count - 1; i >= 0; --i) {
    const RecoveryState state = model_.recoveries()[static_cast<size_t>(i)].state;
    if (state == one || state == other) fitting.push_back(i);
  }
  if (!fitting.empty() && command.pick < 240) return fitting[command.pick % fitting.size()];
  return count == 0 ? kNobody : count - 1 - command.pick % std::min(count, 6);
}

void Player::Acknowledge(const Command& command) {
  const int number = PickAssigned(command, RECOVERY_STATE_AWAITING_CONTACT, RECOVERY_STATE_AWAITING_CONTACT);
  if (number == kNobody) return;
  const ModelRecovery it = model_.recovery(number);
  const int who = ActorFor(command, it.contact);
  const bool yes = command.how % 8 != 0;
  absl::StrAppend(&story_, ": ", PersonId(who), " R", number, yes ? "" : " with a no");
  Try(command, model_.Acknowledge(who, number, yes), PersonId(who),
      [&](const Sender& by) { return calls_.Acknowledge(by, NameOf(it), yes); });
  LookAt(command, number);
}

void Player::SendCode(const Command& command) {
  const RecoveryState also =
      command.how % 8 == 0 ? RECOVERY_STATE_CONTACT_CODE_SENT : RECOVERY_STATE_AWAITING_CONTACT;
  const int number = PickAssigned(command, RECOVERY_STATE_AWAITING_CONTACT, also);
  if (number == kNobody) return;
  const std::string name = NameOf(model_.recovery(number));
  const int who = ActorFor(command, model_.recovery(number).contact);
  absl::StrAppend(&story_, ": ", PersonId(who), " R", number);
  const Verdict verdict = model_.SendCode(who, number);
  const auto sent =
      Try(command, verdict, PersonId(who), [&](const Sender& by) { return calls_.SendCode(by, name); });
  ModelRecovery& it = model_.recovery(number);
  TakeCode(number, it.contact_code, it.contact_phone, sent.has_value());
  LookAt(command, number);
}

void Player::Approve(const Command& command) {
  const int number =
      PickAssigned(command, RECOVERY_STATE_CONTACT_CODE_SENT, RECOVERY_STATE_CONTACT_CODE_SENT);
  if (number == kNobody) return;
  const ModelRecovery before = model_.recovery(number);
  const int who = ActorFor(command, before.contact);
  absl::StrAppend(&story_, ": ", PersonId(who), " R", number);
  const std::string code = CodeFor(command, before.contact_code, before.own_code);
  const std::string wrong_match = before.match_code == "0000" ? "0001" : "0000";
  const std::string match_code = command.whom % 6 == 0 ? wrong_match : before.match_code;
  const absl::Duration age = absl::Seconds(command.whom % 9 == 0 ? 301 : command.whom % 100);
  // In the claimant's place now and then.
  Place place = kContactsPlace;
  if (command.nth == 4 && command.who % 6 == 0) place.device = kClaimantsPlace.device;
  if (command.nth == 4 && command.who % 6 == 1) place.address = kClaimantsPlace.address;
  const bool same_address =
      world_.policies().recovery.same_address && place.address == kClaimantsPlace.address;
  const bool same_place = same_address || place.device == kClaimantsPlace.device;
  if (same_place) absl::StrAppend(&story_, " in the claimant's place");
  const Verdict verdict = model_.Approve(who, number, code, match_code, age, same_place);
  const auto approved = Try(command, verdict, PersonId(who), [&](Sender by) {
    by.session_age = age;
    return calls_.Approve(by, NameOf(before), code, match_code, place);
  });
  if (approved.has_value()) {
    const auto guard = calls_.Guard(PersonId(before.principal));
    const bool by_contact = guard.ok() && guard->contact() == "accounts/" + PersonId(who);
    // Its values were taken from what came to his phone.
    const bool own_code = !before.contact_code.values.empty() && code == before.contact_code.values.back();
    if (!by_contact || !own_code) Complain("approved, but not by the contact with his own code");
    causes_[before.assigned] = {Cause::By::kContact, "accounts/" + PersonId(who)};
  }
  LookAt(command, number);
  CheckGuesses();
}

void Player::Reject(const Command& command) {
  const int number = PickAssigned(command, RECOVERY_STATE_AWAITING_CONTACT, RECOVERY_STATE_HELD);
  if (number == kNobody) return;
  const ModelRecovery it = model_.recovery(number);
  const int who = ActorFor(command, it.contact);
  const bool fraud = command.how % 3 == 0;
  absl::StrAppend(&story_, ": ", PersonId(who), " R", number, fraud ? " for fraud" : "");
  Try(command, model_.Reject(who, number, fraud), PersonId(who), [&](const Sender& by) {
    return calls_.Reject(by, NameOf(it), fraud ? REJECT_REASON_FRAUD : REJECT_REASON_NOT_REACHED);
  });
  LookAt(command, number);
}

void Player::HoldOrRelease(const Command& command) {
  const bool hold = command.act == Act::kHold;
  const RecoveryState one = hold ? RECOVERY_STATE_AWAITING_CONTACT : RECOVERY_STATE_HELD;
  const int number = PickAssigned(command, one, hold ? RECOVERY_STATE_CONTACT_CODE_SENT : one);
  if (number == kNobody || model_.recovery(number).assigned.empty()) return;
  const std::string name = model_.recovery(number).assigned;
  absl::StrAppend(&story_, ": R", number);
  const Verdict verdict = hold ? model_.HoldBack(number) : model_.Release(number);
  const auto done = Try(command, verdict, "", [&](const Sender& by) {
    return hold ? calls_.Hold(by, name) : calls_.Release(by, name);
  });
  if (done.has_value() && !hold) {
    const auto seen = calls_.See(model_.recovery(number).name);
    if (seen.ok() && !seen->match_code().empty()) model_.recovery(number).match_code = seen->match_code();
  }
  LookAt(command, number);
}

}  // namespace tc::trust

// What officers, the device in the principal's hand, and whoever reads a notice do.

#include "tests/trust/player_try.h"

namespace tc::trust {

using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

namespace {

constexpr const char* kOfficers[] = {"ivanov", "petrova", "IVANOV", "sidorov"};
constexpr const char* kOrganisations[] = {"north", "centre-1"};

}  // namespace

// Mostly the right documents.
Visit Player::VisitFor(const Command& command, int person) const {
  const bool right = command.pick % 10 != 0;
  return {kOfficers[command.how % std::size(kOfficers)], kOrganisations[command.who % 2],
          right ? PassportOf(PersonId(person)) : "4999999999"};
}

// The device makes another capability each time.
void Player::StartInPerson(const Command& command) {
  const int whose = command.whom % 2 == 0 ? PickClaimed(command) : AnyPerson(command.who);
  const Visit visit = VisitFor(command, whose);
  const bool right = visit.passport == PassportOf(PersonId(whose));
  const std::string capability =
      absl::StrCat("capability-of-the-device-", PersonId(whose), "-", ++capabilities_);
  absl::StrAppend(&story_, ": ", PersonId(whose), " to ", visit.officer, right ? "" : " by a wrong passport");
  const int open = model_.OpenOf(whose);
  const std::string taken_over = open == kNobody ? "" : model_.recovery(open).assigned;
  const Verdict verdict = model_.StartInPerson(whose, {visit.officer, visit.organisation, right});
  const auto begun = Try(command, verdict, "", [&](const Sender& by) {
    return calls_.StartInPerson(by, visit, PersonId(whose), capability);
  });
  if (!begun.has_value() || !verdict.accepted()) return;
  const int number = model_.OpenOf(whose);
  ModelRecovery& it = model_.recovery(number);
  it.name = "recoveries/" + capability;
  it.assigned = begun->name();
  absl::StrAppend(&story_, " R", number);
  if (!taken_over.empty() && taken_over != it.assigned) Complain("what was open was not taken over");
  if (const auto token = tokens_.find(it.assigned); token != tokens_.end()) {
    former_tokens_.push_back(token->second);
    tokens_.erase(token);
  }
  causes_.erase(it.assigned);
  visits_[it.assigned] = {visit.officer, world_.now()};
  if (begun->state() == RECOVERY_STATE_APPROVED) {
    const auto guard = calls_.Guard(PersonId(whose));
    if (!guard.ok() || guard->guarded()) Complain("one officer alone has opened a guarded account");
    causes_[it.assigned] = {};
  }
  CheckRecovery(number);
}

// Comes after the delay, mostly.
void Player::ConfirmInPerson(const Command& command) {
  const int number = PickAssigned(command, RECOVERY_STATE_IN_PERSON, RECOVERY_STATE_IN_PERSON);
  if (number == kNobody || model_.recovery(number).assigned.empty()) return;
  if (model_.MayBeGone(model_.recovery(number))) return;  // whose documents are asked for is open then
  const ModelRecovery before = model_.recovery(number);
  if (before.state == RECOVERY_STATE_IN_PERSON && command.whom % 3 != 0 && world_.now() < before.confirm_at) {
    world_.clock().Set(before.confirm_at - absl::Seconds(command.whom % 3 - 1));
    model_.SetNow(world_.now());
  }
  const Visit visit = VisitFor(command, before.principal);
  const bool right = visit.passport == PassportOf(PersonId(before.principal));
  absl::StrAppend(&story_, ": R", number, " by ", visit.officer, right ? "" : " by a wrong passport");
  const Verdict verdict = model_.ConfirmInPerson(number, {visit.officer, visit.organisation, right});
  const auto confirmed = Try(command, verdict, "", [&](const Sender& by) {
    return calls_.ConfirmInPerson(by, visit, before.assigned);
  });
  if (confirmed.has_value()) {  // REC-23
    const FirstVisit& first = visits_[before.assigned];
    const bool two = !absl::EqualsIgnoreCase(first.officer, visit.officer);
    const bool late = world_.now() >= first.at + world_.policies().recovery.in_person_delay;
    if (!two || !late || !right) Complain("approved in person without a second officer after the delay");
    causes_[before.assigned] = {Cause::By::kTwoOfficers, ""};
  }
  LookAt(command, number);
}

// Right, made up, of what was taken over, or of another recovery: only the first does anything.
void Player::CancelNotMe(const Command& command) {
  std::string token = "AAAAAAAAAAAAAAAAAAAAAA";
  int number = kNobody;
  if (command.how % 8 == 1 && !former_tokens_.empty()) {
    token = former_tokens_[command.pick % former_tokens_.size()];
  } else if (command.how % 8 != 0) {
    std::vector<int> told, open;
    for (int i = 0; i < static_cast<int>(model_.recoveries().size()); ++i) {
      if (tokens_.count(model_.recovery(i).assigned) == 0) continue;
      told.push_back(i);
      if (!IsFinal(model_.recovery(i).state)) open.push_back(i);
    }
    const std::vector<int>& from = open.empty() || command.how % 8 == 2 ? told : open;
    if (from.empty()) return;
    number = from[command.pick % from.size()];
    token = tokens_[model_.recovery(number).assigned];
  }
  absl::StrAppend(&story_, number == kNobody ? " by a token that is none" : absl::StrCat(": R", number));
  const Verdict verdict =
      number == kNobody ? Verdict().Object(absl::StatusCode::kNotFound) : model_.Cancel(number);
  Try(command, verdict, "", [&](const Sender& by) { return calls_.CancelNotMe(by, token); });
  if (number != kNobody) LookAt(command, number);
}

// It leads nowhere, whatever is tried with it.
void Player::FormerCapability(const Command& command) {
  std::vector<const ModelRecovery*> taken_over;
  for (const ModelRecovery& it : model_.recoveries()) {
    if (!it.former_names.empty()) taken_over.push_back(&it);
  }
  if (taken_over.empty()) return;
  const ModelRecovery& it = *taken_over[command.pick % taken_over.size()];
  const std::string name = it.former_names.back();
  const std::string code = it.own_code.values.empty() ? "00000" : it.own_code.values.back();
  const auto seen = calls_.See(it.name);
  const std::string grant = seen.ok() && !seen->grant().empty() ? seen->grant() : std::string(43, 'A');
  const Verdict nowhere = Verdict().Object(absl::StatusCode::kNotFound);
  if (command.how % 4 == 0) {
    Try(command, nowhere, "", [&](const Sender& by) { return calls_.Verify(by, name, code); });
  } else if (command.how % 4 == 1) {
    Try(command, nowhere, "", [&](const Sender& by) { return calls_.Cancel(by, name); });
  } else if (command.how % 4 == 2) {
    Try(command, nowhere, "", [&](const Sender& by) { return calls_.Resend(by, name); });
  } else {
    Try(command, nowhere, "",
        [&](const Sender& by) { return calls_.Complete(by, name, grant, "a password"); });
  }
}

}  // namespace tc::trust

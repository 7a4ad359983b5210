#include "tests/trust/player.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace tc::trust {

namespace {

constexpr int kWholeLookEvery = 60;  // steps

}  // namespace

Player::Player(const Setup& setup)
    : world_(setup), calls_(world_), model_(world_.policies(), world_.people()) {
  for (int i = 0; i < kPeople; ++i) world_.AddPerson();
  model_.SetNow(world_.now());
}

void Player::Complain(const std::string& what) {
  if (complaint_.empty()) complaint_ = what;
}

absl::Duration Player::SessionAge(const Command& command) const {
  const absl::Duration limit = world_.policies().link.session_age;
  return command.nth == 5 && command.how % 4 == 0 ? limit + absl::Seconds(1) : limit * (command.how % 2);
}

int Player::ActorFor(const Command& command, int right) const {
  return command.who < 216 && right != kNobody ? right : AnyPerson(command.whom);
}

// Mostly somebody who is guarded and for whom nothing is open; somebody frozen, where a freeze can be ended.
int Player::PickClaimed(const Command& command) const {
  for (int i = 0; i < kPeople && command.nth == 3 && world_.policies().recovery.purpose_unfreeze; ++i) {
    const int person = (command.who + i) % kPeople;
    if (IsFrozen(world_.people().Get(PersonId(person)), world_.now())) return person;
  }
  for (int i = 0; i < kPeople && command.how % 5 != 0; ++i) {
    const int person = (command.who + i) % kPeople;
    const bool open = std::any_of(model_.recoveries().begin(), model_.recoveries().end(), [&](const auto& r) {
      return r.principal == person && !r.decoy && !IsFinal(r.state);
    });
    if (!open && model_.GuardOf(person) != kNobody) return person;
  }
  return AnyPerson(command.who);
}

// Another purpose now and then, also where it is not enabled.
rec_pb::RecoveryPurpose Player::PurposeFor(const Command& command, int person) const {
  const recovery::Policy& policy = world_.policies().recovery;
  const bool enabled = policy.purpose_phone_change || policy.purpose_contact_removal;
  if (command.how % (enabled ? 2 : 16) != 0) return rec_pb::RECOVERY_PURPOSE_PASSWORD;
  const Citizen citizen = world_.people().Get(PersonId(person));
  if (policy.purpose_unfreeze && IsFrozen(citizen, world_.now())) return rec_pb::RECOVERY_PURPOSE_UNFREEZE;
  static constexpr rec_pb::RecoveryPurpose kPurposes[] = {
      rec_pb::RECOVERY_PURPOSE_CONTACT_REMOVAL, rec_pb::RECOVERY_PURPOSE_PHONE_CHANGE,
      rec_pb::RECOVERY_PURPOSE_CONTACT_REMOVAL, rec_pb::RECOVERY_PURPOSE_UNFREEZE};
  return kPurposes[command.whom % std::size(kPurposes)];
}

// One of the newest.
int Player::PickInvitation(const Command& command) const {
  const int count = static_cast<int>(model_.invitations().size());
  if (count == 0) return kNobody;
  const int from = command.pick % std::min(count, 5);
  for (int i = 0; i < count && command.pick < 240; ++i) {  // mostly an open one
    const int number = count - 1 - (from + i) % count;
    if (model_.invitations()[static_cast<size_t>(number)].state == link_pb::INVITATION_STATE_PENDING)
      return number;
  }
  return count - 1 - from;
}

int Player::PickLink(const Command& command) const {
  const int count = static_cast<int>(model_.links().size());
  if (count == 0) return kNobody;
  return count - 1 - command.pick % std::min(count, 6);
}

std::string Player::CodeFor(const Command& command, const ModelCode& code, const ModelCode& other) {
  const std::string wrong(static_cast<size_t>(world_.policies().otp.code_digits),
                          static_cast<char>('0' + command.pick % 10));
  // Who has guessed goes on guessing.
  const bool stubborn = code.tries_of_all > 0 && command.who % 4 != 0;
  const int kind = stubborn ? 15 : command.how % 16;
  std::string typed = wrong;
  if (kind < 11 && !code.values.empty()) typed = code.values.back();
  if (kind == 11 && !code.values.empty()) typed = code.values.front();   // perhaps an old one
  if (kind == 12 && !other.values.empty()) typed = other.values.back();  // the other side's
  absl::StrAppend(&story_, !code.values.empty() && typed == code.values.back() ? " by the right code"
                                                                               : " by a wrong code");
  return typed;
}

// What leads on some open recovery; or makes another link, or begins another recovery.
Act Player::NextAct(const Command& command) const {
  const auto pending = [](const ModelInvitation& it) {
    return it.state == link_pb::INVITATION_STATE_PENDING && it.invitee != kNobody;
  };
  const auto& invitations = model_.invitations();
  const bool waits = std::any_of(invitations.begin(), invitations.end(), pending);
  if (command.nth == 1) return waits ? Act::kAccept : Act::kInvite;
  std::vector<const ModelRecovery*> open;
  for (const ModelRecovery& it : model_.recoveries()) {
    if (!it.decoy && !IsFinal(it.state)) open.push_back(&it);
  }
  if (command.nth == 2 || open.empty()) return command.how % 2 == 0 ? Act::kStart : Act::kWait;
  const ModelRecovery& it = *open[command.pick % open.size()];
  switch (it.state) {
    case rec_pb::RECOVERY_STATE_AWAITING_OWN_CODE:
      return Act::kVerify;
    case rec_pb::RECOVERY_STATE_AWAITING_CONTACT:
      return it.acknowledged_at == absl::InfiniteFuture() ? Act::kAcknowledge : Act::kSendCode;
    case rec_pb::RECOVERY_STATE_CONTACT_CODE_SENT:
      return Act::kApprove;
    case rec_pb::RECOVERY_STATE_APPROVED:
      return Act::kComplete;
    case rec_pb::RECOVERY_STATE_IN_PERSON:
      return Act::kConfirmInPerson;
    case rec_pb::RECOVERY_STATE_HELD:
      if (command.how % 4 == 3) return Act::kStartInPerson;
      return command.how % 4 == 2 ? Act::kReject : Act::kRelease;
    default:
      return Act::kDeliver;
  }
}

std::string Player::Play(const Command& command) {
  complaint_.clear();
  model_.SetNow(world_.now());
  Command played = command;
  if (command.act == Act::kNext) played.act = NextAct(command);
  story_ = std::string(Name(played.act));
  Do(played);
  if (played.twist != Twist::kNone) absl::StrAppend(&story_, " [", Name(played.twist), "]");
  if (complaint_.empty() && ++steps_ % kWholeLookEvery == 0) CheckAll();
  return complaint_;
}

void Player::Do(const Command& command) {
  using Way = void (Player::*)(const Command&);
  static const std::map<Act, Way> ways = {
      {Act::kInvite, &Player::Invite},
      {Act::kCancelInvitation, &Player::CancelInvitation},
      {Act::kAccept, &Player::Accept},
      {Act::kDecline, &Player::Decline},
      {Act::kRemove, &Player::Remove},
      {Act::kResign, &Player::Resign},
      {Act::kDanger, &Player::Danger},
      {Act::kStart, &Player::Start},
      {Act::kVerify, &Player::Verify},
      {Act::kResend, &Player::Resend},
      {Act::kCancel, &Player::Cancel},
      {Act::kCancelOwn, &Player::CancelOwn},
      {Act::kCancelNotMe, &Player::CancelNotMe},
      {Act::kFormerCapability, &Player::FormerCapability},
      {Act::kStartInPerson, &Player::StartInPerson},
      {Act::kConfirmInPerson, &Player::ConfirmInPerson},
      {Act::kAcknowledge, &Player::Acknowledge},
      {Act::kSendCode, &Player::SendCode},
      {Act::kApprove, &Player::Approve},
      {Act::kReject, &Player::Reject},
      {Act::kHold, &Player::HoldOrRelease},
      {Act::kRelease, &Player::HoldOrRelease},
      {Act::kComplete, &Player::Complete},
      {Act::kCompleteTwice, &Player::CompleteTwice},
      {Act::kChangePhone, &Player::ChangePerson},
      {Act::kFreeze, &Player::ChangePerson},
      {Act::kBlock, &Player::ChangePerson},
      {Act::kConfirmation, &Player::ChangePerson},
      {Act::kWait, &Player::Wait},
      {Act::kTimers, &Player::Timers},
      {Act::kOutbox, &Player::Outbox},
      {Act::kDeliver, &Player::Deliver},
      {Act::kRestart, &Player::Restart},
  };
  (this->*ways.at(command.act))(command);
}

void Player::Timers(const Command&) {
  world_.RunTimers();
  model_.TimersRan();
}

// Of the notices one may be cut off; it is told again, and once all the same.
void Player::Outbox(const Command& command) {
  const bool cut = IsCut(command.twist);
  if (cut) {
    const auto when = command.twist == Twist::kCutBefore ? Cuts::When::kBefore : Cuts::When::kAfter;
    world_.notice_cuts().Arm(command.nth, when);
  }
  world_.RunOutbox(Service::kLinking);
  model_.LinkingOutboxRan();
  world_.RunOutbox(Service::kRecovery);
  model_.RecoveryOutboxRan();
  world_.notice_cuts().Clear();
  CheckNotices(!cut);
}

void Player::Deliver(const Command&) {
  world_.DeliverEvents();
  model_.EventsDelivered();
}

void Player::Wait(const Command& command) {
  static constexpr int kSeconds[] = {1,  1,  1,  1,  2,   2,   5,   5,   6,   6,    31,   31,   61,    61,
                                     61, 61, 61, 61, 121, 121, 301, 301, 901, 1801, 3601, 3601, 21600, 86400};
  static constexpr int kMonth = 30 * 86400;
  const int seconds = kSeconds[command.how % std::size(kSeconds)];
  // The longest are rare.
  int waited = seconds >= 21600 && command.who % 2 != 0 ? 61 : seconds;
  if (seconds == 86400 && command.who % 16 == 0) waited = kMonth;
  world_.clock().Advance(absl::Seconds(waited));
  model_.SetNow(world_.now());
  absl::StrAppend(&story_, " by ", waited, " s");
}

void Player::Restart(const Command& command) {
  static constexpr Service kServices[] = {Service::kLinking, Service::kRecovery, Service::kOtp};
  world_.Restart(kServices[command.how % 3]);
  CheckAll();  // what was acknowledged is still there
}

// Mostly somebody whose trouble is over then, so that life goes on.
int Player::PickPersonToChange(const Command& command) const {
  for (int i = 0; i < kPeople && command.how % 4 != 0; ++i) {
    const int person = (command.who + i) % kPeople;
    const Citizen c = world_.people().Get(PersonId(person));
    const bool in_trouble = (command.act == Act::kFreeze && c.frozen) ||
                            (command.act == Act::kBlock && c.blocked) ||
                            (command.act == Act::kConfirmation && !c.confirmed);
    if (in_trouble) return person;
  }
  return AnyPerson(command.who);
}

void Player::ChangePerson(const Command& command) {
  const std::string id = PersonId(PickPersonToChange(command));
  const auto change = [&](Citizen& c) -> rpc::FollowedEvent {
    switch (command.act) {
      case Act::kChangePhone:
        c.phone = absl::StrFormat("+7917%07d", ++phones_);
        c.phone_bound_at = world_.now();
        return {"PhoneBound", "", {{"kind", "MAIN"}}, {}};
      case Act::kFreeze:
        c.frozen = !c.frozen;
        return {c.frozen ? "AccountFrozen" : "AccountUnfrozen", "", {}, {}};
      case Act::kBlock:
        c.blocked = !c.blocked;
        return {c.blocked ? "AccountBlocked" : "AccountUnblocked", "", {}, {}};
      default:
        c.confirmed = !c.confirmed;
        if (c.confirmed) return {"AccountConfirmed", "", {}, {}};
        return {"AccountUpdated", "", {{"confirmation_lost", "true"}}, {}};
    }
  };
  world_.people().Change(id, change, world_.now());
  absl::StrAppend(&story_, ": ", id);
}

}  // namespace tc::trust

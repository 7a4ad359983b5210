// The rules of the contact's side (R4–R7, L7) and of the operator's, told once more.

#include "tests/trust/model.h"

namespace tc::trust {
namespace {

using enum absl::StatusCode;
using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

}  // namespace

Verdict Model::Acknowledge(int who, int number, bool yes) {
  ModelRecovery& it = recovery(number);
  if (it.contact != who) return Verdict().Object(kNotFound);
  if (!AwaitsContact(it.state)) {
    Verdict verdict;
    if (MayBeGone(it)) verdict.Object(kNotFound);
    return verdict.Object(kFailedPrecondition);
  }
  // Reading again moves nothing, but a "no" on the way begins the thinking anew.
  const bool as_before = it.acknowledged_at != absl::InfiniteFuture() && !it.answered_no && yes;
  if (!as_before) it.acknowledged_at = now_;
  it.answered_no = !yes;
  return Verdict();
}

void Model::HoldRecovery(int number) {
  ModelRecovery& it = recovery(number);
  if (!CanBeHeld(it.state)) return;
  CancelCodes(it);
  it.state = RECOVERY_STATE_HELD;
  TellBoth(it, recovery::NoticeKind::kHeld);
}

void Model::HoldAsked(int number) {
  if (AwaitsContact(recovery(number).state)) HoldRecovery(number);
}

// He is asked, and reminded at 50 and 90 % of his time.
void Model::Ask(ModelRecovery& it) {
  const absl::Duration left = it.expires_at - now_;
  it.reminders = {now_ + left / 2, now_ + left / 10 * 9};
  TellContact(it, recovery::NoticeKind::kAwaitingContact);
}

bool Model::WarningStands(const ModelRecovery& it) const {
  return it.answered_no || now_ < it.acknowledged_at + policies_.recovery.thinking_time;
}

bool Model::PeopleStand(int number) {
  const ModelRecovery& it = recovery(number);
  const Citizen principal = Person(it.principal);
  const Citizen contact = Person(it.contact);
  const bool held = GuardOf(it.principal) != it.link || !IsUsable(principal, it.purpose, now_) ||
                    principal.phone != it.phone || !IsActive(contact, now_) ||
                    contact.phone != it.contact_phone ||
                    now_ - contact.phone_bound_at < policies_.recovery.phone_age;
  if (held) HoldRecovery(number);
  return held || !IsFit(principal, it.purpose, now_) || !MayBeContact(contact, now_);
}

Verdict Model::SendCode(int who, int number) {
  ModelRecovery& it = recovery(number);
  if (it.contact != who) return Verdict().Object(kNotFound);
  Verdict verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  if (!AwaitsContact(it.state) || WarningStands(it)) return verdict.Object(kFailedPrecondition);
  if (PeopleStand(number)) return verdict.Object(kFailedPrecondition);
  const Sending sending = NextCode(it.contact_code);
  if (sending == Sending::kUsedUp) return Refused(number, Try::kUsedUp);
  if (sending == Sending::kNotNow) return verdict.Object(kResourceExhausted);
  it.state = RECOVERY_STATE_CONTACT_CODE_SENT;
  return verdict;
}

// R5. What is charged or held depends on the order: session, warning, match code, place, link, the two,
// code, mirror.
Verdict Model::Approve(int who, int number, const std::string& code, const std::string& match_code,
                       absl::Duration session_age, bool claimants_place) {
  ModelRecovery& it = recovery(number);
  if (it.contact != who) return Verdict().Object(kNotFound);
  Verdict verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  if (it.state != RECOVERY_STATE_CONTACT_CODE_SENT) return verdict.Object(kFailedPrecondition);
  if (session_age > policies_.recovery.session_age) return verdict.Object(kUnauthenticated);
  if (WarningStands(it)) return verdict.Object(kFailedPrecondition);
  if (!it.match_code.empty() && match_code != it.match_code) {
    const bool last = ++it.match_misses >= policies_.recovery.match_tries;
    return Refused(number, last ? Try::kLast : Try::kWrong);
  }
  if (claimants_place && it.place_known) {
    HoldRecovery(number);
    return verdict.Object(kFailedPrecondition);
  }
  if (PeopleStand(number)) return verdict.Object(kFailedPrecondition);
  const bool right = !it.contact_code.values.empty() && code == it.contact_code.values.back();
  const Try entered = Enter(it.contact_code, code, right);
  if (entered != Try::kRight) return Refused(number, entered);
  if (const int mirror = MirrorOf(it); mirror != kNobody) {
    HoldAsked(mirror);
    HoldRecovery(number);
    return verdict.Object(kFailedPrecondition);
  }
  Grant(it);
  TellPrincipal(it, recovery::NoticeKind::kApproved);
  return verdict;
}

Verdict Model::HoldBack(int number) {
  Verdict verdict;
  if (MayBeGone(recovery(number))) verdict.Object(kNotFound);
  if (!CanBeHeld(recovery(number).state)) return verdict.Object(kFailedPrecondition);
  HoldRecovery(number);
  return verdict;
}

Verdict Model::Release(int number) {
  ModelRecovery& it = recovery(number);
  Verdict verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  if (it.state != RECOVERY_STATE_HELD || it.contact == kNobody) return verdict.Object(kFailedPrecondition);
  // His time is not extended, also where the way in person has kept the recovery open.
  const absl::Time end = std::min(it.expires_at, it.proved_at + policies_.recovery.lifetime);
  if (now_ >= end) return verdict.Object(kFailedPrecondition);
  if (const int mirror = MirrorOf(it); mirror != kNobody) {  // L7: it stays held, and the other one, too
    HoldAsked(mirror);
    return verdict;
  }
  it.state = RECOVERY_STATE_AWAITING_CONTACT;
  it.expires_at = it.deadline = end;
  Ask(it);
  return verdict;
}

Verdict Model::Reject(int who, int number, bool fraud) {
  ModelRecovery& it = recovery(number);
  if (it.contact != who) return Verdict().Object(kNotFound);
  Verdict verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  if (!AwaitsContact(it.state) && it.state != RECOVERY_STATE_HELD) return verdict.Object(kFailedPrecondition);
  End(number, RECOVERY_STATE_REJECTED, now_, true);
  it.fraud = fraud;
  TellPrincipal(it, fraud ? recovery::NoticeKind::kFraud : recovery::NoticeKind::kRejected);
  if (fraud) {
    absl::Time& closed_until = ledgers_[it.principal].closed_until;
    closed_until = std::max(closed_until, now_ + policies_.recovery.fraud_freeze);  // R6
  }
  return verdict;
}

}  // namespace tc::trust

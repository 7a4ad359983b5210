// The rules of recovery (R1–R12), told once more.

#include <algorithm>
#include <utility>

#include "tests/trust/model.h"

namespace tc::trust {
namespace {

using enum absl::StatusCode;
using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

constexpr absl::Duration kDay = absl::Hours(24);

void Forget(std::vector<absl::Time>& times, absl::Time now) {
  std::erase_if(times, [&](absl::Time t) { return now - t >= kDay; });
}

}  // namespace

bool AwaitsContact(RecoveryState state) {
  return state == RECOVERY_STATE_AWAITING_CONTACT || state == RECOVERY_STATE_CONTACT_CODE_SENT;
}

bool IsFinal(RecoveryState state) { return state >= RECOVERY_STATE_COMPLETED; }

bool Model::MayBeGone(const ModelRecovery& it) const {
  const absl::Duration kept = it.proved_at == absl::InfiniteFuture() ? kDay : policies_.recovery.retention;
  return IsFinal(it.state) && now_ >= it.ended_at + kept;
}

void Model::SetNow(absl::Time now) {
  const absl::Time before = std::exchange(now_, now);
  for (int i = 0; i < static_cast<int>(recoveries_.size()); ++i) {
    const ModelRecovery& it = recovery(i);
    if (!IsFinal(it.state) && now_ >= it.expires_at) End(i, RECOVERY_STATE_EXPIRED, it.expires_at, false);
  }
  namespace link_pb = trustedcontact::linking::v1;
  for (ModelLink& it : links_) {
    if (it.state != link_pb::LINK_STATE_REMOVAL_PENDING) continue;
    const absl::Time due = RemovalDue(it);
    // Until the hold's end was heard of, the contact has guarded.
    if (now_ >= due) EndLink(it, link_pb::LINK_STATE_REMOVED, std::max(due, before), false);
  }
  for (ModelInvitation& it : invitations_) {
    if (it.state == link_pb::INVITATION_STATE_PENDING && now_ >= it.expires_at) {
      it.state = link_pb::INVITATION_STATE_EXPIRED;
      TellInviter(it, it.expires_at, false);
    }
  }
}

void Model::CancelCodes(ModelRecovery& it) {
  if (it.state == RECOVERY_STATE_AWAITING_OWN_CODE) it.own_code.cancel_wanted = now_;
  if (it.state == RECOVERY_STATE_CONTACT_CODE_SENT) it.contact_code.cancel_wanted = now_;
}

void Model::End(int number, RecoveryState state, absl::Time at, bool told) {
  ModelRecovery& it = recovery(number);
  const bool unanswered = state == RECOVERY_STATE_EXPIRED && AwaitsContact(it.state);
  CancelCodes(it);
  it.state = state;
  it.ended_at = at;
  it.end_told = told;
  it.reminders.clear();
  if (it.decoy) return;
  if (state != RECOVERY_STATE_COMPLETED && state != RECOVERY_STATE_REJECTED) TellEnded(it, told);
  Ledger& ledger = ledgers_[it.principal];
  if (ledger.open == number) ledger.open = kNobody;
  if (state == RECOVERY_STATE_COMPLETED) ledger.failures.clear();
  if (!unanswered && state != RECOVERY_STATE_REJECTED && state != RECOVERY_STATE_LOCKED) return;
  Forget(ledger.failures, at);
  const std::vector<absl::Duration>& cool_downs = policies_.recovery.cool_downs;
  const size_t nth = std::min(ledger.failures.size(), cool_downs.size() - 1);
  ledger.closed_until = std::max(ledger.closed_until, at + cool_downs[nth]);
  ledger.failures.push_back(at);
}

// Only a freeze can be ended in a frozen account, and nothing else in one that is.
bool Model::CanStart(int person, RecoveryPurpose purpose) const {
  const Citizen citizen = Person(person);
  return purpose == RECOVERY_PURPOSE_UNFREEZE ? IsFrozen(citizen, now_) : IsActive(citizen, now_);
}

bool Model::MayStart(int person, RecoveryPurpose purpose) const {
  const auto found = ledgers_.find(person);
  if (!CanStart(person, purpose)) return false;
  if (found == ledgers_.end()) return true;
  const Ledger& ledger = found->second;
  const auto recent = std::count_if(ledger.starts.begin(), ledger.starts.end(),
                                    [&](absl::Time start) { return now_ - start < kDay; });
  return ledger.open == kNobody && now_ >= ledger.closed_until && recent < policies_.recovery.starts_per_day;
}

void Model::WriteDownEnds(int principal) {
  for (int i = 0; i < static_cast<int>(recoveries_.size()); ++i) {
    ModelRecovery& it = recovery(i);
    if (it.principal != principal || it.decoy || !IsFinal(it.state) || it.end_told) continue;
    it.end_told = true;
    Written(i);
  }
}

Verdict Model::Start(int whose, RecoveryPurpose purpose) {
  if (!IsEnabled(policies_.recovery, purpose)) return Verdict().Object(kFailedPrecondition);
  ModelRecovery made;
  made.principal = whose;
  made.purpose = purpose;
  made.decoy = !MayStart(whose, purpose);
  made.created_at = now_;
  made.expires_at = now_ + policies_.recovery.own_code_lifetime;
  made.phone = Person(whose).phone;
  NextCode(made.own_code);
  if (CanStart(whose, purpose)) WriteDownEnds(whose);  // before another one begins
  recoveries_.push_back(made);
  if (made.decoy) return Verdict();
  Ledger& ledger = ledgers_[whose];
  ledger.open = static_cast<int>(recoveries_.size()) - 1;
  ledger.starts.push_back(now_);
  return Verdict();  // the same answer for everybody (R1)
}

Verdict Model::Verify(int number, const std::string& code) {
  ModelRecovery& it = recovery(number);
  Verdict verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  if (it.state != RECOVERY_STATE_AWAITING_OWN_CODE) return verdict.Object(kFailedPrecondition);
  const bool right = !it.decoy && !it.own_code.values.empty() && code == it.own_code.values.back();
  const Try entered = Enter(it.own_code, code, right);
  if (entered != Try::kRight) return Refused(number, entered);
  Prove(number);
  return verdict;
}

int Model::MirrorOf(const ModelRecovery& it) const {
  const auto ledger = ledgers_.find(it.contact);
  if (it.contact == kNobody || ledger == ledgers_.end() || ledger->second.open == kNobody) return kNobody;
  const ModelRecovery& other = recoveries_[static_cast<size_t>(ledger->second.open)];
  const bool proved = other.proved_at != absl::InfiniteFuture();
  return proved && other.contact == it.principal ? ledger->second.open : kNobody;
}

// A longer hold takes the place of a shorter one.
void Model::HoldLink(int number, absl::Time until) {
  std::vector<Hold>& holds = holds_[recovery(number).principal];
  std::erase_if(holds, [&](const Hold& hold) { return hold.recovery == number; });
  holds.push_back({number, until});
}

void Model::Prove(int number) {
  ModelRecovery& it = recovery(number);
  const Citizen principal = Person(it.principal);
  HoldLink(number, it.created_at + policies_.recovery.own_code_lifetime + policies_.recovery.lifetime);
  it.link = GuardOf(it.principal);
  if (it.link == kNobody && it.purpose == RECOVERY_PURPOSE_CONTACT_REMOVAL) {
    return End(number, RECOVERY_STATE_CANCELLED, now_, true);  // nothing to do, and nobody is told
  }
  it.proved_at = now_;
  it.deadline = it.expires_at = now_ + policies_.recovery.lifetime;
  bool something_wrong =
      !IsUsable(principal, it.purpose, now_) || principal.phone != it.phone || it.held_early;
  if (it.link != kNobody) it.contact = link(it.link).contact;
  TellPrincipal(it, recovery::NoticeKind::kStarted);
  if (it.link == kNobody) {
    it.state = something_wrong ? RECOVERY_STATE_HELD : RECOVERY_STATE_APPROVED;
    if (!something_wrong) return Grant(it);
    return TellBoth(it, recovery::NoticeKind::kHeld);
  }
  const Citizen contact = Person(it.contact);
  it.contact_phone = IsActive(contact, now_) ? contact.phone : "";
  it.assigned_at = now_;
  const int mirror = MirrorOf(it);
  something_wrong = something_wrong || it.held_early_if_guarded || mirror != kNobody ||
                    !IsFit(principal, it.purpose, now_) || !MayBeContact(contact, now_);
  it.state = something_wrong ? RECOVERY_STATE_HELD : RECOVERY_STATE_AWAITING_CONTACT;
  if (something_wrong) {
    TellBoth(it, recovery::NoticeKind::kHeld);
  } else {
    Ask(it);
  }
  if (mirror != kNobody) HoldAsked(mirror);
}

void Model::Grant(ModelRecovery& it) {
  it.state = RECOVERY_STATE_APPROVED;
  it.granted = true;
  it.expires_at = std::min(now_ + policies_.recovery.grant_lifetime, it.deadline);
}

Verdict Model::Resend(int number) {
  ModelRecovery& it = recovery(number);
  Verdict verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  if (it.state != RECOVERY_STATE_AWAITING_OWN_CODE) return verdict.Object(kFailedPrecondition);
  if (!it.decoy && Person(it.principal).phone != it.phone) {  // never to another number (R12)
    End(number, RECOVERY_STATE_CANCELLED, now_, true);
    return verdict.Object(kFailedPrecondition);
  }
  const Sending sending = NextCode(it.own_code);
  if (sending == Sending::kUsedUp) return Refused(number, Try::kUsedUp);
  return sending == Sending::kSent ? verdict : verdict.Object(kResourceExhausted);
}

Verdict Model::Cancel(int number) {
  Verdict verdict;
  if (MayBeGone(recovery(number))) verdict.Object(kNotFound);
  if (IsFinal(recovery(number).state)) return verdict.Object(kFailedPrecondition);
  End(number, RECOVERY_STATE_CANCELLED, now_, true);
  return verdict;
}

int Model::OpenOf(int principal) const {
  const auto found = ledgers_.find(principal);
  return found == ledgers_.end() ? kNobody : found->second.open;
}

Verdict Model::CancelOwn(int who) {
  const int open = OpenOf(who);
  if (open == kNobody) return Verdict().Object(kFailedPrecondition);
  return Cancel(open);
}

Verdict Model::Complete(int number, bool right_grant, bool weak) {
  ModelRecovery& it = recovery(number);
  Verdict verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  if (!it.granted) return verdict.Object(kFailedPrecondition);
  if (!right_grant) return verdict.Object(kPermissionDenied);
  if (it.state != RECOVERY_STATE_APPROVED) return verdict.Object(kFailedPrecondition);
  if (it.purpose != RECOVERY_PURPOSE_PASSWORD) {
    if (!DoDeed(it)) return verdict.Object(kFailedPrecondition);
    End(number, RECOVERY_STATE_COMPLETED, now_, true);
    TellBoth(it, recovery::NoticeKind::kActionConfirmed);
    return verdict;
  }
  if (!IsActive(Person(it.principal), now_)) return verdict.Object(kFailedPrecondition);
  if (!weak) {
    End(number, RECOVERY_STATE_COMPLETED, now_, true);
    TellBoth(it, recovery::NoticeKind::kCompleted);
    return verdict;
  }
  if (++it.refused_passwords < policies_.recovery.refused_passwords) return verdict.Object(kInvalidArgument);
  End(number, RECOVERY_STATE_LOCKED, now_, true);
  return verdict.Object(kFailedPrecondition);
}

}  // namespace tc::trust

// The rules of recovery (R1–R12), told once more.

#include <algorithm>

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
  now_ = now;
  for (int i = 0; i < static_cast<int>(recoveries_.size()); ++i) {
    const ModelRecovery& it = recovery(i);
    if (!IsFinal(it.state) && now_ >= it.expires_at) End(i, RECOVERY_STATE_EXPIRED, it.expires_at, false);
  }
  namespace link_pb = trustedcontact::linking::v1;
  for (ModelLink& it : links_) {
    if (it.state == link_pb::LINK_STATE_REMOVAL_PENDING && now_ >= RemovalDue(it)) {
      it.state = link_pb::LINK_STATE_REMOVED;
    }
  }
  for (ModelInvitation& it : invitations_) {
    if (it.state == link_pb::INVITATION_STATE_PENDING && now_ >= it.expires_at) {
      it.state = link_pb::INVITATION_STATE_EXPIRED;
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
  if (it.decoy) return;
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

bool Model::MayStart(int person) const {
  const auto found = ledgers_.find(person);
  if (!IsActive(Person(person), now_)) return false;
  if (found == ledgers_.end()) return true;
  const Ledger& ledger = found->second;
  const auto recent = std::count_if(ledger.starts.begin(), ledger.starts.end(),
                                    [&](absl::Time start) { return now_ - start < kDay; });
  return ledger.open == kNobody && now_ >= ledger.closed_until && recent < policies_.recovery.starts_per_day;
}

Verdict Model::Start(int whose) {
  ModelRecovery made;
  made.principal = whose;
  made.decoy = !MayStart(whose);
  made.created_at = now_;
  made.expires_at = now_ + policies_.recovery.own_code_lifetime;
  made.phone = Person(whose).phone;
  NextCode(made.own_code);
  // What the clock has ended is written down before another one begins.
  for (ModelRecovery& other : recoveries_) {
    if (other.principal == whose && !other.decoy && IsFinal(other.state)) other.end_told = true;
  }
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

void Model::Prove(int number) {
  ModelRecovery& it = recovery(number);
  const Citizen principal = Person(it.principal);
  it.proved_at = now_;
  it.deadline = it.expires_at = now_ + policies_.recovery.lifetime;
  const absl::Time until = it.created_at + policies_.recovery.own_code_lifetime + policies_.recovery.lifetime;
  holds_[it.principal].push_back({number, until});
  it.link = GuardOf(it.principal);
  bool something_wrong = !IsActive(principal, now_) || principal.phone != it.phone || it.held_early;
  if (it.link == kNobody) {
    it.state = something_wrong ? RECOVERY_STATE_HELD : RECOVERY_STATE_APPROVED;
    if (!something_wrong) Grant(it);
    return;
  }
  it.contact = link(it.link).contact;
  const Citizen contact = Person(it.contact);
  it.contact_phone = IsActive(contact, now_) ? contact.phone : "";
  it.assigned_at = now_;
  const int mirror = MirrorOf(it);
  something_wrong = something_wrong || it.held_early_if_guarded || mirror != kNobody ||
                    !MayBePrincipal(principal, now_) || !MayBeContact(contact, now_);
  it.state = something_wrong ? RECOVERY_STATE_HELD : RECOVERY_STATE_AWAITING_CONTACT;
  if (mirror != kNobody) HoldRecovery(mirror);
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

Verdict Model::CancelOwn(int who) {
  const int open = ledgers_[who].open;
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
  if (!IsActive(Person(it.principal), now_)) return verdict.Object(kFailedPrecondition);
  if (!weak) {
    End(number, RECOVERY_STATE_COMPLETED, now_, true);
    return verdict;
  }
  if (++it.refused_passwords < policies_.recovery.refused_passwords) return verdict.Object(kInvalidArgument);
  End(number, RECOVERY_STATE_LOCKED, now_, true);
  return verdict.Object(kFailedPrecondition);
}

}  // namespace tc::trust

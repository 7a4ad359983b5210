// The way in person (R10, REC-23), and what a recovery of another purpose does, told once more.

#include <algorithm>

#include "absl/strings/match.h"
#include "tests/trust/model.h"

namespace tc::trust {
namespace {

using enum absl::StatusCode;
using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

constexpr absl::Duration kDay = absl::Hours(24);
constexpr int kTriesForAPrincipal = 5;
constexpr int kTriesOfAnOrganisation = 50;
constexpr absl::Duration kHoldMargin = absl::Minutes(2);

int64_t Recent(const std::vector<absl::Time>& times, absl::Time now) {
  return std::count_if(times.begin(), times.end(), [&](absl::Time t) { return now - t < kDay; });
}

}  // namespace

bool IsEnabled(const recovery::Policy& policy, RecoveryPurpose purpose) {
  switch (purpose) {
    case RECOVERY_PURPOSE_PHONE_CHANGE:
      return policy.purpose_phone_change;
    case RECOVERY_PURPOSE_CONTACT_REMOVAL:
      return policy.purpose_contact_removal;
    case RECOVERY_PURPOSE_UNFREEZE:
      return policy.purpose_unfreeze;
    default:
      return true;
  }
}

bool IsUsable(const Citizen& principal, RecoveryPurpose purpose, absl::Time now) {
  return IsActive(principal, now) || (purpose == RECOVERY_PURPOSE_UNFREEZE && IsFrozen(principal, now));
}

bool IsFit(const Citizen& principal, RecoveryPurpose purpose, absl::Time now) {
  return principal.confirmed && IsUsable(principal, purpose, now);
}

bool CanBeHeld(RecoveryState state) { return AwaitsContact(state) || state == RECOVERY_STATE_IN_PERSON; }

// Wrong ones count, for the person and for the organisation.
Verdict Model::ShowDocuments(int whose, const Shown& shown) {
  std::vector<absl::Time>& for_person = document_tries_[PersonId(whose)];
  std::vector<absl::Time>& of_organisation = document_tries_[shown.organisation];
  if (Recent(for_person, now_) >= kTriesForAPrincipal ||
      Recent(of_organisation, now_) >= kTriesOfAnOrganisation) {
    return Verdict().Object(kResourceExhausted);
  }
  if (!shown.right) {
    for_person.push_back(now_);
    of_organisation.push_back(now_);
    return Verdict().Object(kNotFound);
  }
  if (!IsActive(Person(whose), now_)) return Verdict().Object(kFailedPrecondition);
  return Verdict();
}

int Model::Reserve(int whose) {
  ModelRecovery made;
  made.principal = whose;
  made.created_at = now_;
  made.expires_at = now_ + policies_.recovery.own_code_lifetime;
  made.phone = Person(whose).phone;
  recoveries_.push_back(made);
  Ledger& ledger = ledgers_[whose];
  ledger.open = static_cast<int>(recoveries_.size()) - 1;
  ledger.starts.push_back(now_);
  return ledger.open;
}

// What was known or half done of the way before leads nowhere.
void Model::TakeOver(ModelRecovery& it, const std::string& officer) {
  CancelCodes(it);
  if (!it.name.empty()) it.former_names.push_back(it.name);
  it.name.clear();
  it.purpose = RECOVERY_PURPOSE_PASSWORD;
  it.granted = false;
  it.refused_passwords = 0;
  it.match_code.clear();
  it.match_misses = 0;
  it.acknowledged_at = absl::InfiniteFuture();
  it.answered_no = it.held_early = it.held_early_if_guarded = it.place_known = false;
  it.proved_at = std::min(it.proved_at, now_);
  it.officer = officer;
}

Verdict Model::StartInPerson(int whose, const Shown& shown) {
  Verdict verdict = ShowDocuments(whose, shown);
  if (!verdict.accepted()) return verdict;
  int number = ledgers_[whose].open;
  if (number != kNobody && recovery(number).state == RECOVERY_STATE_IN_PERSON) {
    return verdict.Object(kFailedPrecondition);
  }
  WriteDownEnds(whose);
  if (number == kNobody) number = Reserve(whose);
  const recovery::Policy& policy = policies_.recovery;
  HoldLink(number,
           now_ + policy.in_person_delay + policy.in_person_window + policy.grant_lifetime + kHoldMargin);
  ModelRecovery& it = recovery(number);
  TakeOver(it, shown.officer);
  const int guard = GuardOf(whose);
  if (guard == kNobody) {
    it.link = it.contact = kNobody;
    it.deadline = now_ + policy.grant_lifetime;
    TellPrincipal(it, recovery::NoticeKind::kStarted);
    Grant(it);
    return verdict;
  }
  if (guard != it.link) {
    it.link = guard;
    it.contact = link(guard).contact;
    const Citizen contact = Person(it.contact);
    it.contact_phone = IsActive(contact, now_) ? contact.phone : "";
    it.assigned_at = now_;
  }
  it.state = RECOVERY_STATE_IN_PERSON;
  it.confirm_at = now_ + policy.in_person_delay;
  it.expires_at = it.confirm_at + policy.in_person_window;
  it.deadline = it.expires_at + policy.grant_lifetime;
  TellBoth(it, recovery::NoticeKind::kInPerson);
  return verdict;
}

Verdict Model::ConfirmInPerson(int number, const Shown& shown) {
  ModelRecovery& it = recovery(number);
  Verdict verdict = ShowDocuments(it.principal, shown);
  if (!verdict.accepted()) return verdict;
  if (MayBeGone(it)) verdict.Object(kNotFound);
  const bool two = !absl::EqualsIgnoreCase(shown.officer, it.officer);
  if (it.state != RECOVERY_STATE_IN_PERSON || !two || now_ < it.confirm_at) {
    return verdict.Object(kFailedPrecondition);
  }
  Grant(it);
  TellPrincipal(it, recovery::NoticeKind::kApproved);
  return verdict;
}

bool Model::DoDeed(const ModelRecovery& it) {
  if (it.purpose != RECOVERY_PURPOSE_CONTACT_REMOVAL) return IsUsable(Person(it.principal), it.purpose, now_);
  ModelLink& removed = link(it.link);
  if (!Guards(removed.state)) return true;
  const std::vector<Hold>& holds = holds_[it.principal];
  const int number = NumberOf(it);
  const bool held = std::any_of(holds.begin(), holds.end(), [&](const Hold& hold) {
    return hold.recovery != number && now_ < hold.until;
  });
  const auto frozen = frozen_until_.find(it.principal);
  if (held || (frozen != frozen_until_.end() && now_ < frozen->second)) return false;
  EndLink(removed, trustedcontact::linking::v1::LINK_STATE_REMOVED, now_, true);
  return true;
}

}  // namespace tc::trust

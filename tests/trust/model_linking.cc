// The rules of linking (L1–L9), told once more.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/trust/model.h"

namespace tc::trust {
namespace {

using enum absl::StatusCode;
using namespace trustedcontact::linking::v1;  // NOLINT: the names of states

constexpr absl::Duration kDay = absl::Hours(24);

int64_t Recent(const std::vector<absl::Time>& times, absl::Time now) {
  return std::count_if(times.begin(), times.end(), [&](absl::Time t) { return now - t < kDay; });
}

}  // namespace

std::string Verdict::Text() const {
  if (accepted()) return "accepted";
  return absl::StrCat("refused by ",
                      absl::StrJoin(against_, " or ", [](std::string* out, absl::StatusCode c) {
                        absl::StrAppend(out, absl::StatusCodeToString(c));
                      }));
}

std::string PersonId(int person) { return absl::StrCat("p", person); }

bool Guards(LinkState state) {
  return state == LINK_STATE_ACTIVE || state == LINK_STATE_SUSPENDED || state == LINK_STATE_REMOVAL_PENDING;
}

int Model::Owner(const std::string& first_name, const std::string& phone) const {
  for (int i = 0; i < static_cast<int>(people_.size()); ++i) {
    const Citizen citizen = Person(i);
    if (citizen.phone == phone && citizen.first_name == first_name) return i;
  }
  return kNobody;
}

bool Model::Held(int principal) const {
  const auto found = holds_.find(principal);
  return found != holds_.end() && std::any_of(found->second.begin(), found->second.end(),
                                              [&](const Hold& hold) { return now_ < hold.until; });
}

bool Model::Bound(int principal) const {
  const auto frozen = frozen_until_.find(principal);
  const auto restricted = restricted_until_.find(principal);
  return (frozen != frozen_until_.end() && now_ < frozen->second) ||
         (restricted != restricted_until_.end() && now_ < restricted->second);
}

int Model::GuardOf(int principal) const {
  for (int i = 0; i < static_cast<int>(links_.size()); ++i) {
    const ModelLink& link = links_[static_cast<size_t>(i)];
    if (link.principal == principal && Guards(link.state)) return i;
  }
  return kNobody;
}

int Model::PrincipalsOf(int contact) const {
  return static_cast<int>(std::count_if(links_.begin(), links_.end(), [&](const ModelLink& link) {
    return link.contact == contact && Guards(link.state);
  }));
}

// A removal takes effect at its time, but never while a recovery holds the link (L8).
absl::Time Model::RemovalDue(const ModelLink& link) const {
  absl::Time due = link.removal_at;
  for (const auto* bounds : {&frozen_until_, &restricted_until_}) {
    if (const auto found = bounds->find(link.principal); found != bounds->end())
      due = std::max(due, found->second);
  }
  if (const auto found = holds_.find(link.principal); found != holds_.end()) {
    for (const Hold& hold : found->second) due = std::max(due, hold.until);
  }
  return due;
}

Verdict Model::Invite(int who, const std::string& first_name, const std::string& phone,
                      absl::Duration session_age) {
  Verdict verdict;
  if (session_age > policies_.link.session_age) verdict.Object(kUnauthenticated);
  if (Bound(who) || now_ < Person(who).restricted_until) verdict.Object(kFailedPrecondition);
  const Citizen principal = Person(who);
  const int owner = Owner(first_name, phone);
  if (!MayBePrincipal(principal, now_)) verdict.Object(kFailedPrecondition);
  if (owner == who || principal.phone == phone) verdict.Object(kFailedPrecondition);  // L6
  if (GuardOf(who) != kNobody) verdict.Object(kFailedPrecondition);                   // L5
  for (const ModelInvitation& other : invitations_) {
    if (other.principal == who && other.state == INVITATION_STATE_PENDING)
      verdict.Object(kFailedPrecondition);
  }
  if (Recent(invited_by_[who], now_) >= policies_.link.invitations_per_principal ||
      Recent(invited_phone_[phone], now_) >= policies_.link.invitations_per_phone) {
    verdict.Object(kResourceExhausted);
  }
  if (!verdict.accepted()) return verdict;
  invited_by_[who].push_back(now_);
  invited_phone_[phone].push_back(now_);
  ModelInvitation made;
  made.principal = who;
  made.first_name = first_name;
  made.phone = phone;
  made.invitee = blocks_.count({owner, who}) != 0 ? kNobody : owner;
  made.expires_at = now_ + policies_.link.invitation_lifetime;
  invitations_.push_back(made);
  InvitationsWritten(who);  // one that time has ended makes room
  const auto tell = [&](int whom, linking::NoticeKind kind) {
    Expect({"linking", PersonId(whom), static_cast<int>(kind), "", kNobody, now_, now_});
  };
  tell(who, linking::NoticeKind::kInvitationSent);
  if (made.invitee != kNobody) tell(made.invitee, linking::NoticeKind::kInvitationReceived);
  return verdict;
}

Verdict Model::CancelInvitation(int who, int invitation_number) {
  ModelInvitation& it = invitation(invitation_number);
  if (it.principal != who) return Verdict().Object(kNotFound);
  if (it.state != INVITATION_STATE_PENDING) return Verdict().Object(kFailedPrecondition);
  it.state = INVITATION_STATE_CANCELLED;
  TellInviter(it, now_, true);
  return Verdict();
}

Verdict Model::Decline(int who, int invitation_number, bool block) {
  ModelInvitation& it = invitation(invitation_number);
  if (it.invitee != who) return Verdict().Object(kNotFound);
  if (it.state != INVITATION_STATE_PENDING) return Verdict().Object(kFailedPrecondition);
  it.state = INVITATION_STATE_DECLINED;
  TellInviter(it, now_, true);
  if (block) blocks_.insert({who, it.principal});
  return Verdict();
}

Verdict Model::Accept(int who, int invitation_number, absl::Duration session_age) {
  ModelInvitation& it = invitation(invitation_number);
  Verdict verdict;
  if (session_age > policies_.link.session_age) verdict.Object(kUnauthenticated);
  if (it.invitee != who) return verdict.Object(kNotFound);
  if (Held(it.principal) || Bound(it.principal)) verdict.Object(kFailedPrecondition);
  if (now_ < Person(it.principal).restricted_until) verdict.Object(kFailedPrecondition);
  if (it.state != INVITATION_STATE_PENDING) verdict.Object(kFailedPrecondition);
  if (!MayBeContact(Person(who), now_)) verdict.Object(kFailedPrecondition);             // E5
  if (!MayBePrincipal(Person(it.principal), now_)) verdict.Object(kFailedPrecondition);  // E5
  if (Owner(it.first_name, it.phone) != who) verdict.Object(kFailedPrecondition);        // L4
  if (Person(it.principal).phone == it.phone) verdict.Object(kFailedPrecondition);       // L6
  if (GuardOf(it.principal) != kNobody) verdict.Object(kFailedPrecondition);             // L5
  if (PrincipalsOf(who) >= policies_.link.principals_per_contact) verdict.Object(kFailedPrecondition);
  if (!verdict.accepted()) return verdict;
  it.state = INVITATION_STATE_ACCEPTED;
  ModelLink made;
  made.principal = it.principal;
  made.contact = who;
  made.accepted_at = now_;
  made.remind_at = now_ + policies_.link.reminder_interval;
  links_.push_back(made);
  TellPrincipal(made, linking::NoticeKind::kContactLinked, now_, true);
  TellContact(made, linking::NoticeKind::kPrincipalLinked, now_, true);
  return verdict;
}

Verdict Model::Remove(int who, int link_number, absl::Duration session_age) {
  Verdict verdict;
  if (session_age > policies_.link.session_age) verdict.Object(kUnauthenticated);
  if (Bound(who)) verdict.Object(kFailedPrecondition);
  const int current = GuardOf(who);
  if (link_number != kNobody && link_number != current) verdict.Object(kNotFound);
  if (current == kNobody) return verdict.Object(kFailedPrecondition);
  if (Held(who) || policies_.link.removal_confirmed) verdict.Object(kFailedPrecondition);  // L8
  if (link(current).state == LINK_STATE_REMOVAL_PENDING) verdict.Object(kFailedPrecondition);
  if (!verdict.accepted()) return verdict;
  link(current).state = LINK_STATE_REMOVAL_PENDING;
  link(current).removal_at = now_ + policies_.link.removal_delay;
  if (policies_.link.removal_delay > absl::ZeroDuration()) {
    TellPrincipal(link(current), linking::NoticeKind::kRemovalPending, now_, true);
    TellContact(link(current), linking::NoticeKind::kRemovalPending, now_, true);
  }
  SetNow(now_);
  return verdict;
}

Verdict Model::Resign(int who, int link_number, absl::Duration session_age) {
  ModelLink& it = link(link_number);
  Verdict verdict;
  if (session_age > policies_.link.session_age) verdict.Object(kUnauthenticated);
  if (it.contact != who) return verdict.Object(kNotFound);
  if (it.state != LINK_STATE_ACTIVE && it.state != LINK_STATE_SUSPENDED) verdict.Object(kFailedPrecondition);
  if (Held(it.principal)) verdict.Object(kFailedPrecondition);  // L9
  if (verdict.accepted()) EndLink(it, LINK_STATE_RESIGNED, now_, true);
  return verdict;
}

Verdict Model::ReportDanger(int who, int link_number) {
  ModelLink& it = link(link_number);
  if (it.contact != who) return Verdict().Object(kNotFound);
  Verdict verdict;
  if (!Guards(it.state)) verdict.Object(kFailedPrecondition);
  if (now_ < it.danger_at + kDay) verdict.Object(kResourceExhausted);
  if (!verdict.accepted()) return verdict;
  it.danger_at = now_;
  TellPrincipal(it, linking::NoticeKind::kDanger, now_, true);
  freezes_wanted_.insert(it.principal);
  absl::Time& until = frozen_until_.emplace(it.principal, absl::InfinitePast()).first->second;
  until = std::max(until, now_ + policies_.link.danger_freeze);
  return verdict;
}

void Model::EndLink(ModelLink& it, LinkState state, absl::Time at, bool written) {
  it.state = state;
  it.ended_at = at;
  const bool resigned = state == LINK_STATE_RESIGNED;
  const auto kind = resigned ? linking::NoticeKind::kResigned : linking::NoticeKind::kRemoved;
  TellPrincipal(it, kind, at, written);
  TellContact(it, kind, at, written);
}

int Model::GuardAt(int principal, absl::Time at) const {
  for (int i = static_cast<int>(links_.size()) - 1; i >= 0; --i) {
    const ModelLink& it = links_[static_cast<size_t>(i)];
    if (it.principal == principal && it.accepted_at <= at && at < it.ended_at) return i;
  }
  return kNobody;
}

// E5: who is not eligible keeps the link, SUSPENDED.
void Model::Recheck(ModelLink& it) {
  const bool due = it.recheck_due && (it.state == LINK_STATE_ACTIVE || it.state == LINK_STATE_SUSPENDED);
  it.recheck_due = false;
  if (!due) return;
  const bool fine = MayBePrincipal(Person(it.principal), now_) && MayBeContact(Person(it.contact), now_);
  const LinkState before = it.state;
  it.state = fine ? LINK_STATE_ACTIVE : LINK_STATE_SUSPENDED;
  const bool unsure =
      std::exchange(it.either, freezes_wanted_.count(it.principal) + freezes_wanted_.count(it.contact) > 0);
  const auto tell = [&](linking::NoticeKind kind) {
    TellPrincipal(it, kind, now_, true);
    expected_.back().optional = unsure || it.either;
  };
  if (unsure || it.either || (before != it.state && !fine)) tell(linking::NoticeKind::kSuspended);
  if (unsure || it.either || (before != it.state && fine)) tell(linking::NoticeKind::kResumed);
}

}  // namespace tc::trust

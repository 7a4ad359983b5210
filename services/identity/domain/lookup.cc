#include "services/identity/domain/lookup.h"

#include <algorithm>

namespace tc::identity {
namespace {

using Candidates = std::vector<const Account*>;

template <typename Wanted>
Candidates Only(const Candidates& candidates, Wanted wanted) {
  Candidates kept;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(kept), wanted);
  return kept;
}

bool ReachesThePerson(const OwnedPhone& phone) {
  return phone.state == PhoneState::kBound && phone.kind != PhoneKind::kSecondFactor;
}

bool ShareANumber(const std::vector<OwnedPhone>& some, const std::vector<OwnedPhone>& others) {
  return std::any_of(some.begin(), some.end(), [&](const OwnedPhone& one) {
    return ReachesThePerson(one) && std::any_of(others.begin(), others.end(), [&](const OwnedPhone& other) {
             return ReachesThePerson(other) && one.number == other.number;
           });
  });
}

}  // namespace

const Account* PickBySnils(const std::vector<Account>& accounts) {
  Candidates candidates;
  for (const Account& account : accounts) {
    if (!account.deleted) candidates.push_back(&account);
  }
  if (candidates.size() > 1) {
    candidates = Only(candidates, [](const Account* a) { return a->type == AccountType::kPersonal; });
  }
  if (candidates.size() > 1) {
    candidates = Only(candidates, [](const Account* a) { return a->confirmed.has_value(); });
  }
  return candidates.size() == 1 ? candidates.front() : nullptr;
}

std::vector<ContactConflict> Conflicts(const Account& principal, const std::vector<OwnedPhone>& principals,
                                       const Account& contact, const std::vector<OwnedPhone>& contacts) {
  std::vector<ContactConflict> conflicts;
  if (principal.deleted || contact.deleted) return conflicts;
  if (principal.id == contact.id) conflicts.push_back(ContactConflict::kSameAccount);
  if (SamePerson(principal.person, contact.person)) conflicts.push_back(ContactConflict::kSamePerson);
  if (ShareANumber(principals, contacts)) conflicts.push_back(ContactConflict::kSamePhone);
  return conflicts;
}

bool MayBeFound(const Account& contact, absl::Time now) {
  const State state = StateAt(contact, now);
  return state != State::kBlocked && state != State::kDeleted;
}

}  // namespace tc::identity

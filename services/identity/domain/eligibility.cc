#include "services/identity/domain/eligibility.h"

#include "services/identity/domain/civil_age.h"

namespace tc::identity {

std::vector<Requirement> Unmet(const Account& account, bool has_main_phone, EligibilityRole role,
                               const EligibilityPolicy& policy, absl::CivilDay today, absl::Time now) {
  std::vector<Requirement> unmet;
  const auto demand = [&](bool met, Requirement requirement) {
    if (!met) unmet.push_back(requirement);
  };
  const Person& person = account.person;
  const State state = StateAt(account, now);
  const int age = role == EligibilityRole::kPrincipal ? policy.principal_age : policy.contact_age;
  demand(account.type == AccountType::kPersonal, Requirement::kAccountTypeNotPersonal);
  demand(LevelOf(account) == Level::kConfirmed, Requirement::kAccountNotConfirmed);
  demand(state != State::kBlocked, Requirement::kAccountBlocked);
  demand(state != State::kFrozen, Requirement::kAccountFrozen);
  demand(state != State::kDeleted, Requirement::kAccountDeleted);
  demand(person.birth.has_value() && FullYears(*person.birth, today) >= age, Requirement::kAgeBelowMinimum);
  demand(person.citizenship == "RU", Requirement::kNotCitizen);
  demand(person.document.has_value() && person.document->type == DocumentType::kRfPassport,
         Requirement::kPassportMissing);
  demand(has_main_phone, Requirement::kPhoneMissing);
  return unmet;
}

}  // namespace tc::identity

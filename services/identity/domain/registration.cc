#include "services/identity/domain/registration.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/mistakes.h"
#include "common/base/status.h"

namespace tc::identity {
namespace {

// What a refused field is called in a sentence.
absl::string_view FieldWords(Field field) {
  switch (field) {
    case Field::kBirthDate:
      return "the birth date";
    case Field::kSex:
      return "the sex";
    case Field::kDocument:
      return "the identity document";
    default:
      return "this field";
  }
}

// The value of `field` in `from` put into `to`; whether it was another one.
bool Take(Field field, const Account& from, Account& to) {
  const auto take = [](const auto& value, auto& place) {
    if (value == place) return false;
    place = value;
    return true;
  };
  const Person& source = from.person;
  Person& person = to.person;
  switch (field) {
    case Field::kFirstName:
      return take(source.first_name, person.first_name);
    case Field::kLastName:
      return take(source.last_name, person.last_name);
    case Field::kPatronymic:
      return take(source.patronymic, person.patronymic);
    case Field::kBirthDate:
      return take(source.birth, person.birth);
    case Field::kSex:
      return take(source.sex, person.sex);
    case Field::kCitizenship:
      return take(source.citizenship, person.citizenship);
    case Field::kSnils:
      return take(source.snils, person.snils);
    case Field::kInn:
      return take(source.inn, person.inn);
    case Field::kDocument:
      return take(source.document, person.document);
    case Field::kOrganization:
      return take(from.organization, to.organization);
    case Field::kLocale:
      return take(from.locale, to.locale);
  }
  return false;
}

std::vector<FieldViolation> MistakesOf(const Account& account, const std::vector<Field>& changed,
                                       Corrector corrector) {
  std::vector<FieldViolation> mistakes;
  for (const Field field : changed) {
    if (corrector != Corrector::kOperator && OperatorOnly(field)) {
      mistakes.push_back({"update_mask", "OPERATOR_ONLY",
                          absl::StrCat("only an operator changes ", FieldWords(field), ": leave ",
                                       FieldPath(field), " out or turn to a service centre")});
    }
    const bool emptied = (field == Field::kFirstName && account.person.first_name.empty()) ||
                         (field == Field::kLastName && account.person.last_name.empty());
    if (emptied && account.type != AccountType::kLegalEntity) {
      mistakes.push_back(
          {absl::StrCat("account.", FieldPath(field)), "NAME_EMPTY", "the name is missing: write it"});
    }
  }
  for (FieldViolation& mistake : Inconsistencies(account)) mistakes.push_back(std::move(mistake));
  return mistakes;
}

}  // namespace

absl::string_view FieldPath(Field field) {
  switch (field) {
    case Field::kFirstName:
      return "person.first_name";
    case Field::kLastName:
      return "person.last_name";
    case Field::kPatronymic:
      return "person.patronymic";
    case Field::kBirthDate:
      return "person.birth_date";
    case Field::kSex:
      return "person.sex";
    case Field::kCitizenship:
      return "person.citizenship";
    case Field::kSnils:
      return "person.snils";
    case Field::kInn:
      return "person.inn";
    case Field::kDocument:
      return "person.document";
    case Field::kOrganization:
      return "organization";
    case Field::kLocale:
      return "locale";
  }
  return "";
}

bool OperatorOnly(Field field) {
  return field == Field::kBirthDate || field == Field::kSex || field == Field::kDocument;
}

bool Confirming(Field field) {
  return field != Field::kSex && field != Field::kInn && field != Field::kOrganization &&
         field != Field::kLocale;
}

std::vector<FieldViolation> Inconsistencies(const Account& account) {
  std::vector<FieldViolation> found;
  const Person& person = account.person;
  if (person.birth.has_value() && person.document.has_value() && person.document->issued < *person.birth) {
    found.push_back({"account.person.document.issue_date", "DATE_BEFORE_BIRTH",
                     "the document is older than its holder: mend one of the two dates"});
  }
  const bool company = account.type == AccountType::kLegalEntity;
  if (company && account.organization.empty()) {
    found.push_back({"account.organization", "TEXT_MISSING", "write the organisation's name"});
  }
  if (!company && !account.organization.empty()) {
    found.push_back({"account.organization", "ORGANIZATION_NOT_ALLOWED",
                     "leave this out: only an organisation's account has it"});
  }
  const size_t digits = company ? 10 : 12;
  if (!person.inn.empty() && person.inn.size() != digits) {
    found.push_back({"account.person.inn", "INN_FORMAT",
                     absl::StrCat("an account of this type has an INN of ", digits, " digits")});
  }
  return found;
}

absl::StatusOr<Correction> Correct(const Account& present, const Account& wanted,
                                   const std::set<Field>& named, Corrector corrector, absl::Time now) {
  if (corrector == Corrector::kOperator) {
    TRY(RequireState(present, {State::kActive, State::kLocked, State::kFrozen, State::kBlocked}, now));
  } else {
    TRY(RequireState(present, {State::kActive, State::kLocked}, now));
  }
  Correction correction{present, {}, false};
  for (const Field field : named) {
    if (Take(field, wanted, correction.account)) correction.changed.push_back(field);
  }
  if (correction.changed.empty()) return correction;
  const std::vector<FieldViolation> mistakes = MistakesOf(correction.account, correction.changed, corrector);
  if (!mistakes.empty()) {
    Mistakes gathered;
    for (const FieldViolation& m : mistakes) gathered.Add(m.field, m.reason, m.description);
    return gathered.status();
  }
  for (const Field field : correction.changed) {
    if (!Confirming(field) || !correction.account.confirmed.has_value()) continue;
    correction.account.confirmed.reset();
    correction.confirmation_lost = true;
  }
  return correction;
}

}  // namespace tc::identity

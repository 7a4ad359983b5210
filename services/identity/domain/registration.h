#pragma once

// Registration data after the registration: what may be corrected, by whom, and what a correction costs (I5).
// Pure.

#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/refusal.h"
#include "services/identity/domain/account.h"

namespace tc::identity {

enum class Field {
  kFirstName,
  kLastName,
  kPatronymic,
  kBirthDate,
  kSex,
  kCitizenship,
  kSnils,
  kInn,
  kDocument,
  kOrganization,
  kLocale,
};

inline constexpr Field kFields[] = {Field::kFirstName,    Field::kLastName, Field::kPatronymic,
                                    Field::kBirthDate,    Field::kSex,      Field::kCitizenship,
                                    Field::kSnils,        Field::kInn,      Field::kDocument,
                                    Field::kOrganization, Field::kLocale};

absl::string_view FieldPath(Field field);  // "person.first_name", as in a field mask
bool OperatorOnly(Field field);            // birth date, sex, document (I5)
bool Confirming(Field field);              // whoever confirmed the account has vouched for it

// What does not fit together in an account, each part of which is possible by itself; empty: all fits. Fields
// are paths of a request ("account.organization"). TEXT_MISSING or ORGANIZATION_NOT_ALLOWED by the account's
// type, INN_FORMAT when the INN is of another type of holder, DATE_BEFORE_BIRTH of the document.
std::vector<FieldViolation> Inconsistencies(const Account& account);

enum class Corrector { kOperator, kOther };

struct Correction {
  Account account;             // version and updated_at as they were: the store changes them
  std::vector<Field> changed;  // ascending; empty: the account is as it was
  bool confirmation_lost = false;
};

// `present` with the `named` fields of `wanted`, whose parts have been parsed. A named field that has this
// value already is no change. A changed field that is Confirming takes the account's confirmation away,
// whoever changes it.
//
// Refuses with the state's own reason (RequireState): nobody corrects an erased account, only an operator a
// blocked or frozen one. Otherwise INVALID_ARGUMENT / FIELD_INVALID with all violations: of "update_mask",
// OPERATOR_ONLY, one a field; NAME_EMPTY of a natural person's first or last name; those of Inconsistencies.
absl::StatusOr<Correction> Correct(const Account& present, const Account& wanted,
                                   const std::set<Field>& named, Corrector corrector, absl::Time now);

}  // namespace tc::identity

#pragma once

// Registrations for tests: numbers make different people.

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "trustedcontact/identity/v1/identity.pb.h"

namespace tc::identity {

namespace pb = ::trustedcontact::identity::v1;

// A person's data, as the wire carries it. Numbers make different people.
inline std::string SnilsNumber(int n) {
  const std::string digits = absl::StrFormat("%09d", 112000000 + n);
  int sum = 0;
  for (size_t i = 0; i < 9; ++i) sum += (digits[i] - '0') * (9 - static_cast<int>(i));
  return absl::StrFormat("%s%02d", digits, sum % 101 % 100);
}
inline std::string PhoneNumber(int n) { return absl::StrFormat("+79160%06d", n); }

inline void SetDay(pb::Date* date, int year, int month, int day) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

inline void SetPassport(pb::IdentityDocument* document, int n) {
  document->set_type(pb::DOCUMENT_TYPE_RF_PASSPORT);
  document->set_series("4509");
  document->set_number(absl::StrFormat("%06d", n));
  SetDay(document->mutable_issue_date(), 2007, 4, 1);
  document->set_issuer("ОВД Хамовники");
}

inline pb::CreateAccountRequest Registration(const std::string& id, int n,
                                             const std::string& first_name = "Иван",
                                             const std::string& last_name = "Петров") {
  pb::CreateAccountRequest in;
  in.set_account_id(id);
  in.mutable_account()->set_type(pb::ACCOUNT_TYPE_PERSONAL);
  pb::Person* person = in.mutable_account()->mutable_person();
  person->set_first_name(first_name);
  person->set_last_name(last_name);
  person->set_patronymic("Сергеевич");
  SetDay(person->mutable_birth_date(), 1987, 3, 21);
  person->set_sex(pb::SEX_MALE);
  person->set_citizenship("RU");
  person->set_snils(SnilsNumber(n));
  SetPassport(person->mutable_document(), n);
  return in;
}

}  // namespace tc::identity

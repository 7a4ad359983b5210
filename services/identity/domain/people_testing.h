#pragma once

// People for tests: values that satisfy every rule, to be spoilt one by one.

#include "services/identity/domain/account.h"
#include "services/identity/domain/phone_book.h"

namespace tc::identity {

inline absl::Time TestNow() {
  return absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone());
}

inline absl::TimeZone Moscow() {
  absl::TimeZone zone;
  absl::LoadTimeZone("Europe/Moscow", &zone);
  return zone;
}

inline Person IvanPetrov() {
  Person p;
  p.first_name = "Иван";
  p.last_name = "Петров";
  p.patronymic = "Сергеевич";
  p.birth = absl::CivilDay(1987, 3, 21);
  p.sex = Sex::kMale;
  p.citizenship = "RU";
  p.snils = "11223344595";
  p.inn = "500100732259";
  p.document = Document{DocumentType::kRfPassport, "4509", "123456", absl::CivilDay(2007, 4, 1), "ОВД"};
  return p;
}

// Confirmed, active.
inline Account GoodAccount(const char* id = "ivan") {
  Account account;
  account.id = AccountId::FromTrusted(id);
  account.person = IvanPetrov();
  account.confirmed = Confirmed{Confirmation::kServiceCentre, TestNow() - absl::Hours(24), "case-1"};
  account.version = 1;
  account.created_at = account.updated_at = TestNow() - absl::Hours(48);
  return account;
}

inline OwnedPhone BoundPhone(const Account& account, const char* number = "+79161234567") {
  OwnedPhone phone;
  phone.account = account.id;
  phone.id = PhoneId::FromTrusted("p1");
  phone.number = Phone::FromTrusted(number);
  phone.state = PhoneState::kBound;
  phone.created_at = TestNow() - absl::Hours(24);
  phone.bound_at = TestNow() - absl::Hours(24);
  return phone;
}

}  // namespace tc::identity

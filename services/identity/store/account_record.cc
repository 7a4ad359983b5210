#include "services/identity/store/account_record.h"

#include "services/identity/store/codec.h"

namespace tc::identity::store {

using rec::AccountRecord;
using rec::PersonalRecord;

namespace {

// 19870231 is none, and would be read as another one.
bool IsDay(int32_t number) { return ToNumber(FromNumber(number)) == number; }

}  // namespace

PersonalRecord PersonalPartOf(const Account& account) {
  const Person& p = account.person;
  PersonalRecord r;
  r.set_first_name(p.first_name);
  r.set_last_name(p.last_name);
  r.set_patronymic(p.patronymic);
  if (p.birth.has_value()) r.set_birth(ToNumber(*p.birth));
  r.set_sex(static_cast<int>(p.sex));
  r.set_citizenship(p.citizenship);
  r.set_snils(p.snils);
  r.set_inn(p.inn);
  if (p.document.has_value()) {
    r.set_document_type(static_cast<int>(p.document->type));
    r.set_document_series(p.document->series);
    r.set_document_number(p.document->number);
    r.set_document_issued(ToNumber(p.document->issued));
    r.set_document_issuer(p.document->issuer);
  }
  r.set_organization(account.organization);
  r.set_email(account.email.address());
  r.set_block_reason(account.block_reason.value_or(""));
  return r;
}

absl::Status SetPersonalPart(Account& account, const PersonalRecord& r) {
  const bool known = IsAmong(r.sex(), Sex::kUnknown, Sex::kFemale) &&
                     (r.document_type() == 0 ||
                      IsAmong(r.document_type(), DocumentType::kRfPassport, DocumentType::kResidencePermit));
  const bool days =
      (r.birth() == 0 || IsDay(r.birth())) && (r.document_type() == 0 || IsDay(r.document_issued()));
  if (!known || !days) return Unreadable("PersonalRecord");
  Person& p = account.person;
  p.first_name = r.first_name();
  p.last_name = r.last_name();
  p.patronymic = r.patronymic();
  if (r.birth() != 0) p.birth = FromNumber(r.birth());
  p.sex = static_cast<Sex>(r.sex());
  p.citizenship = r.citizenship();
  p.snils = r.snils();
  p.inn = r.inn();
  if (r.document_type() != 0) {
    p.document = Document{static_cast<DocumentType>(r.document_type()), r.document_series(),
                          r.document_number(), FromNumber(r.document_issued()), r.document_issuer()};
  }
  account.organization = r.organization();
  account.email = Email::FromTrusted(r.email());
  if (account.block_reason.has_value()) account.block_reason = r.block_reason();
  return absl::OkStatus();
}

AccountRecord OpenPartOf(const Account& account) {
  AccountRecord r;
  r.set_type(static_cast<int>(account.type));
  r.set_locale(account.locale);
  if (account.confirmed.has_value()) {
    r.set_confirmation(static_cast<int>(account.confirmed->method));
    r.set_confirmed_at_us(ToUs(account.confirmed->at));
    r.set_confirmation_reference(account.confirmed->reference);
  }
  if (account.lock.has_value()) {
    r.set_lock_until_us(ToUs(account.lock->until));
    r.set_lock_number(account.lock->number);
  }
  r.set_owner_freeze_until_us(ToUs(account.owner_freeze_until));
  r.set_danger_freeze_until_us(ToUs(account.danger_freeze_until));
  r.set_blocked(account.block_reason.has_value());
  r.set_deleted(account.deleted);
  r.set_had_main_phone(account.had_main_phone);
  r.set_main_phone_changed_at_us(ToUs(account.main_phone_changed_at));
  r.set_restricted_until_us(ToUs(account.restricted_until));
  r.set_phone_permit_until_us(ToUs(account.phone_permit_until));
  r.set_version(account.version);
  r.set_created_at_us(ToUs(account.created_at));
  r.set_updated_at_us(ToUs(account.updated_at));
  return r;
}

absl::StatusOr<Account> FromOpenPart(const AccountId& id, const AccountRecord& r) {
  const bool known = IsAmong(r.type(), AccountType::kPersonal, AccountType::kPrivileged) &&
                     (r.confirmation() == 0 || IsAmong(r.confirmation(), Confirmation::kServiceCentre,
                                                       Confirmation::kElectronicSignature));
  if (!known || r.version() < 0) return Unreadable("AccountRecord");
  Account account;
  account.id = id;
  account.type = static_cast<AccountType>(r.type());
  account.locale = r.locale();
  if (r.confirmation() != 0) {
    account.confirmed = Confirmed{static_cast<Confirmation>(r.confirmation()), FromUs(r.confirmed_at_us()),
                                  r.confirmation_reference()};
  }
  if (r.lock_until_us() != 0) account.lock = Lock{FromUs(r.lock_until_us()), r.lock_number()};
  account.owner_freeze_until = MaybeFromUs(r.owner_freeze_until_us());
  account.danger_freeze_until = MaybeFromUs(r.danger_freeze_until_us());
  if (r.blocked()) account.block_reason.emplace();
  account.deleted = r.deleted();
  account.had_main_phone = r.had_main_phone();
  account.main_phone_changed_at = MaybeFromUs(r.main_phone_changed_at_us());
  account.restricted_until = MaybeFromUs(r.restricted_until_us());
  account.phone_permit_until = MaybeFromUs(r.phone_permit_until_us());
  account.version = r.version();
  account.created_at = FromUs(r.created_at_us());
  account.updated_at = FromUs(r.updated_at_us());
  return account;
}

}  // namespace tc::identity::store

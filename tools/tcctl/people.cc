#include "tools/tcctl/people.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"

namespace tc::dev {

namespace {

using IdentityStub = identity_pb::IdentityService::Stub;
using LinkingStub = linking_pb::LinkingService::Stub;

Caller IdentityProvider() { return From("identity-provider/demo"); }

void SetDate(const absl::CivilDay& day, identity_pb::Date& date) {
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
}

void SetPassport(const Citizen& who, identity_pb::IdentityDocument& document) {
  document.set_type(identity_pb::DOCUMENT_TYPE_RF_PASSPORT);
  document.set_series(who.passport.substr(0, 4));
  document.set_number(who.passport.substr(4));
  SetDate(absl::CivilDay(who.birth_date.year() + 14, who.birth_date.month(), who.birth_date.day()) + 30,
          *document.mutable_issue_date());
}

}  // namespace

std::string Snils(int nine_digits) {
  const std::string digits = absl::StrFormat("%09d", nine_digits);
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (9 - i) * (digits[static_cast<size_t>(i)] - '0');
  return absl::StrFormat("%s%02d", digits, sum % 101 % 100);
}

Citizen Invent(std::string account, std::string first_name, std::string last_name, int number) {
  Citizen who;
  who.email = absl::StrCat(account, "@example.org");
  who.account = std::move(account);
  who.first_name = std::move(first_name);
  who.last_name = std::move(last_name);
  who.patronymic = "Сергеевна";
  who.birth_date = absl::CivilDay(1980, 3, 14) + number % 7000;
  who.phone = absl::StrFormat("+7916%07d", (1000000 + number) % 10000000);
  who.snils = Snils(112000000 + number);
  // No passport has the number 000000.
  who.passport = absl::StrFormat("%04d%06d", 4500 + number / 999999, number % 999999 + 1);
  who.password = "Rowan-27-Quay!";
  return who;
}

absl::StatusOr<identity_pb::Account> People::CreateAccount(const Citizen& who, bool phone_proved) {
  identity_pb::CreateAccountRequest request;
  request.set_account_id(who.account);
  if (phone_proved) request.set_verified_phone(who.phone);
  identity_pb::Account& account = *request.mutable_account();
  account.set_type(identity_pb::ACCOUNT_TYPE_PERSONAL);
  account.set_locale("en");
  identity_pb::Person& person = *account.mutable_person();
  person.set_first_name(who.first_name);
  person.set_last_name(who.last_name);
  person.set_patronymic(who.patronymic);
  person.set_sex(who.female ? identity_pb::SEX_FEMALE : identity_pb::SEX_MALE);
  person.set_citizenship("RU");
  person.set_snils(who.snils);
  SetDate(who.birth_date, *person.mutable_birth_date());
  SetPassport(who, *person.mutable_document());
  return identity().Call(&IdentityStub::CreateAccount, IdentityProvider(), request);
}

absl::StatusOr<identity_pb::Account> People::ConfirmAccount(const Citizen& who) {
  identity_pb::ConfirmAccountRequest request;
  request.set_name(who.Name());
  request.set_method(identity_pb::CONFIRMATION_METHOD_SERVICE_CENTRE);
  request.set_reference("visit-1");
  SetPassport(who, *request.mutable_document());
  return identity().Call(&IdentityStub::ConfirmAccount, From("service-centre/demo"), request);
}

absl::StatusOr<identity_pb::Phone> People::BindPhone(const Citizen& who) {
  identity_pb::BindPhoneRequest request;
  request.set_account(who.Name());
  request.set_phone(who.phone);
  return identity().Call(&IdentityStub::BindPhone, SignedIn(who.account), request);
}

absl::StatusOr<identity_pb::Phone> People::ConfirmPhone(const Citizen& who, const std::string& phone,
                                                        const std::string& code) {
  identity_pb::ConfirmPhoneRequest request;
  request.set_name(phone);
  request.set_code(code);
  return identity().Call(&IdentityStub::ConfirmPhone, SignedIn(who.account), request);
}

absl::StatusOr<identity_pb::Credential> People::SetPassword(const Citizen& who) {
  identity_pb::SetPasswordRequest request;
  request.set_account(who.Name());
  request.set_new_password(who.password);
  return identity().Call(&IdentityStub::SetPassword, SignedIn(who.account), request);
}

absl::StatusOr<identity_pb::EmailAddress> People::BindEmail(const Citizen& who) {
  identity_pb::BindEmailRequest request;
  request.set_account(who.Name());
  request.set_email(who.email);
  return identity().Call(&IdentityStub::BindEmail, SignedIn(who.account), request);
}

absl::StatusOr<identity_pb::EmailAddress> People::ConfirmEmail(const Citizen& who, const std::string& code) {
  identity_pb::ConfirmEmailRequest request;
  request.set_account(who.Name());
  request.set_code(code);
  return identity().Call(&IdentityStub::ConfirmEmail, SignedIn(who.account), request);
}

absl::StatusOr<bool> People::VerifyPassword(const Citizen& who, const std::string& password) {
  identity_pb::VerifyPasswordRequest request;
  request.set_phone(who.phone);
  request.set_password(password);
  return TRY(identity().Call(&IdentityStub::VerifyPassword, IdentityProvider(), request)).verified();
}

absl::StatusOr<identity_pb::Account> People::GetAccount(const Citizen& who) {
  identity_pb::GetAccountRequest request;
  request.set_name(who.Name());
  return identity().Call(&IdentityStub::GetAccount, From("operator/demo"), request);
}

absl::StatusOr<identity_pb::Account> People::UnlockAccount(const Citizen& who,
                                                           const std::string& lock_number) {
  identity_pb::UnlockAccountRequest request;
  request.set_name(who.Name());
  request.set_lock_number(lock_number);
  request.set_reason("the owner called and told the lock number");
  return identity().Call(&IdentityStub::UnlockAccount, From("operator/demo"), request);
}

absl::Status People::Register(const Citizen& who) {
  TRY(CreateAccount(who));
  TRY(ConfirmAccount(who));
  const size_t seen = CountMessages(who);
  const identity_pb::Phone phone = TRY(BindPhone(who));
  TRY(ConfirmPhone(who, phone.name(), TRY(AwaitCode(who, seen))));
  return SetPassword(who).status();
}

absl::Status People::Admit(const Citizen& who) {
  TRY(CreateAccount(who, true));
  return ConfirmAccount(who).status();
}

absl::StatusOr<linking_pb::Invitation> People::Invite(const Citizen& principal, const Citizen& contact) {
  linking_pb::CreateInvitationRequest request;
  request.set_contact_first_name(contact.first_name);
  request.set_contact_phone(contact.phone);
  return linking().Call(&LinkingStub::CreateInvitation, SignedIn(principal.account), request);
}

absl::StatusOr<std::vector<linking_pb::Invitation>> People::Received(const Citizen& who) {
  linking_pb::ListInvitationsRequest request;
  request.set_view(linking_pb::INVITATION_VIEW_RECEIVED);
  const linking_pb::ListInvitationsResponse list =
      TRY(linking().Call(&LinkingStub::ListInvitations, SignedIn(who.account), request));
  std::vector<linking_pb::Invitation> pending;
  for (const linking_pb::Invitation& invitation : list.invitations()) {
    if (invitation.state() == linking_pb::INVITATION_STATE_PENDING) pending.push_back(invitation);
  }
  return pending;
}

absl::StatusOr<linking_pb::Link> People::Accept(const Citizen& contact, const std::string& invitation) {
  linking_pb::AcceptInvitationRequest request;
  request.set_name(invitation);
  return linking().Call(&LinkingStub::AcceptInvitation, SignedIn(contact.account), request);
}

absl::StatusOr<linking_pb::Link> People::TrustedContact(const Citizen& principal) {
  return linking().Call(&LinkingStub::GetTrustedContact, SignedIn(principal.account),
                        linking_pb::GetTrustedContactRequest());
}

absl::StatusOr<linking_pb::Link> People::RemoveTrustedContact(const Citizen& principal) {
  return linking().Call(&LinkingStub::RemoveTrustedContact, SignedIn(principal.account),
                        linking_pb::RemoveTrustedContactRequest());
}

absl::StatusOr<linking_pb::Link> People::Resign(const Citizen& contact, const std::string& link) {
  linking_pb::ResignRequest request;
  request.set_name(link);
  return linking().Call(&LinkingStub::Resign, SignedIn(contact.account), request);
}

absl::StatusOr<linking_pb::Link> People::Connect(const Citizen& principal, const Citizen& contact) {
  return Accept(contact, TRY(Invite(principal, contact)).name());
}

}  // namespace tc::dev

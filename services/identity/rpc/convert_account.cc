// Registration data: CreateAccount and ConfirmAccount.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/mistakes.h"
#include "services/identity/rpc/parts.h"

namespace tc::identity {
namespace {

absl::CivilDay DateOf(const pb::Date& in, absl::string_view field, absl::CivilDay today, Mistakes& mistakes) {
  const absl::StatusOr<absl::CivilDay> day = ParseDate(in.year(), in.month(), in.day(), field);
  if (!day.ok()) mistakes.Add(day.status());
  if (day.ok() && *day > today) mistakes.Add(field, "DATE_IN_FUTURE", "the date is in the future");
  return day.value_or(today);
}

Document DocumentOf(const pb::IdentityDocument& in, const std::string& field, absl::CivilDay today,
                    Mistakes& mistakes) {
  Document document;
  if (!pb::DocumentType_IsValid(in.type()) || in.type() == pb::DOCUMENT_TYPE_UNSPECIFIED) {
    mistakes.Add(absl::StrCat(field, ".type"), "DOCUMENT_TYPE_MISSING", "say which document it is");
    return document;
  }
  document.type = static_cast<DocumentType>(in.type());
  document.series = in.series();
  document.number = absl::AsciiStrToUpper(in.number());
  mistakes.Add(CheckDocumentNumber(document.type, document.series, document.number, field));
  document.issued = DateOf(in.issue_date(), absl::StrCat(field, ".issue_date"), today, mistakes);
  document.issuer = TextOf(in.issuer(), 200, false, absl::StrCat(field, ".issuer"), mistakes);
  return document;
}

Person PersonOf(const pb::Person& in, bool demanded, absl::CivilDay today, Mistakes& mistakes) {
  const std::string field = "account.person.";
  const auto name = [&](const std::string& text, const char* part, bool must) {
    if (text.empty() && !must) return std::string();
    return mistakes.Take(ParsePersonName(text, field + part));
  };
  Person person;
  person.first_name = name(in.first_name(), "first_name", demanded);
  person.last_name = name(in.last_name(), "last_name", demanded);
  person.patronymic = name(in.patronymic(), "patronymic", false);
  if (in.has_birth_date()) person.birth = DateOf(in.birth_date(), field + "birth_date", today, mistakes);
  if (pb::Sex_IsValid(in.sex())) person.sex = static_cast<Sex>(in.sex());
  person.citizenship = in.citizenship();
  const bool country = person.citizenship.size() == 2 &&
                       std::all_of(person.citizenship.begin(), person.citizenship.end(),
                                   [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); });
  if (!person.citizenship.empty() && !country) {
    mistakes.Add(field + "citizenship", "COUNTRY_FORMAT", "a country has two capital letters: RU");
  }
  if (!in.snils().empty()) person.snils = mistakes.Take(ParseSnils(in.snils(), field + "snils"));
  if (!in.inn().empty()) person.inn = mistakes.Take(ParseInn(in.inn(), field + "inn"));
  if (in.has_document()) {
    person.document = DocumentOf(in.document(), field + "document", today, mistakes);
    if (person.birth.has_value() && person.document->issued < *person.birth) {
      mistakes.Add(field + "document.issue_date", "DATE_BEFORE_BIRTH",
                   "the document is older than its holder");
    }
  }
  return person;
}

void CheckOrganization(const Account& account, Mistakes& mistakes) {
  const bool company = account.type == AccountType::kLegalEntity;
  if (company && account.organization.empty()) {
    mistakes.Add("account.organization", "TEXT_MISSING", "an organisation has a name");
  }
  if (!company && !account.organization.empty()) {
    mistakes.Add("account.organization", "ORGANIZATION_NOT_ALLOWED",
                 "only an organisation's account has this");
  }
  const size_t digits = company ? 10 : 12;
  if (!account.person.inn.empty() && account.person.inn.size() != digits) {
    mistakes.Add("account.person.inn", "INN_FORMAT",
                 absl::StrCat("an account of this type has an INN of ", digits, " digits"));
  }
}

Account AccountOf(const pb::Account& in, absl::CivilDay today, Mistakes& mistakes) {
  Account account;
  if (!pb::AccountType_IsValid(in.type()) || in.type() == pb::ACCOUNT_TYPE_UNSPECIFIED) {
    mistakes.Add("account.type", "ACCOUNT_TYPE_MISSING", "say whose account it is");
  } else {
    account.type = static_cast<AccountType>(in.type());
  }
  account.person = PersonOf(in.person(), account.type != AccountType::kLegalEntity, today, mistakes);
  account.organization = TextOf(in.organization(), 200, false, "account.organization", mistakes);
  CheckOrganization(account, mistakes);
  account.locale = in.locale().empty() ? "ru" : in.locale();
  if (account.locale != "ru" && account.locale != "en")
    mistakes.Add("account.locale", "LOCALE_UNKNOWN", "ru or en");
  return account;
}

bool MayName(rpc::Role caller, Confirmation method) {
  switch (caller) {
    case rpc::Role::kServiceCentre:
      return method == Confirmation::kServiceCentre;
    case rpc::Role::kBank:
      return method == Confirmation::kOnlineBank;
    case rpc::Role::kPost:
      return method == Confirmation::kPostalCode;
    default:
      return true;  // the identity provider registers what others have confirmed
  }
}

bool GoodReference(absl::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '/' || c == '.';
  });
}

}  // namespace

absl::StatusOr<NewAccount> Parse(const pb::CreateAccountRequest& in, const std::string& fresh,
                                 rpc::Role caller, absl::CivilDay today) {
  Mistakes mistakes;
  NewAccount result;
  result.account = AccountOf(in.account(), today, mistakes);
  result.account.id = in.account_id().empty()
                          ? AccountId::FromTrusted(fresh)
                          : mistakes.Take(AccountId::Parse(in.account_id(), "account_id"));
  const bool asserts = !in.verified_phone().empty() || !in.verified_email().empty();
  if (asserts && caller != rpc::Role::kIdentityProvider) {
    mistakes.Add(in.verified_phone().empty() ? "verified_email" : "verified_phone", "CALLER_CANNOT_PROVE",
                 "only the identity provider may assert an address; bind it with a code");
  }
  if (!in.verified_phone().empty())
    result.verified_phone = mistakes.Take(Phone::Parse(in.verified_phone(), "verified_phone"));
  if (!in.verified_email().empty())
    result.account.email = mistakes.Take(Email::Parse(in.verified_email(), "verified_email"));
  TRY(mistakes.status());
  return result;
}

absl::StatusOr<ConfirmationOrder> Parse(const pb::ConfirmAccountRequest& in, rpc::Role caller,
                                        absl::CivilDay today) {
  Mistakes mistakes;
  ConfirmationOrder order;
  order.account = mistakes.Take(AccountId::ParseName(in.name(), "name"));
  order.document = DocumentOf(in.document(), "document", today, mistakes);
  order.reference = in.reference();
  if (!GoodReference(order.reference))
    mistakes.Add("reference", "REFERENCE_FORMAT", "1 to 64 of A-Z a-z 0-9 _ - / .");
  if (!pb::ConfirmationMethod_IsValid(in.method()) || in.method() == pb::CONFIRMATION_METHOD_UNSPECIFIED) {
    mistakes.Add("method", "CONFIRMATION_METHOD_MISSING", "say how the person was confirmed");
  } else {
    order.method = static_cast<Confirmation>(in.method());
    if (!MayName(caller, order.method)) {
      mistakes.Add("method", "CONFIRMATION_METHOD_NOT_ALLOWED", "the caller may not confirm in this way");
    }
  }
  TRY(mistakes.status());
  return order;
}

}  // namespace tc::identity

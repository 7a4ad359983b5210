// Registration data: CreateAccount and ConfirmAccount.

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/mistakes.h"
#include "common/base/status.h"
#include "services/identity/domain/registration.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/parts.h"

namespace tc::identity {
namespace {

constexpr const char* kDeletionReasons[] = {"OWNER_REQUEST", "OWNER_DIED", "MISTAKE", "LEGAL"};

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
  if (!in.citizenship().empty())
    person.citizenship = mistakes.Take(ParseCountry(in.citizenship(), field + "citizenship"));
  if (!in.snils().empty()) person.snils = mistakes.Take(ParseSnils(in.snils(), field + "snils"));
  if (!in.inn().empty()) person.inn = mistakes.Take(ParseInn(in.inn(), field + "inn"));
  if (in.has_document()) person.document = DocumentOf(in.document(), field + "document", today, mistakes);
  return person;
}

std::string LocaleOf(const std::string& locale, Mistakes& mistakes) {
  if (locale.empty() || locale == "ru") return "ru";
  if (locale != "en") mistakes.Add("account.locale", "LOCALE_UNKNOWN", "ru or en");
  return "en";
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
  for (const FieldViolation& v : Inconsistencies(account)) mistakes.Add(v.field, v.reason, v.description);
  account.locale = LocaleOf(in.locale(), mistakes);
  return account;
}

// The fields that a mask names: "person" stands for all of a person's.
std::set<Field> FieldsOf(const google::protobuf::FieldMask& mask, Mistakes& mistakes) {
  std::set<Field> named;
  for (int i = 0; i < mask.paths_size(); ++i) {
    const std::string& path = mask.paths(i);
    bool known = false;
    for (const Field field : kFields) {
      const absl::string_view own = FieldPath(field);
      if (path != own && !(path == "person" && absl::StartsWith(own, "person."))) continue;
      named.insert(field);
      known = true;
    }
    // Which one is told by its place: what a caller wrote is never said again.
    if (!known)
      mistakes.Add(absl::StrCat("update_mask.paths[", i, "]"), "MASK_PATH_UNKNOWN", "there is no such field");
  }
  if (mask.paths().empty()) mistakes.Add("update_mask", "MASK_EMPTY", "name the fields to change");
  return named;
}

// What the mask does not name is not looked at.
pb::Account Masked(const pb::Account& in, const std::set<Field>& named) {
  pb::Account out;
  const pb::Person& from = in.person();
  pb::Person& to = *out.mutable_person();
  const auto has = [&](Field field) { return named.count(field) != 0; };
  if (has(Field::kFirstName)) to.set_first_name(from.first_name());
  if (has(Field::kLastName)) to.set_last_name(from.last_name());
  if (has(Field::kPatronymic)) to.set_patronymic(from.patronymic());
  if (has(Field::kBirthDate) && from.has_birth_date()) *to.mutable_birth_date() = from.birth_date();
  if (has(Field::kSex)) to.set_sex(from.sex());
  if (has(Field::kCitizenship)) to.set_citizenship(from.citizenship());
  if (has(Field::kSnils)) to.set_snils(from.snils());
  if (has(Field::kInn)) to.set_inn(from.inn());
  if (has(Field::kDocument) && from.has_document()) *to.mutable_document() = from.document();
  if (has(Field::kOrganization)) out.set_organization(in.organization());
  if (has(Field::kLocale)) out.set_locale(in.locale());
  return out;
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
  order.reference = ReferenceOf(in.reference(), mistakes);
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

absl::StatusOr<CorrectionOrder> Parse(const pb::UpdateAccountRequest& in, rpc::Role caller,
                                      absl::CivilDay today) {
  Mistakes mistakes;
  CorrectionOrder order;
  order.named = FieldsOf(in.update_mask(), mistakes);
  const pb::Account named = Masked(in.account(), order.named);
  order.wanted.id = mistakes.Take(AccountId::ParseName(in.account().name(), "account.name"));
  order.wanted.person = PersonOf(named.person(), /*demanded=*/false, today, mistakes);
  order.wanted.organization = TextOf(named.organization(), 200, false, "account.organization", mistakes);
  order.wanted.locale = LocaleOf(named.locale(), mistakes);
  order.reason = TextOf(in.reason(), 200, caller == rpc::Role::kOperator, "reason", mistakes);
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<DeletionOrder> Parse(const pb::DeleteAccountRequest& in) {
  Mistakes mistakes;
  DeletionOrder order{mistakes.Take(AccountId::ParseName(in.name(), "name")), in.reason()};
  const bool known = std::find(std::begin(kDeletionReasons), std::end(kDeletionReasons), in.reason()) !=
                     std::end(kDeletionReasons);
  if (!known)
    mistakes.Add("reason", "REASON_UNKNOWN", absl::StrCat("one of ", absl::StrJoin(kDeletionReasons, ", ")));
  TRY(mistakes.status());
  return order;
}

}  // namespace tc::identity

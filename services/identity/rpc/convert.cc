#include "services/identity/rpc/convert.h"

#include "absl/strings/str_cat.h"
#include "common/base/mistakes.h"
#include "common/base/status.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/domain/password_policy.h"
#include "services/identity/rpc/parts.h"

namespace tc::identity {
namespace {

AccountId AccountNamed(const std::string& name, absl::string_view field, Mistakes& mistakes) {
  return mistakes.Take(AccountId::ParseName(name, field));
}

Secret Password(const std::string& typed, absl::string_view field, Mistakes& mistakes) {
  if (typed.empty()) mistakes.Add(field, "PASSWORD_MISSING", "the password is missing");
  if (typed.size() > kMaxPasswordBytes) {
    mistakes.Add(field, "PASSWORD_TOO_LONG",
                 absl::StrCat("a password has at most ", kMaxPasswordBytes, " bytes"));
    return Secret();
  }
  return NormalisedPassword(Secret(typed));
}

template <typename Request>
absl::StatusOr<ReasonedOrder> ParseReasoned(const Request& in) {
  Mistakes mistakes;
  ReasonedOrder order{AccountNamed(in.name(), "name", mistakes),
                      TextOf(in.reason(), 200, true, "reason", mistakes)};
  TRY(mistakes.status());
  return order;
}

// The one identifier of a request that has the common oneof.
template <typename Request>
Identifier IdentifierOf(const Request& in, Mistakes& mistakes) {
  Identifier who;
  switch (in.identifier_case()) {
    case Request::kAccount:
      who.account = AccountNamed(in.account(), "account", mistakes);
      break;
    case Request::kPhone:
      who.phone = mistakes.Take(Phone::Parse(in.phone(), "phone"));
      break;
    case Request::kEmail:
      who.email = mistakes.Take(Email::Parse(in.email(), "email"));
      break;
    case Request::kSnils:
      who.snils = mistakes.Take(ParseSnils(in.snils(), "snils"));
      break;
    case Request::IDENTIFIER_NOT_SET:
      mistakes.Add("identifier", "IDENTIFIER_MISSING",
                   "give a phone, an e-mail address, a SNILS or an account");
  }
  return who;
}

}  // namespace

absl::StatusOr<ReasonedOrder> Parse(const pb::BlockAccountRequest& in) { return ParseReasoned(in); }
absl::StatusOr<ReasonedOrder> Parse(const pb::UnblockAccountRequest& in) { return ParseReasoned(in); }

absl::StatusOr<UnlockOrder> Parse(const pb::UnlockAccountRequest& in) {
  Mistakes mistakes;
  UnlockOrder order{AccountNamed(in.name(), "name", mistakes), in.lock_number(),
                    TextOf(in.reason(), 200, true, "reason", mistakes)};
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<FreezeOrder> Parse(const pb::FreezeAccountRequest& in, rpc::Role caller, absl::Time now) {
  Mistakes mistakes;
  FreezeOrder order{AccountNamed(in.name(), "name", mistakes), absl::InfiniteFuture(),
                    ClientOf(in.client(), mistakes)};
  if (in.has_expire_time()) {
    order.until = TimeOf(in.expire_time());
    if (order.until <= now) mistakes.Add("expire_time", "TIME_PAST", "the end of the freeze is in the past");
  }
  const bool service = caller == rpc::Role::kService;
  if (service && TooFarAhead(order.until, kLongestFreeze, now)) {
    mistakes.Add("expire_time", "TIME_TOO_FAR", "a freeze after a danger report ends within 168 hours");
  }
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<UnfreezeOrder> Parse(const pb::UnfreezeAccountRequest& in, const rpc::Peer& caller) {
  Mistakes mistakes;
  UnfreezeOrder order{AccountNamed(in.name(), "name", mistakes), in.confirmed(),
                      ClientOf(in.client(), mistakes)};
  const bool service = caller.role == rpc::Role::kService;
  if (order.confirmed && !service)
    mistakes.Add("confirmed", "CALLER_CANNOT_CONFIRM", "only a completed recovery confirms this");
  if (!order.confirmed && service)
    mistakes.Add("confirmed", "CONFIRMATION_MISSING",
                 "a service ends a freeze when a recovery has confirmed it");
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<EligibilityQuestion> Parse(const pb::CheckEligibilityRequest& in) {
  Mistakes mistakes;
  EligibilityQuestion question{AccountNamed(in.account(), "account", mistakes),
                               static_cast<EligibilityRole>(in.role())};
  if (in.role() != pb::ELIGIBILITY_ROLE_PRINCIPAL && in.role() != pb::ELIGIBILITY_ROLE_CONTACT) {
    mistakes.Add("role", "ROLE_MISSING", "say whether as principal or as contact");
  }
  TRY(mistakes.status());
  return question;
}

absl::StatusOr<ContactQuestion> Parse(const pb::MatchContactRequest& in) {
  Mistakes mistakes;
  ContactQuestion question{AccountNamed(in.principal(), "principal", mistakes),
                           TextOf(in.first_name(), 100, true, "first_name", mistakes),
                           mistakes.Take(Phone::Parse(in.phone(), "phone"))};
  TRY(mistakes.status());
  return question;
}

absl::StatusOr<Identifier> ParseIdentifier(const pb::LookupAccountRequest& in) {
  Mistakes mistakes;
  Identifier who = IdentifierOf(in, mistakes);
  TRY(mistakes.status());
  return who;
}

absl::StatusOr<PhoneOrder> Parse(const pb::BindPhoneRequest& in) {
  Mistakes mistakes;
  PhoneOrder order;
  order.account = AccountNamed(in.account(), "account", mistakes);
  order.number = mistakes.Take(Phone::Parse(in.phone(), "phone"));
  order.kind = in.kind() == pb::PHONE_KIND_UNSPECIFIED ? PhoneKind::kMain : static_cast<PhoneKind>(in.kind());
  const bool named = order.kind == PhoneKind::kAdditional;
  order.title = TextOf(in.title(), 100, named, "title", mistakes);
  if (!order.title.empty() && !named) {
    mistakes.Add("title", "TITLE_NOT_ALLOWED", "only additional numbers have a title");
  }
  using trustedcontact::type::v1::CHANNEL_SMS;
  using trustedcontact::type::v1::CHANNEL_UNSPECIFIED;
  using trustedcontact::type::v1::CHANNEL_VOICE;
  if (in.channel() == CHANNEL_VOICE) order.channel = CodeChannel::kVoice;
  if (in.channel() != CHANNEL_UNSPECIFIED && in.channel() != CHANNEL_SMS && in.channel() != CHANNEL_VOICE) {
    mistakes.Add("channel", "CHANNEL_NOT_ALLOWED", "a code reaches a phone by SMS or by voice");
  }
  order.client = ClientOf(in.client(), mistakes);
  order.code_client = CodeClientOf(in.client(), order.client);
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<PhoneConfirmation> Parse(const pb::ConfirmPhoneRequest& in) {
  Mistakes mistakes;
  PhoneConfirmation confirmation;
  confirmation.name = mistakes.Take(ParsePhoneName(in.name()));
  confirmation.code = CodeOf(in.code(), mistakes);
  confirmation.client = ClientOf(in.client(), mistakes);
  confirmation.code_client = CodeClientOf(in.client(), confirmation.client);
  TRY(mistakes.status());
  return confirmation;
}

absl::StatusOr<PhoneRelease> Parse(const pb::ReleasePhoneRequest& in, rpc::Role caller) {
  Mistakes mistakes;
  PhoneRelease release;
  release.name = mistakes.Take(ParsePhoneName(in.name()));
  release.reason = TextOf(in.reason(), 200, caller != rpc::Role::kPortal, "reason", mistakes);
  release.client = ClientOf(in.client(), mistakes);
  TRY(mistakes.status());
  return release;
}

absl::StatusOr<PasswordChange> Parse(const pb::SetPasswordRequest& in) {
  Mistakes mistakes;
  PasswordChange change;
  change.account = AccountNamed(in.account(), "account", mistakes);
  if (!in.current_password().empty())
    change.current = Password(in.current_password(), "current_password", mistakes);
  change.fresh = Password(in.new_password(), "new_password", mistakes);
  change.client = ClientOf(in.client(), mistakes);
  TRY(mistakes.status());
  return change;
}

absl::StatusOr<PasswordClaim> Parse(const pb::VerifyPasswordRequest& in) {
  Mistakes mistakes;
  PasswordClaim claim;
  claim.who = IdentifierOf(in, mistakes);
  claim.password = Password(in.password(), "password", mistakes);
  claim.client = ClientOf(in.client(), mistakes);
  TRY(mistakes.status());
  return claim;
}

absl::StatusOr<PasswordReset> Parse(const pb::ResetPasswordRequest& in, absl::Time now) {
  Mistakes mistakes;
  PasswordReset reset;
  reset.account = AccountNamed(in.account(), "account", mistakes);
  reset.fresh = Password(in.new_password(), "new_password", mistakes);
  reset.proof = in.proof();
  if (in.has_restrict_expire_time()) reset.restrict_until = TimeOf(in.restrict_expire_time());
  if (TooFarAhead(reset.restrict_until, kLongestRestriction, now))
    mistakes.Add("restrict_expire_time", "TIME_TOO_FAR", "a restriction ends within 168 hours");
  TRY(mistakes.status());
  return reset;
}

absl::StatusOr<JournalQuestion> Parse(const pb::ListSecurityEventsRequest& in) {
  Mistakes mistakes;
  JournalQuestion question;
  question.account = AccountNamed(in.account(), "account", mistakes);
  question.types = {in.types().begin(), in.types().end()};
  if (question.types.size() > 32) mistakes.Add("types", "TOO_MANY", "at most 32 types");
  if (in.has_start_time()) question.from = TimeOf(in.start_time());
  if (in.has_end_time()) question.before = TimeOf(in.end_time());
  TRY(mistakes.status());
  return question;
}

}  // namespace tc::identity

#include "services/otp/rpc/convert.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "common/base/mistakes.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/client_context.h"

namespace tc::otp {
namespace {

namespace type = ::trustedcontact::type::v1;

std::string TakeText(const std::string& text, absl::string_view field, Mistakes& mistakes) {
  const bool printable = std::all_of(
      text.begin(), text.end(), [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
  if (text.empty() || text.size() > 128 || !printable) {
    mistakes.Add(field, "TEXT_INVALID", "1 to 128 printable ASCII characters without spaces");
  }
  return text;
}

// What a portal says of the browser and the place is nothing that is counted here.
Client TakeClient(const type::ClientContext& in, Mistakes& mistakes) {
  rpc::CheckClientContext(in, mistakes);
  return {in.address(), in.device(), in.challenge_passed()};
}

std::string TakeFallback(const std::string& email, Mistakes& mistakes) {
  if (email.empty()) return "";
  return mistakes.Take(Address::Email(email, "fallback_email")).text();
}

Purpose TakePurpose(pb::Purpose purpose, Mistakes& mistakes) {
  switch (purpose) {
    case pb::PURPOSE_PHONE_BINDING:
      return Purpose::kPhoneBinding;
    case pb::PURPOSE_EMAIL_BINDING:
      return Purpose::kEmailBinding;
    case pb::PURPOSE_RECOVERY_CLAIM:
      return Purpose::kRecoveryClaim;
    case pb::PURPOSE_RECOVERY_APPROVAL:
      return Purpose::kRecoveryApproval;
    case pb::PURPOSE_SECOND_FACTOR:
      return Purpose::kSecondFactor;
    default:
      mistakes.Add("purpose", "PURPOSE_MISSING", "a purpose is needed");
      return Purpose::kPhoneBinding;
  }
}

// A gate has refused numbers that are no channel.
std::optional<Channel> FromProto(type::Channel channel) {
  switch (channel) {
    case type::CHANNEL_SMS:
      return Channel::kSms;
    case type::CHANNEL_VOICE:
      return Channel::kVoice;
    case type::CHANNEL_EMAIL:
      return Channel::kEmail;
    case type::CHANNEL_PUSH:
      return Channel::kPush;
    default:
      return std::nullopt;
  }
}

Locale FromProto(pb::Locale locale) { return locale == pb::LOCALE_EN ? Locale::kEnglish : Locale::kRussian; }

template <typename Request>
Binding TakeBinding(const rpc::Call& call, const Request& in, Mistakes& mistakes) {
  return {call.peer.name, TakePurpose(in.purpose(), mistakes), TakeText(in.subject(), "subject", mistakes),
          TakeText(in.request(), "request", mistakes)};
}

Address TakePhone(const std::string& text, absl::string_view field, Mistakes& mistakes) {
  return Address::Of(mistakes.Take(Phone::Parse(text, field)));
}

Address TakeAddress(const pb::CreateVerificationRequest& in, Mistakes& mistakes) {
  switch (in.address_case()) {
    case pb::CreateVerificationRequest::kPhone:
      return TakePhone(in.phone(), "phone", mistakes);
    case pb::CreateVerificationRequest::kEmail:
      return mistakes.Take(Address::Email(in.email(), "email"));
    case pb::CreateVerificationRequest::kDecoy:
      if (in.decoy()) return Address::Decoy(in.subject());
      break;
    case pb::CreateVerificationRequest::ADDRESS_NOT_SET:
      break;
  }
  mistakes.Add("address", "ADDRESS_MISSING", "a phone, an e-mail address or decoy = true is needed");
  return Address();
}

NoticeFields TakeFields(const pb::TemplateParameters& in, Mistakes& mistakes) {
  return {mistakes.Take(ParseMask(in.masked_person(), "parameters.masked_person")),
          mistakes.Take(ParseMaskedAddress(in.masked_address(), "parameters.masked_address")),
          mistakes.Take(ParseLink(in.link(), "parameters.link"))};
}

}  // namespace

absl::StatusOr<CreateRequest> Parse(const rpc::Call& call, const pb::CreateVerificationRequest& in) {
  Mistakes mistakes;
  CreateRequest out;
  out.draft.id = mistakes.Take(VerificationId::Parse(in.verification_id(), "verification_id"));
  out.draft.binding = TakeBinding(call, in, mistakes);
  out.address = TakeAddress(in, mistakes);
  out.draft.decoy = out.address.decoy();
  out.draft.locale = FromProto(in.locale());
  out.channel = FromProto(in.channel()).value_or(out.address.DefaultChannel());
  for (int i = 0; i < in.allowed_channels_size(); ++i) {
    const std::optional<Channel> channel = FromProto(in.allowed_channels(i));
    if (channel.has_value())
      out.allowed.push_back(*channel);
    else
      mistakes.Add(absl::StrCat("allowed_channels[", i, "]"), "CHANNEL_MISSING", "a channel is needed");
  }
  out.masked_principal = mistakes.Take(ParseMask(in.masked_principal(), "masked_principal"));
  out.masked_address = mistakes.Take(ParseMaskedAddress(in.masked_address(), "masked_address"));
  if (out.masked_address.empty()) out.masked_address = out.address.Masked();
  out.client = TakeClient(in.client(), mistakes);
  if (out.draft.decoy) return mistakes.Or(std::move(out));
  out.fallback_email = TakeFallback(in.fallback_email(), mistakes);
  if (!out.fallback_email.empty() && !MayFallBack(out.draft.binding.purpose, out.allowed))
    mistakes.Take(absl::StatusOr<std::string>(FallbackNotAllowed()));
  return mistakes.Or(std::move(out));
}

absl::StatusOr<ResendRequest> Parse(const pb::ResendVerificationRequest& in) {
  Mistakes mistakes;
  ResendRequest out;
  out.id = mistakes.Take(VerificationId::ParseName(in.name()));
  out.channel = FromProto(in.channel());
  if (in.has_phone()) out.address = TakePhone(in.phone(), "phone", mistakes);
  if (in.has_email()) out.address = mistakes.Take(Address::Email(in.email(), "email"));
  out.masked_address = mistakes.Take(ParseMaskedAddress(in.masked_address(), "masked_address"));
  out.client = TakeClient(in.client(), mistakes);
  out.fallback_email = TakeFallback(in.fallback_email(), mistakes);
  return mistakes.Or(std::move(out));
}

bool MayFallBack(Purpose purpose, const std::vector<Channel>& channels) {
  const bool mailed = std::find(channels.begin(), channels.end(), Channel::kEmail) != channels.end();
  return purpose == Purpose::kRecoveryClaim && mailed;
}

absl::Status FallbackNotAllowed() {
  return InvalidField("fallback_email", "FALLBACK_NOT_ALLOWED",
                      "only for a claimant's code whose allowed channels hold e-mail");
}

absl::StatusOr<BoundRequest> Parse(const rpc::Call& call, const pb::CheckVerificationRequest& in) {
  Mistakes mistakes;
  BoundRequest out;
  out.id = mistakes.Take(VerificationId::ParseName(in.name()));
  out.binding = TakeBinding(call, in, mistakes);
  out.code = Secret(in.code());
  out.client.challenge_passed = in.client().challenge_passed();
  const bool digits =
      std::all_of(in.code().begin(), in.code().end(), [](char c) { return c >= '0' && c <= '9'; });
  if (in.code().size() < 6 || in.code().size() > 10 || !digits) {
    mistakes.Add("code", "CODE_FORMAT", "a code has only digits 0-9, as many as were sent");
  }
  return mistakes.Or(std::move(out));
}

absl::StatusOr<BoundRequest> Parse(const rpc::Call& call, const pb::ConsumeVerificationRequest& in) {
  Mistakes mistakes;
  BoundRequest out;
  out.id = mistakes.Take(VerificationId::ParseName(in.name()));
  out.binding = TakeBinding(call, in, mistakes);
  return mistakes.Or(std::move(out));
}

absl::Status CodeFormat(int digits) {
  return InvalidField("code", "CODE_FORMAT", absl::StrCat("the code has exactly ", digits, " digits 0-9"));
}

absl::StatusOr<NotificationRequest> Parse(const pb::SendNotificationRequest& in) {
  Mistakes mistakes;
  NotificationRequest out;
  out.id = in.notification_id();
  if (!IsIdText(out.id))
    mistakes.Add("notification_id", "ID_INVALID", "an id has 1 to 64 of the characters A-Z a-z 0-9 _ -");
  const int number = in.template_();
  const bool known = number >= 1 && number <= static_cast<int>(AllTemplates().size());
  if (!known) mistakes.Add("template", "TEMPLATE_MISSING", "a template is needed");
  if (known) out.name = AllTemplates()[static_cast<size_t>(number - 1)];
  out.fields = TakeFields(in.parameters(), mistakes);
  if (!out.fields.link.empty() && !AllowsLink(out.name))
    mistakes.Add("parameters.link", "LINK_NOT_ALLOWED", "the texts of this template hold no link");
  if (in.recipients_size() < 1 || in.recipients_size() > 8) {
    mistakes.Add("recipients", "RECIPIENTS_COUNT", "1 to 8 recipients are needed");
  }
  for (int i = 0; i < std::min(in.recipients_size(), 8); ++i) {
    const pb::Recipient& recipient = in.recipients(i);
    const std::string field = absl::StrCat("recipients[", i, "]");
    RecipientRequest& to = out.recipients.emplace_back();
    if (recipient.has_phone())
      to.address = TakePhone(recipient.phone(), absl::StrCat(field, ".phone"), mistakes);
    else if (recipient.has_email())
      to.address = mistakes.Take(Address::Email(recipient.email(), absl::StrCat(field, ".email")));
    else if (recipient.has_device())
      to.address = mistakes.Take(Address::Device(recipient.device(), absl::StrCat(field, ".device")));
    else
      mistakes.Add(field, "ADDRESS_MISSING", "a phone, an e-mail address or a device is needed");
    to.channel = FromProto(recipient.channel()).value_or(to.address.DefaultChannel());
  }
  out.locale = FromProto(in.locale());
  out.security = in.importance() == pb::IMPORTANCE_SECURITY;
  return mistakes.Or(std::move(out));
}

absl::StatusOr<ReceiptRequest> Parse(const pb::ReportDeliveryRequest& in, bool may_report) {
  Mistakes mistakes;
  ReceiptRequest out;
  out.id = mistakes.Take(DeliveryId::ParseName(in.name()));
  out.receipt.sequence = in.sequence();
  if (in.sequence() == 0) mistakes.Add("sequence", "SEQUENCE_MISSING", "a receipt's number is at least 1");
  out.receipt.provider = in.provider();
  if (!may_report)
    mistakes.Add("provider", "PROVIDER_UNKNOWN", "no provider of this name for which the caller may report");
  switch (in.outcome()) {
    case pb::RECEIPT_OUTCOME_DELIVERED:
      out.receipt.outcome = DeliveryTrigger::kReceiptDelivered;
      break;
    case pb::RECEIPT_OUTCOME_FAILED:
      out.receipt.outcome = DeliveryTrigger::kReceiptFailed;
      break;
    case pb::RECEIPT_OUTCOME_DEFERRED:
      out.receipt.outcome = DeliveryTrigger::kReceiptDeferred;
      break;
    default:
      mistakes.Add("outcome", "OUTCOME_MISSING", "an outcome is needed");
  }
  return mistakes.Or(std::move(out));
}

absl::StatusOr<std::string> ParseParent(const std::string& parent, bool may_be_empty) {
  absl::string_view id = parent;
  const bool known = absl::ConsumePrefix(&id, "verifications/") || absl::ConsumePrefix(&id, "notifications/");
  if ((known && IsIdText(id)) || (parent.empty() && may_be_empty)) return parent;
  return InvalidField("parent", "NAME_INVALID",
                      "a parent has the form verifications/{id} or notifications/{id}");
}

}  // namespace tc::otp

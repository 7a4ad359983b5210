#include "services/otp/rpc/compose.h"

#include <algorithm>

#include "services/otp/domain/verification.h"

namespace tc::otp {
namespace {

bool MayGo(const Verification& v, Channel channel) {
  return Allows(v.binding.purpose, channel) &&
         std::find(v.channels.begin(), v.channels.end(), channel) != v.channels.end();
}

// Each earlier send may have become a call already (OTP-21).
bool CallsLeft(const Verification& v, const Policy& policy) {
  return v.code_number <= policy.calls_per_verification && v.calls < policy.calls_per_verification;
}

absl::StatusOr<Address> MailOf(const Verification& v, const PrivatePart& part, const std::string& fallback) {
  return v.decoy ? part.address : Address::Email(fallback, "fallback_email");
}

// Where the code goes when its own channel fails: a call after an SMS, an e-mail after both (O4). A decoy has
// the ways of a whole account, so that it is made in the same time (REC-01); none of them leads anywhere.
std::vector<Way> AlternativesOf(const Desk& desk, const Verification& v, const PrivatePart& part,
                                const Secret& code, const std::string& fallback_email) {
  std::vector<Way> ways;
  const auto words = [&](Channel channel) {
    return desk.wording.CodeText(v.binding.purpose, v.locale, channel, part.masked_principal, code.Reveal(),
                                 desk.origin_host);
  };
  if (desk.policy.fallback_voice && v.channel == Channel::kSms && MayGo(v, Channel::kVoice) &&
      CallsLeft(v, desk.policy)) {
    ways.push_back({Channel::kVoice, part.address, v.masked_address, words(Channel::kVoice)});
  }
  const bool may_mail = desk.policy.fallback_email && v.binding.purpose == Purpose::kRecoveryClaim &&
                        v.channel != Channel::kEmail && MayGo(v, Channel::kEmail);
  if (may_mail && (v.decoy || !fallback_email.empty())) {
    const absl::StatusOr<Address> email = MailOf(v, part, fallback_email);
    if (email.ok()) ways.push_back({Channel::kEmail, *email, email->Masked(), words(Channel::kEmail)});
  }
  return ways;
}

}  // namespace

Outgoing ComposeCode(const Desk& desk, const Verification& v, const PrivatePart& part, const Secret& code,
                     const std::string& fallback_email) {
  Outgoing outgoing;
  Message& message = outgoing.message;
  message.delivery = v.delivery;
  message.to = part.address;
  message.channel = v.channel;
  message.locale = v.locale;
  message.template_name = CodeTemplateName(v.binding.purpose);
  message.text = desk.wording.CodeText(v.binding.purpose, v.locale, v.channel, part.masked_principal,
                                       code.Reveal(), desk.origin_host);
  message.code = std::string(code.Reveal());
  message.created = v.sent;
  message.expires = v.expires;
  message.alternatives = AlternativesOf(desk, v, part, code, fallback_email);
  outgoing.caller = v.binding.caller;
  outgoing.parent = v.id.Name();
  outgoing.masked_address = v.masked_address;
  return outgoing;
}

Outgoing ComposeNotice(const Desk& desk, const NotificationRequest& request, const RecipientRequest& to,
                       const DeliveryId& id, const rpc::Call& call) {
  Outgoing outgoing;
  Message& message = outgoing.message;
  message.delivery = id;
  message.to = to.address;
  message.channel = to.channel;
  message.locale = request.locale;
  message.template_name = std::string(TemplateName(request.name));
  message.text = desk.wording.NotificationText(request.name, request.locale, to.channel, request.fields);
  message.created = call.now;
  message.expires = call.now + desk.policy.notification_lifetime;
  outgoing.caller = call.peer.name;
  outgoing.parent = absl::StrCat("notifications/", request.id);
  outgoing.masked_address = to.address.Masked();
  return outgoing;
}

}  // namespace tc::otp

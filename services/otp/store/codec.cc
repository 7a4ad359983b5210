#include "services/otp/store/codec.h"

#include "common/base/status.h"
#include "services/otp/store/records.pb.h"

namespace tc::otp {
namespace {

namespace pb = ::trustedcontact::otp::store;

int64_t StoredTime(absl::Time time) { return time == absl::InfinitePast() ? 0 : absl::ToUnixMicros(time); }
absl::Time LoadedTime(int64_t us) { return absl::FromUnixMicros(us); }
absl::Time LoadedTimeOrPast(int64_t us) { return us == 0 ? absl::InfinitePast() : absl::FromUnixMicros(us); }

// Enumerators are kept as their place plus one, so that 0 is always "never written". Their order in the
// domain is therefore part of the format: new ones go to the end.
template <typename Enum>
int32_t Number(Enum value) {
  return static_cast<int32_t>(value) + 1;
}
template <typename Enum>
bool FromNumber(int32_t number, Enum last, Enum& value) {
  if (number < 1 || number > Number(last)) return false;
  value = static_cast<Enum>(number - 1);
  return true;
}

absl::Status Unreadable(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("unreadable record: ", what));
}

constexpr auto kLastKind = Address::Kind::kDecoy;

}  // namespace

std::string EncodePrivatePart(const PrivatePart& part) {
  pb::PrivatePart record;
  record.set_address_kind(Number(part.address.kind()));
  record.set_address(part.address.text());
  record.set_masked_principal(part.masked_principal);
  return record.SerializeAsString();
}

absl::StatusOr<PrivatePart> DecodePrivatePart(absl::string_view bytes) {
  pb::PrivatePart record;
  Address::Kind kind;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !FromNumber(record.address_kind(), kLastKind, kind)) {
    return Unreadable("private part");
  }
  return PrivatePart{Address::FromTrusted(kind, record.address()), record.masked_principal()};
}

std::string EncodeMessage(const Message& message) {
  pb::MessageRecord record;
  record.set_address_kind(Number(message.to.kind()));
  record.set_address(message.to.text());
  record.set_channel(Number(message.channel));
  record.set_locale(Number(message.locale));
  record.set_template_name(message.template_name);
  record.set_subject(message.text.subject);
  record.set_body(message.text.body);
  record.set_created_us(StoredTime(message.created));
  record.set_expires_us(StoredTime(message.expires));
  return record.SerializeAsString();
}

absl::StatusOr<Message> DecodeMessage(absl::string_view bytes, const DeliveryId& delivery) {
  pb::MessageRecord record;
  Message message;
  Address::Kind kind;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !FromNumber(record.address_kind(), kLastKind, kind) ||
      !FromNumber(record.channel(), Channel::kPush, message.channel) ||
      !FromNumber(record.locale(), Locale::kEnglish, message.locale)) {
    return Unreadable("message");
  }
  message.delivery = delivery;
  message.to = Address::FromTrusted(kind, record.address());
  message.template_name = record.template_name();
  message.text = {record.subject(), record.body()};
  message.created = LoadedTime(record.created_us());
  message.expires = LoadedTime(record.expires_us());
  return message;
}

}  // namespace tc::otp

namespace tc::kv {

using namespace tc::otp;  // NOLINT: the codecs of that namespace's values; its helpers have names that kv
                          // does not
namespace records = ::trustedcontact::otp::store;

std::string Codec<Verification>::Encode(const Verification& v) {
  records::VerificationRecord record;
  record.set_id(v.id.text());
  record.set_caller(v.binding.caller);
  record.set_purpose(Number(v.binding.purpose));
  record.set_subject(v.binding.subject);
  record.set_request(v.binding.request);
  record.set_state(Number(v.state));
  record.set_decoy(v.decoy);
  record.set_locale(Number(v.locale));
  for (const Channel channel : v.channels) record.add_channels(Number(channel));
  record.set_created_us(StoredTime(v.created));
  record.set_code_number(v.code_number);
  record.set_code_digits(v.code_digits);
  record.set_code_kid(v.code.kid);
  record.set_code_tag(v.code.tag);
  record.set_channel(Number(v.channel));
  record.set_address_index(v.address_index);
  record.set_masked_address(v.masked_address);
  record.set_sealed(v.sealed);
  record.set_delivery(v.delivery.text());
  record.set_sent_us(StoredTime(v.sent));
  record.set_expires_us(StoredTime(v.expires));
  record.set_inherited_attempts(v.inherited_attempts);
  record.set_inherited_last_attempt_us(StoredTime(v.inherited_last_attempt));
  for (const Attempt& attempt : v.attempts) {
    records::AttemptRecord& added = *record.add_attempts();
    added.set_request_id(attempt.request_id);
    added.set_code_fingerprint(attempt.code_fingerprint);
    added.set_at_us(StoredTime(attempt.at));
    added.set_code_number(attempt.code_number);
  }
  record.set_approving_request_id(v.approving_request_id);
  record.set_approved_us(StoredTime(v.approved));
  return record.SerializeAsString();
}

absl::StatusOr<Verification> Codec<Verification>::Decode(absl::string_view bytes) {
  records::VerificationRecord record;
  Verification v;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !FromNumber(record.purpose(), Purpose::kSecondFactor, v.binding.purpose) ||
      !FromNumber(record.state(), VerificationState::kCancelled, v.state) ||
      !FromNumber(record.locale(), Locale::kEnglish, v.locale) ||
      !FromNumber(record.channel(), Channel::kPush, v.channel)) {
    return Unreadable("verification");
  }
  for (const int32_t number : record.channels()) {
    if (!FromNumber(number, Channel::kPush, v.channels.emplace_back())) return Unreadable("verification");
  }
  v.id = VerificationId::FromTrusted(record.id());
  v.binding.caller = record.caller();
  v.binding.subject = record.subject();
  v.binding.request = record.request();
  v.decoy = record.decoy();
  v.created = LoadedTime(record.created_us());
  v.code_number = record.code_number();
  v.code_digits = record.code_digits();
  v.code = {record.code_kid(), record.code_tag()};
  v.address_index = record.address_index();
  v.masked_address = record.masked_address();
  v.sealed = record.sealed();
  v.delivery = DeliveryId::FromTrusted(record.delivery());
  v.sent = LoadedTime(record.sent_us());
  v.expires = LoadedTime(record.expires_us());
  v.inherited_attempts = record.inherited_attempts();
  v.inherited_last_attempt = LoadedTimeOrPast(record.inherited_last_attempt_us());
  for (const records::AttemptRecord& attempt : record.attempts()) {
    v.attempts.push_back({attempt.request_id(), attempt.code_fingerprint(), LoadedTime(attempt.at_us()),
                          attempt.code_number()});
  }
  v.approving_request_id = record.approving_request_id();
  v.approved = LoadedTimeOrPast(record.approved_us());
  return v;
}

std::string Codec<Delivery>::Encode(const Delivery& delivery) {
  records::DeliveryRecord record;
  record.set_id(delivery.id.text());
  record.set_caller(delivery.caller);
  record.set_parent(delivery.parent);
  record.set_state(Number(delivery.state));
  record.set_channel(Number(delivery.channel));
  record.set_masked_address(delivery.masked_address);
  record.set_template_name(delivery.template_name);
  record.set_created_us(StoredTime(delivery.created));
  record.set_updated_us(StoredTime(delivery.updated));
  record.set_expires_us(StoredTime(delivery.expires));
  for (const DeliveryAttempt& attempt : delivery.attempts) {
    records::DeliveryAttemptRecord& added = *record.add_attempts();
    added.set_at_us(StoredTime(attempt.at));
    added.set_provider(attempt.provider);
    added.set_outcome(attempt.outcome);
  }
  record.set_provider_message(delivery.provider_message);
  record.set_receipt_sequence(delivery.receipt_sequence);
  return record.SerializeAsString();
}

absl::StatusOr<Delivery> Codec<Delivery>::Decode(absl::string_view bytes) {
  records::DeliveryRecord record;
  Delivery delivery;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !FromNumber(record.state(), DeliveryState::kUnknown, delivery.state) ||
      !FromNumber(record.channel(), Channel::kPush, delivery.channel)) {
    return Unreadable("delivery");
  }
  delivery.id = DeliveryId::FromTrusted(record.id());
  delivery.caller = record.caller();
  delivery.parent = record.parent();
  delivery.masked_address = record.masked_address();
  delivery.template_name = record.template_name();
  delivery.created = LoadedTime(record.created_us());
  delivery.updated = LoadedTime(record.updated_us());
  delivery.expires = LoadedTime(record.expires_us());
  for (const records::DeliveryAttemptRecord& attempt : record.attempts()) {
    delivery.attempts.push_back({LoadedTime(attempt.at_us()), attempt.provider(), attempt.outcome()});
  }
  delivery.provider_message = record.provider_message();
  delivery.receipt_sequence = record.receipt_sequence();
  return delivery;
}

std::string Codec<std::vector<Send>>::Encode(const std::vector<Send>& sends) {
  records::SendsRecord record;
  for (const Send& send : sends) {
    records::SendRecord& added = *record.add_sends();
    added.set_at_us(StoredTime(send.at));
    added.set_signed_in(send.signed_in);
  }
  return record.SerializeAsString();
}

absl::StatusOr<std::vector<Send>> Codec<std::vector<Send>>::Decode(absl::string_view bytes) {
  records::SendsRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Unreadable("sends");
  std::vector<Send> sends;
  for (const records::SendRecord& send : record.sends())
    sends.push_back({LoadedTime(send.at_us()), send.signed_in()});
  return sends;
}

std::string Codec<Notification>::Encode(const Notification& notification) {
  records::NotificationRecord record;
  for (const DeliveryId& id : notification.deliveries) record.add_deliveries(id.text());
  record.set_created_us(StoredTime(notification.created));
  return record.SerializeAsString();
}

absl::StatusOr<Notification> Codec<Notification>::Decode(absl::string_view bytes) {
  records::NotificationRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Unreadable("notification");
  Notification notification;
  for (const std::string& id : record.deliveries())
    notification.deliveries.push_back(DeliveryId::FromTrusted(id));
  notification.created = LoadedTime(record.created_us());
  return notification;
}

}  // namespace tc::kv

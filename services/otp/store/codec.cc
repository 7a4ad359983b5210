#include "services/otp/store/codec.h"

#include "common/base/status.h"
#include "services/otp/store/codec_values.h"
#include "services/otp/store/records.pb.h"

namespace tc::otp {
namespace {

namespace pb = ::trustedcontact::otp::store;

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
  record.set_calls(v.calls);
  record.set_replayed(v.replayed);
  record.set_code_digits(v.code_digits);
  record.set_code_kid(v.code.kid);
  record.set_code_tag(v.code.tag);
  record.set_channel(Number(v.channel));
  record.set_address_index(v.address_index);
  record.set_prefix_index(v.prefix_index);
  record.set_range_index(v.range_index);
  record.set_settled(v.settled);
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
      !FromNumber(record.channel(), Channel::kPush, v.channel) || !IsCount(record.code_number()) ||
      !IsCount(record.code_digits()) || !IsCount(record.calls()) || !IsCount(record.inherited_attempts())) {
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
  v.calls = record.calls();
  v.replayed = record.replayed();
  v.code_digits = record.code_digits();
  v.code = {record.code_kid(), record.code_tag()};
  v.address_index = record.address_index();
  v.prefix_index = record.prefix_index();
  v.range_index = record.range_index();
  v.settled = record.settled();
  v.masked_address = record.masked_address();
  v.sealed = record.sealed();
  v.delivery = DeliveryId::FromTrusted(record.delivery());
  v.sent = LoadedTime(record.sent_us());
  v.expires = LoadedTime(record.expires_us());
  v.inherited_attempts = record.inherited_attempts();
  v.inherited_last_attempt = LoadedTimeOrPast(record.inherited_last_attempt_us());
  for (const records::AttemptRecord& attempt : record.attempts()) {
    if (!IsCount(attempt.code_number())) return Unreadable("verification");
    v.attempts.push_back({attempt.request_id(), attempt.code_fingerprint(), LoadedTime(attempt.at_us()),
                          attempt.code_number()});
  }
  v.approving_request_id = record.approving_request_id();
  v.approved = LoadedTimeOrPast(record.approved_us());
  return v;
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

std::string Codec<Window>::Encode(const Window& window) {
  records::WindowRecord record;
  for (const Bucket& bucket : window.buckets) {
    records::BucketRecord& added = *record.add_buckets();
    added.set_start_us(StoredTime(bucket.start));
    added.set_count(bucket.count);
  }
  return record.SerializeAsString();
}

absl::StatusOr<Window> Codec<Window>::Decode(absl::string_view bytes) {
  records::WindowRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Unreadable("window");
  Window window;
  for (const records::BucketRecord& bucket : record.buckets()) {
    if (!IsCount(bucket.count())) return Unreadable("window");
    window.buckets.push_back({LoadedTime(bucket.start_us()), bucket.count()});
  }
  return window;
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

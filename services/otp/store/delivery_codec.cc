#include "common/base/status.h"
#include "services/otp/store/codec.h"
#include "services/otp/store/codec_values.h"
#include "services/otp/store/records.pb.h"

namespace tc::otp {
namespace {

namespace pb = ::trustedcontact::otp::store;
using T = DeliveryTrigger;

int32_t ReceiptNumber(const std::optional<T>& receipt) {
  if (!receipt.has_value()) return 0;
  return *receipt == T::kReceiptDelivered ? 1 : *receipt == T::kReceiptFailed ? 2 : 3;
}

bool LoadReceipt(int32_t number, std::optional<T>& receipt) {
  if (number < 0 || number > 3) return false;
  constexpr T kReceipts[] = {T::kReceiptDelivered, T::kReceiptFailed, T::kReceiptDeferred};
  if (number > 0) receipt = kReceipts[number - 1];
  return true;
}

void Store(const DeliveryAttempt& attempt, pb::DeliveryAttemptRecord& record) {
  record.set_at_us(StoredTime(attempt.at));
  record.set_provider(attempt.provider);
  record.set_outcome(attempt.outcome);
  record.set_number(attempt.number);
  record.set_channel(Number(attempt.channel));
  record.set_fate(Number(attempt.fate));
  record.set_provider_message(attempt.provider_message);
  record.set_receipt(ReceiptNumber(attempt.receipt));
  record.set_receipt_at_us(StoredTime(attempt.receipt_at));
  record.set_receipt_sequence(attempt.receipt_sequence);
}

// Older programs knew neither numbers nor channels nor fates.
DeliveryAttempt FromOlder(const pb::DeliveryRecord& of, Channel channel, int place) {
  const pb::DeliveryAttemptRecord& record = of.attempts(place);
  DeliveryAttempt attempt;
  attempt.number = place + 1;
  attempt.at = LoadedTime(record.at_us());
  attempt.channel = channel;
  attempt.provider = record.provider();
  attempt.outcome = record.outcome();
  attempt.fate = record.outcome().empty()         ? Fate::kUnderWay
                 : record.outcome() == "ACCEPTED" ? Fate::kAccepted
                                                  : Fate::kNotTaken;
  if (place + 1 == of.attempts_size()) attempt.receipt_sequence = of.receipt_sequence();
  return attempt;
}

bool Load(const pb::DeliveryAttemptRecord& record, DeliveryAttempt& attempt) {
  attempt.number = record.number();
  attempt.at = LoadedTime(record.at_us());
  attempt.provider = record.provider();
  attempt.outcome = record.outcome();
  attempt.provider_message = record.provider_message();
  attempt.receipt_at = LoadedTimeOrPast(record.receipt_at_us());
  attempt.receipt_sequence = record.receipt_sequence();
  return FromNumber(record.channel(), Channel::kPush, attempt.channel) &&
         FromNumber(record.fate(), Fate::kUnknown, attempt.fate) &&
         LoadReceipt(record.receipt(), attempt.receipt);
}

bool LoadChannels(const google::protobuf::RepeatedField<int32_t>& numbers, std::vector<Channel>& channels) {
  for (const int32_t number : numbers) {
    if (!FromNumber(number, Channel::kPush, channels.emplace_back())) return false;
  }
  return true;
}

bool LoadWays(const pb::DeliveryRecord& record, Delivery& delivery) {
  for (const pb::SpentWayRecord& spent : record.spent()) {
    SpentWay& way = delivery.spent.emplace_back();
    way.provider = spent.provider();
    if (!FromNumber(spent.channel(), Channel::kPush, way.channel) ||
        !FromNumber(spent.fate(), Fate::kUnknown, way.fate)) {
      return false;
    }
  }
  if (!LoadChannels(record.ways(), delivery.ways) || !LoadChannels(record.paid(), delivery.paid))
    return false;
  if (delivery.ways.empty()) delivery.ways.push_back(delivery.channel);
  return true;
}

bool LoadAttempts(const pb::DeliveryRecord& record, Delivery& delivery) {
  for (int i = 0; i < record.attempts_size(); ++i) {
    const pb::DeliveryAttemptRecord& attempt = record.attempts(i);
    if (attempt.number() == 0) {
      delivery.attempts.push_back(FromOlder(record, delivery.channel, i));
    } else if (!Load(attempt, delivery.attempts.emplace_back())) {
      return false;
    }
  }
  delivery.attempts_made = record.attempts_made();
  if (delivery.attempts_made == 0) delivery.attempts_made = record.attempts_size();
  return true;
}

void Store(const Way& way, pb::WayRecord& record) {
  record.set_channel(Number(way.channel));
  record.set_address_kind(Number(way.to.kind()));
  record.set_address(way.to.text());
  record.set_masked_address(way.masked_address);
  record.set_subject(way.text.subject);
  record.set_body(way.text.body);
}

bool Load(const pb::WayRecord& record, Way& way) {
  Address::Kind kind;
  if (!FromNumber(record.channel(), Channel::kPush, way.channel) ||
      !FromNumber(record.address_kind(), kLastKind, kind)) {
    return false;
  }
  way.to = Address::FromTrusted(kind, record.address());
  way.masked_address = record.masked_address();
  way.text = {record.subject(), record.body()};
  return true;
}

}  // namespace

std::string EncodeMessage(const Message& message) {
  pb::MessageRecord record;
  record.set_address_kind(Number(message.to.kind()));
  record.set_address(message.to.text());
  record.set_channel(Number(message.channel));
  record.set_locale(Number(message.locale));
  record.set_template_name(message.template_name);
  record.set_subject(message.text.subject);
  record.set_body(message.text.body);
  record.set_code(message.code);
  record.set_masked_address(message.masked_address);
  record.set_created_us(StoredTime(message.created));
  record.set_expires_us(StoredTime(message.expires));
  for (const Way& way : message.alternatives) Store(way, *record.add_alternatives());
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
  message.code = record.code();
  message.masked_address = record.masked_address();
  message.created = LoadedTime(record.created_us());
  message.expires = LoadedTime(record.expires_us());
  for (const pb::WayRecord& way : record.alternatives()) {
    if (!Load(way, message.alternatives.emplace_back())) return Unreadable("message");
  }
  return message;
}

}  // namespace tc::otp

namespace tc::kv {

using namespace tc::otp;  // NOLINT: as in codec.cc
namespace records = ::trustedcontact::otp::store;

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
  for (const DeliveryAttempt& attempt : delivery.attempts) Store(attempt, *record.add_attempts());
  record.set_provider_message(delivery.provider_message);
  record.set_attempts_made(delivery.attempts_made);
  record.set_forgotten_in_doubt(delivery.forgotten_in_doubt);
  for (const SpentWay& way : delivery.spent) {
    records::SpentWayRecord& added = *record.add_spent();
    added.set_channel(Number(way.channel));
    added.set_provider(way.provider);
    added.set_fate(Number(way.fate));
  }
  for (const Channel channel : delivery.ways) record.add_ways(Number(channel));
  for (const Channel channel : delivery.paid) record.add_paid(Number(channel));
  record.set_round(delivery.round);
  record.set_withdrawn(delivery.withdrawn);
  return record.SerializeAsString();
}

absl::StatusOr<Delivery> Codec<Delivery>::Decode(absl::string_view bytes) {
  records::DeliveryRecord record;
  Delivery delivery;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !FromNumber(record.state(), DeliveryState::kUnknown, delivery.state) ||
      !FromNumber(record.channel(), Channel::kPush, delivery.channel) || !LoadAttempts(record, delivery) ||
      !LoadWays(record, delivery) || !IsCount(record.attempts_made()) || !IsCount(record.round())) {
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
  delivery.provider_message = record.provider_message();
  delivery.forgotten_in_doubt = record.forgotten_in_doubt();
  delivery.round = record.round();
  delivery.withdrawn = record.withdrawn();
  return delivery;
}

}  // namespace tc::kv

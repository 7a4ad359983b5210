#include "services/otp/store/sealed.h"

#include "common/base/status.h"
#include "services/otp/store/records.pb.h"

namespace tc::otp {
namespace {

using ::trustedcontact::otp::store::OutgoingRecord;

std::string PlaceOf(const VerificationId& id) { return absl::StrCat("verification/", id.text()); }
std::string PlaceOf(const DeliveryId& id) { return absl::StrCat("message/", id.text()); }

absl::StatusOr<OutgoingRecord> Parse(absl::string_view payload) {
  OutgoingRecord record;
  if (!record.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return absl::DataLossError("unreadable record: outgoing message");
  }
  return record;
}

}  // namespace

std::string Seal(const crypto::Sealer& sealer, const VerificationId& id, const PrivatePart& part) {
  return sealer.Seal(EncodePrivatePart(part), PlaceOf(id));
}

absl::StatusOr<PrivatePart> Open(const crypto::Sealer& sealer, const VerificationId& id,
                                 absl::string_view sealed) {
  return DecodePrivatePart(TRY(sealer.Open(sealed, PlaceOf(id))));
}

std::string Seal(const crypto::Sealer& sealer, const Message& message) {
  OutgoingRecord record;
  record.set_delivery(message.delivery.text());
  record.set_sealed(sealer.Seal(EncodeMessage(message), PlaceOf(message.delivery)));
  return record.SerializeAsString();
}

absl::StatusOr<Message> Open(const crypto::Sealer& sealer, absl::string_view payload) {
  const OutgoingRecord record = TRY(Parse(payload));
  const DeliveryId id = DeliveryId::FromTrusted(record.delivery());
  Message message = TRY(DecodeMessage(TRY(sealer.Open(record.sealed(), PlaceOf(id))), id));
  message.request_id = record.request_id();
  return message;
}

absl::StatusOr<int> RoundOf(absl::string_view payload) { return TRY(Parse(payload)).round(); }

absl::StatusOr<std::string> Held(absl::string_view payload, absl::string_view request_id) {
  OutgoingRecord record = TRY(Parse(payload));
  record.set_request_id(std::string(request_id));
  return record.SerializeAsString();
}

absl::StatusOr<std::string> Requeued(absl::string_view held, int round) {
  OutgoingRecord record = TRY(Parse(held));
  record.set_round(round);
  return record.SerializeAsString();
}

}  // namespace tc::otp

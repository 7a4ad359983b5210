#include "services/otp/store/sealed.h"

#include "common/base/status.h"
#include "services/otp/store/records.pb.h"

namespace tc::otp {
namespace {
std::string PlaceOf(const VerificationId& id) { return absl::StrCat("verification/", id.text()); }
std::string PlaceOf(const DeliveryId& id) { return absl::StrCat("message/", id.text()); }
}  // namespace

std::string Seal(const crypto::Sealer& sealer, const VerificationId& id, const PrivatePart& part) {
  return sealer.Seal(EncodePrivatePart(part), PlaceOf(id));
}

absl::StatusOr<PrivatePart> Open(const crypto::Sealer& sealer, const VerificationId& id,
                                 absl::string_view sealed) {
  return DecodePrivatePart(TRY(sealer.Open(sealed, PlaceOf(id))));
}

std::string Seal(const crypto::Sealer& sealer, const Message& message) {
  ::trustedcontact::otp::store::OutgoingRecord record;
  record.set_delivery(message.delivery.text());
  record.set_sealed(sealer.Seal(EncodeMessage(message), PlaceOf(message.delivery)));
  return record.SerializeAsString();
}

absl::StatusOr<Message> Open(const crypto::Sealer& sealer, absl::string_view payload) {
  ::trustedcontact::otp::store::OutgoingRecord record;
  if (!record.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return absl::DataLossError("unreadable record: outgoing message");
  }
  const DeliveryId id = DeliveryId::FromTrusted(record.delivery());
  return DecodeMessage(TRY(sealer.Open(record.sealed(), PlaceOf(id))), id);
}

}  // namespace tc::otp
